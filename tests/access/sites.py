import gzip

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Role
from accounts.scope import system_scope
from sites.models import ImportRun

_LEAD = {Role.LEAD}


def _run_of(landlord):
    with system_scope("seeding"):
        run = ImportRun.objects.create(
            organisation=landlord,
            kind="stock",
            profile="generic",
            filename="essai.csv",
            report=gzip.compress(b"ligne"),
        )
    return {"pk": run.pk}


def _upload(world):
    return {
        "organisation": world.a.landlord.pk,
        "layout": "stock:generic",
        "file": SimpleUploadedFile("essai.csv", b"adresse;code postal\n"),
    }


_RUN = {"kwargs": lambda world: _run_of(world.a.landlord), "foreign": lambda world: _run_of(world.b.landlord)}

SIGNERS = {Role.ADMIN, Role.LEAD}

# The plan under the maps is nobody's in particular; a tile that is not there is 204.
_TILE = {"GET": set(Role), "kwargs": lambda world: {"z": 3, "x": 2, "y": 1}, "public_object": True}

ROWS = {
    "sites:vector_tile": _TILE,
    "sites:raster_tile": _TILE,
    "sites:neighbourhoods": {"GET": set(Role), "query": lambda world: {"bbox": "2,48,3,49"}},
    "sites:territories": {"GET": {Role.ADMIN}},
    "sites:create_territory": {"GET": {Role.ADMIN}, "POST": {Role.ADMIN}},
    "sites:edit_territory": {
        "GET": {Role.ADMIN},
        "POST": {Role.ADMIN},
        "kwargs": lambda world: {"pk": world.a.territory.pk},
    },
    "sites:agreements": {"GET": SIGNERS},
    "sites:sign_agreement": {"GET": SIGNERS, "POST": SIGNERS},
    "sites:end_agreement": {
        "POST": SIGNERS,
        "kwargs": lambda world: {"pk": world.a.agreement.pk},
        "foreign": lambda world: {"pk": world.b.agreement.pk},
        "foreign_to": {Role.LEAD},
    },
    "sites:assignments": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "kwargs": lambda world: {"pk": world.a.agent_membership.pk},
        "foreign": lambda world: {"pk": world.b.agent_membership.pk},
    },
    "sites:imports": {"GET": _LEAD},
    "sites:import_create": {"GET": _LEAD, "POST": _LEAD, "data": _upload},
    "sites:import_template": {
        "GET": _LEAD,
        "kwargs": lambda world: {"kind": "stock", "ending": "csv"},
        "public_object": True,
    },
    "sites:import_detail": {"GET": _LEAD, **_RUN},
    "sites:import_report": {"GET": _LEAD, **_RUN},
    "sites:import_restart": {"POST": _LEAD, **_RUN},
    "sites:to_place": {"GET": _LEAD},
    "sites:place": {
        "GET": _LEAD,
        "POST": _LEAD,
        "data": lambda world: {"longitude": "2.35", "latitude": "48.85"},
        "kwargs": lambda world: {"pk": world.a.address.pk},
        "foreign": lambda world: {"pk": world.b.address.pk},
    },
}
