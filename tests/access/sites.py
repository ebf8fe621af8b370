import gzip

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Proposal
from accounts.scope import acting_as, system_scope
from core.jobs import JobState
from core.versions import version_of
from sites.geocoding.placing import state_of
from sites.imports.mapping.services import state_of as mapping_state
from sites.imports.mapping.sharing import state_of as shared_state
from sites.imports.mapping.sharing import whole_of
from sites.models import (
    Address,
    ImportFile,
    ImportMapping,
    ImportRun,
    PlaceChange,
    Placement,
    PositionChange,
    Residence,
    SharedMapping,
)
from sites.sharing.services import (
    assign,
    state_of_assignments,
    state_of_proposed_assignments,
    state_of_territory,
)
from sites.sharing.terms import state_of_council, state_of_terms
from sites.upkeep.acts import state_of_address, state_of_residence
from tests import factories as f
from tests.access.people import landlord, town
from tests.versions import planted

_LEAD = {Role.LEAD}


def _run_of(landlord, **values):
    with system_scope("seeding"):
        run = ImportRun.objects.create(
            organisation=landlord,
            kind="stock",
            profile="generic",
            filename="essai.csv",
            report=gzip.compress(b"ligne"),
            **values,
        )
    return {"pk": run.pk}


def _failed_run(world, _who):
    """A run that failed for a reason that does not lie in its file, which is kept."""
    run = _run_of(world.a.landlord, state=JobState.FAILED)
    with system_scope("seeding"):
        ImportFile.objects.create(run_id=run["pk"], content=b"adresse;code postal\n")
    return run


def _done_run(world, _who):
    """A run that has imported, and may be undone."""
    return _run_of(world.a.landlord, state=JobState.DONE)


def _territory(world):
    return {
        "name": "CLSPD voisin", "kind": "clspd", "organisation": world.a.town.pk,
        "communes": f"{world.commune.code} {world.added.code}",
    }  # fmt: skip


def _town_and_signers(world, _who):
    """The council of territory A, and the landlords that have an agreement with it."""
    return {world.a.town.pk, *(side.landlord.pk for side in (world.a, world.c, world.d))}


def _asked(side):
    """The agreement of a landlord that is asked about a commune its territory has gained."""
    with system_scope("seeding"):
        side.territory.communes.add(f.CommuneFactory(name="Nouvelle"))
    return {"pk": side.agreement.pk}


def _answer(world):
    with system_scope("seeding"):
        new = world.a.territory.communes.filter(name="Nouvelle")
        asked = list(new.values_list("pk", flat=True))
    return {"accept": "1", "communes": asked} | planted(world.a.agreement, state_of_terms)


def _upload(world):
    return {
        "organisation": world.a.landlord.pk,
        "file": SimpleUploadedFile("essai.csv", b"adresse;code postal\n"),
    }


def _waiting_run(world, _who=None, side="a", stage="analysis"):
    """A run whose file was read, and waits for its person."""
    run = _run_of(
        getattr(world, side).landlord,
        stage=stage,
        state=JobState.DONE,
        analysis=READ,
        mapping=MAPPED,
    )
    with system_scope("seeding"):
        ImportFile.objects.create(run_id=run["pk"], content=b"adresse;code postal\n")
    return run


def _previewed_run(world, _who=None, side="a"):
    return _waiting_run(world, side=side, stage="preview")


def _mapping_of(landlord):
    with system_scope("seeding"):
        mapping = ImportMapping.objects.create(
            organisation=landlord, kind="stock", name=f"Outil {ImportMapping.objects.count()}", content=MAPPED
        )
    return {"pk": mapping.pk}


READ = {
    "rows": 1, "odd": 0, "remarks": [], "undecided": False,
    "columns": [{"title": "Voie", "filled": 1, "first": ["1 rue X"], "words": [["1 rue X", 1]]}],
    "recognised": {
        "format": "csv", "members": [], "member": "", "sheets": [], "sheet": "", "header_row": 1, "header_rows": 1,
        "encoding": "utf-8-sig", "delimiter": ";", "doubts": [],
    },
}  # fmt: skip
MAPPED = {
    "kind": "stock", "base": "", "reading": {}, "headers": ["Voie"], "digest": "x", "columns": {"0": "address"},
    "values": {}, "constants": {}, "options": {},
}  # fmt: skip


def _waiting(make):
    return {
        "kwargs": make,
        "kwargs_for": lambda world, who: make(world),
        "foreign": lambda world: make(world, side="b"),
    }


def _kept(world):
    return _mapping_of(world.a.landlord)


_MAPPING = {
    "kwargs": _kept,
    "kwargs_for": lambda world, _who: _kept(world),
    "foreign": lambda world: _mapping_of(world.b.landlord),
}


def _shared(landlord):
    with system_scope("seeding"):
        shared = SharedMapping.objects.create(
            mapping_id=_mapping_of(landlord)["pk"],
            organisation=landlord,
            kind="stock",
            name="Outil",
            content=MAPPED,
        )
    return {"pk": shared.pk}


def _assigned(side):
    """The agent's membership, of which the lead has just changed the residences."""
    with acting_as(side.lead) as scope:
        version = version_of(side.agent_membership, state_of_assignments(side.agent_membership))
        residences = Residence.objects.filter(pk=side.residence.pk)
        assign(scope, membership=side.agent_membership, residences=residences, version=version)
    return {"pk": side.agent_membership.pk}


def _named(model, state_of):
    """What the form of a mapping sends, for the one that was planted last."""

    def data(_world):
        with system_scope("seeding"):
            last = model.objects.latest("pk")
        return {"name": "Autre outil"} | planted(last, state_of)

    return data


_SHARED = {
    "kwargs": lambda world: _shared(world.a.landlord),
    "kwargs_for": lambda world, _who: _shared(world.a.landlord),
}


def _at(whose, state, **typed):
    """The row of a form about a residence or an address of one's own."""
    return {
        "GET": _LEAD,
        "POST": _LEAD,
        "data": lambda world: typed | planted(getattr(world.a, whose), state),
        "journal": landlord,
        "kwargs": lambda world: {"pk": getattr(world.a, whose).pk},
        "foreign": lambda world: {"pk": getattr(world.b, whose).pk},
    }


def _closed(name):
    """The same of one that is closed."""

    def kwargs(world, _who=None, side="a"):
        place = getattr(getattr(world, side), name)
        with system_scope("seeding"):
            type(place).objects.filter(pk=place.pk).update(closed_on=timezone.localdate())
        return {"pk": place.pk}

    return {"kwargs": kwargs, "kwargs_for": kwargs, "foreign": lambda world: kwargs(world, side="b")}


def _change(world, _who=None, side="a"):
    """An act that may be undone: a name corrected."""
    side = getattr(world, side)
    with system_scope("seeding"):
        change = PlaceChange.objects.create(
            landlord=side.landlord,
            act="correct",
            residences=[side.residence.pk],
            summary=side.residence.name,
            rows=[{
                "model": "sites.Residence", "ids": [side.residence.pk], "before": {"name": "Avant"},
                "after": {"name": side.residence.name},
            }],
        )  # fmt: skip
    return {"pk": change.pk}


def _merging(world):
    typed = {
        "into": world.a.other.pk,
        "dwellings": "once",
        "niveaux": "Résidence A bis:1-3 Résidence A:3-None",
    }
    return typed | planted(world.a.residence, state_of_residence)


def _moving(world):
    typed = {"addresses": [world.a.address.pk], "to": world.a.other.pk}
    typed["niveaux"] = "Résidence A bis:1-3 Résidence A:3-1"
    return typed | planted(world.a.residence, state_of_residence)


def _splitting(world):
    typed = {"addresses": [world.a.address.pk], "name": "Moitié", "reference": "M2"}
    typed["niveaux"] = "Moitié:None-3 Résidence A:3-1"
    return typed | planted(world.a.residence, state_of_residence)


def _joining(world):
    """Choose the one other address of the residence."""
    with system_scope("seeding"):
        twins = Address.objects.filter(match_key="1TER RUE A")
        twin = twins.first() or f.AddressFactory(
            residence=world.a.residence, label="1 ter rue A", match_key="1TER RUE A"
        )
    typed = {
        "into": twin.pk,
        "dwellings": "both",
        "niveaux": "1 rue A/Résidence A:3-None 1 ter rue A/Résidence A:None-3",
    }
    return typed | planted(world.a.address, state_of_address)


_TODAY = timezone.localdate().isoformat()
_RUN = {"kwargs": lambda world: _run_of(world.a.landlord), "foreign": lambda world: _run_of(world.b.landlord)}


def _placement(side):
    with system_scope("seeding"):
        return {"pk": Placement.objects.create(landlord=side.landlord, placed=1).pk}


_PLACEMENT = {
    "kwargs": lambda world: _placement(world.a),
    "kwargs_for": lambda world, _who: _placement(world.a),
    "foreign": lambda world: _placement(world.b),
}


def _position_change(side):
    with system_scope("seeding"):
        change = PositionChange.objects.create(
            address=side.address, landlord=side.landlord, way="map", from_geocoding="to_place"
        )
    return {"pk": change.pk}


SIGNERS = {Role.ADMIN, Role.LEAD}

# The plan under the maps is nobody's in particular; a tile that is not there is 204.
_TILE = {"GET": set(Role), "kwargs": lambda world: {"z": 3, "x": 2, "y": 1}, "public_object": True}


def _invited(side):
    """The proposal made to an agent of a landlord who has not accepted yet."""
    with system_scope("seeding"):
        found = Proposal.objects.filter(organisation=side.landlord, role=Role.AGENT).first()
        return found or f.ProposalFactory(organisation=side.landlord, proposed_by=side.lead)


ROWS = {
    "sites:vector_tile": _TILE,
    "sites:raster_tile": _TILE,
    "sites:neighbourhoods": {"GET": set(Role), "query": lambda world: {"bbox": "2,48,3,49"}},
    "sites:commune_outlines": {"GET": set(Role), "query": lambda world: {"bbox": "2,48,3,49"}},
    "sites:territories": {"GET": {Role.ADMIN}},
    "sites:create_territory": {
        "GET": {Role.ADMIN},
        "POST": {Role.ADMIN},
        "data": _territory,
        "journal": town,
    },
    "sites:edit_territory": {
        "GET": {Role.ADMIN},
        "POST": {Role.ADMIN},
        "data": lambda world: _territory(world) | planted(world.a.territory, state_of_territory),
        "journal": town,
        "kwargs": lambda world: {"pk": world.a.territory.pk},
    },
    "sites:communes": {"GET": {Role.ADMIN}, "query": lambda world: {"q": "partagée"}},
    "sites:undo_communes": {
        "POST": {Role.ADMIN},
        "data": lambda world: (
            {"added": world.commune.code, "removed": ""} | planted(world.a.territory, state_of_territory)
        ),
        "journal": _town_and_signers,
        "kwargs": lambda world: {"pk": world.a.territory.pk},
    },
    "sites:agreements": {"GET": {*SIGNERS, Role.COORDINATOR}},
    "sites:agreement": {
        "GET": {*SIGNERS, Role.COORDINATOR},
        "kwargs": lambda world: {"pk": world.a.agreement.pk},
        "foreign": lambda world: {"pk": world.b.agreement.pk},
        "foreign_to": {Role.LEAD, Role.COORDINATOR},
    },
    "sites:answer_agreement": {
        "POST": {Role.LEAD},
        "kwargs": lambda world: {"pk": world.a.agreement.pk},
        "kwargs_for": lambda world, _who: _asked(world.a),
        "data": _answer,
        "journal": landlord,
        "foreign": lambda world: {"pk": world.b.agreement.pk},
    },
    "sites:agreement_communes": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "data": lambda world: planted(world.a.agreement, state_of_terms),
        "journal": landlord,
        "kwargs": lambda world: {"pk": world.a.agreement.pk},
        "foreign": lambda world: {"pk": world.b.agreement.pk},
    },
    "sites:sign_agreement": {
        "GET": SIGNERS,
        "POST": SIGNERS,
        "data": lambda world: {
            "landlord": world.a.landlord.pk,
            "territory": world.b.territory.pk,
            "communes": [world.commune.pk],
            "starts_on": timezone.localdate().isoformat(),
            **planted(world.b.territory, state_of_council),
        },
        "journal": landlord,
    },
    "sites:end_agreement": {
        "POST": SIGNERS,
        "journal": landlord,
        "kwargs": lambda world: {"pk": world.a.agreement.pk},
        "foreign": lambda world: {"pk": world.b.agreement.pk},
        "foreign_to": {Role.LEAD},
    },
    "sites:assignments": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "data": lambda world: (
            {"residences": [world.a.other.pk]} | planted(world.a.agent_membership, state_of_assignments)
        ),
        "journal": landlord,
        "kwargs": lambda world: {"pk": world.a.agent_membership.pk},
        "foreign": lambda world: {"pk": world.b.agent_membership.pk},
    },
    "sites:proposed_assignments": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "data_for": lambda world, _who: (
            {"residences": [world.a.other.pk]} | planted(_invited(world.a), state_of_proposed_assignments)
        ),
        "journal": landlord,
        "kwargs": lambda world: {"pk": _invited(world.a).pk},
        "foreign": lambda world: {"pk": _invited(world.b).pk},
    },
    "sites:undo_assignments": {
        "POST": {Role.LEAD},
        "kwargs": lambda world: _assigned(world.a),
        "foreign": lambda world: _assigned(world.b),
        "data": lambda world: planted(world.a.agent_membership, state_of_assignments),
        "journal": landlord,
    },
    "sites:imports": {"GET": _LEAD},
    "sites:import_create": {"GET": _LEAD, "POST": _LEAD, "data": _upload, "journal": landlord},
    "sites:import_template": {
        "GET": _LEAD,
        "kwargs": lambda world: {"kind": "stock", "ending": "csv"},
        "public_object": True,
    },
    "sites:import_detail": {"GET": _LEAD, **_RUN},
    "sites:import_report": {"GET": _LEAD, **_RUN},
    "sites:import_columns": {
        "GET": _LEAD,
        "POST": _LEAD,
        "data": lambda world: {"column_0": "address"},
        "journal": landlord,
        **_waiting(_waiting_run),
    },
    "sites:import_words": {"GET": _LEAD, "POST": _LEAD, "journal": landlord, **_waiting(_waiting_run)},
    "sites:import_reading": {"POST": _LEAD, "journal": landlord, **_waiting(_waiting_run)},
    "sites:import_start": {"POST": _LEAD, "journal": landlord, **_waiting(_previewed_run)},
    "sites:import_abandon": {"POST": _LEAD, "journal": landlord, **_waiting(_previewed_run)},
    "sites:import_rejected": {
        "GET": _LEAD,
        "kwargs": lambda world: _run_of(world.a.landlord, rejected=gzip.compress(b"ligne")),
        "foreign": lambda world: _run_of(world.b.landlord, rejected=gzip.compress(b"ligne")),
    },
    "sites:import_mappings": {"GET": SIGNERS},
    "sites:import_mapping_share": {
        "POST": _LEAD,
        "data": _named(ImportMapping, whole_of),
        "journal": landlord,
        **_MAPPING,
    },
    "sites:shared_mapping": {
        "GET": {Role.ADMIN},
        "POST": {Role.ADMIN},
        "data": _named(SharedMapping, shared_state),
        "journal": landlord,
        **_SHARED,
    },
    "sites:shared_mapping_withdraw": {
        "POST": SIGNERS,
        "data": _named(SharedMapping, whole_of),
        "journal": landlord,
        **_SHARED,
        "foreign": lambda world: _shared(world.b.landlord),
        "foreign_to": {Role.LEAD},
    },
    "sites:import_mapping": {
        "GET": _LEAD,
        "POST": _LEAD,
        "data": _named(ImportMapping, mapping_state),
        "journal": landlord,
        **_MAPPING,
    },
    "sites:import_mapping_delete": {
        "POST": _LEAD,
        "data": _named(ImportMapping, whole_of),
        "journal": landlord,
        **_MAPPING,
    },
    "sites:import_restart": {"POST": _LEAD, "kwargs_for": _failed_run, "journal": landlord, **_RUN},
    "sites:import_undo": {"GET": _LEAD, "POST": _LEAD, "kwargs_for": _done_run, "journal": landlord, **_RUN},
    "sites:forget_reference": {
        "POST": _LEAD,
        "journal": landlord,
        "kwargs": lambda world: {"pk": world.a.alias.pk},
        "foreign": lambda world: {"pk": world.b.alias.pk},
    },
    "sites:closed": {"GET": _LEAD},
    "sites:manage": {
        "GET": _LEAD,
        "kwargs": lambda world: {"pk": world.a.residence.pk},
        "foreign": lambda world: {"pk": world.b.residence.pk},
    },
    "sites:correct_residence": _at(
        "residence", state_of_residence, name="Autre nom", reference="AUTRE", dwellings="3"
    ),
    "sites:close_residence": _at(
        "other", state_of_residence, on=_TODAY, reason="Vendue", niveaux="Résidence A bis:1-None"
    ),
    "sites:reopen_residence": _at("other", state_of_residence, niveaux="Résidence A bis:None-1")
    | _closed("other"),
    "sites:add_address": _at("residence", state_of_residence, label="9 rue Neuve", dwellings="3"),
    "sites:correct_address": _at("address", state_of_address, label="9 rue Neuve", dwellings="3"),
    "sites:close_address": _at("other_address", state_of_address, on=_TODAY, reason="Vendue"),
    "sites:reopen_address": _at("other_address", state_of_address) | _closed("other_address"),
    "sites:merge_residence": _at("residence", state_of_residence) | {"data": _merging},
    "sites:move_addresses": _at("residence", state_of_residence) | {"data": _moving},
    "sites:split_residence": _at("residence", state_of_residence) | {"data": _splitting},
    "sites:merge_address": _at("address", state_of_address) | {"data": _joining},
    "sites:split_address": _at("address", state_of_address, label="1 rue A bât. B", dwellings="0"),
    "sites:undo_change": {
        "GET": _LEAD,
        "POST": _LEAD,
        "journal": landlord,
        "kwargs": _change,
        "kwargs_for": _change,
        "foreign": lambda world: _change(world, side="b"),
    },
    "sites:to_place": {"GET": _LEAD},
    "sites:place_addresses": {
        "GET": _LEAD,
        "POST": _LEAD,
        "data": lambda world: {
            "organisation": world.a.landlord.pk,
            "lines": f"{world.a.address.label} 48.85 2.34",
        },
        "journal": landlord,
    },
    "sites:placement": {"GET": _LEAD, **_PLACEMENT},
    "sites:placement_undo": {"POST": _LEAD, "journal": landlord, **_PLACEMENT},
    "sites:candidates": {
        "GET": _LEAD,
        "kwargs": lambda world: {"pk": world.a.address.pk},
        "foreign": lambda world: {"pk": world.b.address.pk},
    },
    "sites:return_address": {
        "POST": _LEAD,
        "journal": landlord,
        "data": lambda world: planted(world.a.address, state_of),
        "kwargs": lambda world: _position_change(world.a),
        "foreign": lambda world: _position_change(world.b),
    },
    "sites:place": {
        "GET": _LEAD,
        "POST": _LEAD,
        "data": lambda world: {"longitude": "2.35", "latitude": "48.85"} | planted(world.a.address, state_of),
        "journal": landlord,
        "kwargs": lambda world: {"pk": world.a.address.pk},
        "foreign": lambda world: {"pk": world.b.address.pk},
    },
}
