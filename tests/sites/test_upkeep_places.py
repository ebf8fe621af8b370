"""Merging, moving and splitting places: what follows, what files find afterwards, and the way back."""

import datetime as dt
import re
from contextlib import contextmanager, suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import SiteLevel
from core.versions import version_of
from incidents.models import Confirmation, Disruption, Incident, StandingObservation, UnplacedFact
from sites.match_key import match_key
from sites.models import Address, Residence, ResidenceAlias, ResidenceAssignment
from sites.upkeep import merging, moving, services
from sites.upkeep.acts import state_of_address, state_of_residence
from sites.upkeep.ledger import ChangedSinceError
from tests import factories as f
from tests.imports import csv_file, import_as_lead
from tests.world import signed_in

TODAY = timezone.localdate


def version(place):
    place = type(place).objects.get(pk=place.pk)
    state = state_of_residence if isinstance(place, Residence) else state_of_address
    return version_of(place, state(place))


def levels():
    with system_scope("seeding"):
        return dict(SiteLevel.objects.filter(address=None).values_list("residence__name", "level"))


@pytest.fixture
def lead(world):
    with acting_as(world.a.lead) as scope:
        yield scope


def merge(lead, residence, into):
    return merging.merge_residences(lead, residence=residence, into=into, version=version(residence))


def merge_doors(lead, address, into):
    return merging.merge_addresses(lead, address=address, into=into, version=version(address))


def waiting(world, *candidates):
    with system_scope("seeding"):
        return f.UnplacedFactFactory(landlord=world.a.landlord, candidates=[a.pk for a in candidates])


def test_merged_residences_share_facts_levels_references_and_agents(world, lead):
    a = world.a
    with system_scope("seeding"):
        ResidenceAssignment.objects.create(membership=a.agent_membership, residence=a.residence)
    before = levels()
    facts = Incident.objects.filter(landlord=a.landlord).count()
    merge(lead, a.residence, a.other)
    assert Incident.objects.filter(residence=a.other).count() == facts
    assert Disruption.objects.get(pk=a.disruption.pk).residence == a.other
    assert set(ResidenceAlias.objects.filter(residence=a.other).values_list("reference", flat=True)) == {
        a.residence.reference,
        "ANCIENNE-A",
    }
    assert ResidenceAssignment.objects.filter(residence=a.other, membership=a.agent_membership).exists()
    a.residence.refresh_from_db()
    assert (a.residence.closed_on, a.residence.merged_into) == (TODAY(), a.other)
    after = levels()
    assert after["Résidence A bis"] >= before["Résidence A"]
    assert "Résidence A" not in after


def test_a_file_finds_the_residence_that_another_was_merged_into(world, lead):
    a = world.a
    former = a.residence.reference
    merge(lead, a.residence, a.other)
    rows = csv_file(
        "référence;adresse;code insee;logements",
        f"{former};1 rue A;{world.commune.code};{a.address.dwellings}",
    )
    result = import_as_lead(rows, a.lead, a.landlord)
    assert [outcome for outcome, _reason in result.verdicts] == ["unchanged"]
    assert Residence.objects.filter(landlord=a.landlord).count() == 2


def test_a_merged_door_gives_its_facts_its_waiting_facts_and_its_identifiers(world, lead):
    a = world.a
    with system_scope("seeding"):
        Address.objects.filter(pk=a.address.pk).update(rnb_id="1GA7PBYM1QDY")
        twin = f.AddressFactory(
            residence=a.residence, label="1 ter rue A", match_key=match_key("1 ter rue A")
        )
    fact = waiting(world, a.address, twin)
    merge_doors(lead, a.address, twin)
    assert not Incident.objects.filter(address=a.address).exists()
    assert Incident.objects.filter(address=twin).count() == 9
    twin.refresh_from_db()
    assert twin.rnb_id == "1GA7PBYM1QDY"
    fact.refresh_from_db()
    assert fact.candidates == [twin.pk]


def test_places_of_another_commune_or_landlord_are_not_merged(world, lead):
    with system_scope("seeding"):
        elsewhere = f.ResidenceFactory(landlord=world.a.landlord)
    with pytest.raises(ValidationError, match="pas du même bailleur"):
        merge(lead, world.a.residence, elsewhere)
    with pytest.raises(ValidationError):
        merge(lead, world.a.residence, world.b.residence)


def test_moved_addresses_take_their_facts_and_leave_the_rest(world, lead):
    a = world.a
    with system_scope("seeding"):
        whole = f.IncidentFactory(address=None, residence=a.residence)
    change = moving.move_addresses(
        lead, residence=a.residence, addresses=[a.address], to=a.other, version=version(a.residence)
    )
    assert Incident.objects.filter(address=a.address, residence=a.other).count() == 9
    assert Incident.objects.get(pk=whole.pk).residence == a.residence
    services.undo(lead, change=change)
    assert Incident.objects.filter(address=a.address, residence=a.residence).count() == 9


def test_a_split_address_gives_the_chosen_records_alone(world, lead):
    a = world.a
    chosen = [fact.pk for fact in a.incidents[:4]]
    moving.split_address(
        lead, address=a.address, label="1 rue A bât. B", dwellings=0,
        records={Incident: chosen, Disruption: [a.disruption.pk]}, version=version(a.address),
    )  # fmt: skip
    fresh = Address.objects.get(label="1 rue A bât. B")
    assert set(Incident.objects.filter(address=fresh).values_list("pk", flat=True)) == set(chosen)
    assert Incident.objects.filter(address=a.address).count() == 5
    assert Disruption.objects.get(pk=a.disruption.pk).address == fresh
    assert StandingObservation.objects.get(pk=a.observation.pk).address == a.address


def test_records_of_another_address_are_not_split_off(world, lead):
    a = world.a
    moving.split_address(
        lead, address=a.address, label="1 rue A bât. B", dwellings=0,
        records={Incident: [a.other_incident.pk]}, version=version(a.address),
    )  # fmt: skip
    assert Incident.objects.get(pk=a.other_incident.pk).address == a.other_address


def test_a_split_residence_keeps_its_agents_to_both_halves(world, lead):
    a = world.a
    with system_scope("seeding"):
        ResidenceAssignment.objects.create(membership=a.agent_membership, residence=a.residence)
    moving.split_residence(
        lead, residence=a.residence, addresses=[a.address], name="Moitié", reference="M2",
        version=version(a.residence),
    )  # fmt: skip
    half = Residence.objects.get(reference="M2")
    assert half.addresses.get() == a.address
    assert {r.residence_id for r in a.agent_membership.assignments.all()} == {half.pk, a.residence.pk}


def test_what_moved_on_since_a_merge_stays_where_it_was_put_and_is_counted(world, lead):
    a = world.a
    with system_scope("seeding"):
        twin = f.AddressFactory(
            residence=a.residence, label="1 ter rue A", match_key=match_key("1 ter rue A")
        )
    change = merge_doors(lead, a.address, twin)
    with system_scope("seeding"):
        Incident.objects.filter(pk=a.incidents[0].pk).update(address=None)
    assert services.undo(lead, change=change) == 1
    assert Incident.objects.filter(address=a.address).count() == 8
    assert Incident.objects.get(pk=a.incidents[0].pk).address is None


def test_a_merge_whose_survivor_was_closed_since_is_taken_back_all_the_same(world, lead):
    a = world.a
    change = merge(lead, a.residence, a.other)
    services.close(lead, place=a.other, version=version(a.other), on=TODAY(), reason="Vendue")
    services.undo(lead, change=change)
    assert Residence.objects.get(pk=a.residence.pk).closed_on is None


def test_a_split_with_facts_recorded_since_is_not_taken_back(world, lead):
    a = world.a
    change = moving.split_address(
        lead, address=a.address, label="1 rue A bât. B", dwellings=0, records={}, version=version(a.address)
    )
    with system_scope("seeding"):
        f.IncidentFactory(address=Address.objects.get(label="1 rue A bât. B"))
    with pytest.raises(ChangedSinceError):
        services.undo(lead, change=change)


@pytest.mark.parametrize("name", ["merge_residence", "move_addresses", "split_residence"])
def test_pages_about_a_residence_of_another_landlord_do_not_exist(world, name):
    client = signed_in(world.a.lead)
    assert client.get(reverse(f"sites:{name}", args=[world.b.residence.pk])).status_code == 404
    page = client.get(reverse(f"sites:{name}", args=[world.a.residence.pk]))
    assert page.status_code == 200
    assert "Résidence B" not in page.content.decode()


def test_after_a_split_the_new_residence_is_one_tap_away(world):
    client, a = signed_in(world.a.lead), world.a
    with acting_as(world.a.lead):
        sent = {
            "addresses": [a.address.pk],
            "name": "Moitié",
            "reference": "M2",
            "version": version(a.residence),
        }
    page = reverse("sites:split_residence", args=[a.residence.pk])
    asked = client.post(page, sent)
    done = client.post(page, sent | {"niveaux": asked.context["agreement"].key}, follow=True)
    with system_scope("seeding"):
        half = Residence.objects.get(reference="M2")
    link = reverse("sites:manage", args=[half.pk])
    assert re.search(rf'href="{link}">\s*Ouvrir Moitié', done.text)


@pytest.mark.parametrize("name", ["merge_address", "split_address"])
def test_pages_about_an_address_of_another_landlord_do_not_exist(world, name):
    client = signed_in(world.a.lead)
    assert client.get(reverse(f"sites:{name}", args=[world.b.address.pk])).status_code == 404
    assert client.get(reverse(f"sites:{name}", args=[world.a.address.pk])).status_code == 200


# Everything that acts write, except who changed a place last, and when.
_WRITTEN = {
    Residence: (), Address: (), ResidenceAlias: (), ResidenceAssignment: (), Incident: (), StandingObservation: (),
    Disruption: (), Confirmation: (), UnplacedFact: (),
}  # fmt: skip


def contents():
    with system_scope("seeding"):
        found = {model: sorted(map(repr, model.objects.values_list(*_columns(model)))) for model in _WRITTEN}
        found[SiteLevel] = sorted(
            map(repr, SiteLevel.objects.values_list("residence_id", "address_id", "level", "silent"))
        )
    return found


def _columns(model):
    return [
        field.attname
        for field in model._meta.concrete_fields
        if field.name not in {"changed_at", "changed_by"}
    ]


def act(lead, kind, residences, addresses, pick):
    """Do one act to some places, those that ``pick`` takes; refused ones raise."""
    one, other = residences[pick[0] % len(residences)], residences[pick[1] % len(residences)]
    door, twin = addresses[pick[2] % len(addresses)], addresses[pick[3] % len(addresses)]
    number = Address.objects.count() + Residence.objects.count()
    doings = {
        "merge": lambda: merge(lead, one, other),
        "doors": lambda: merge_doors(lead, door, twin),
        "close": lambda: services.close(
            lead, place=one, version=version(one), on=TODAY() - dt.timedelta(pick[2]), reason="Vendue"
        ),
        "shut": lambda: services.close(lead, place=door, version=version(door), on=TODAY(), reason="Murée"),
        "reopen": lambda: services.reopen(lead, place=one, version=version(one)),
        "move": lambda: moving.move_addresses(
            lead, residence=door.residence, addresses=[door], to=other, version=version(door.residence)
        ),
        "part": lambda: moving.split_residence(
            lead, residence=door.residence, addresses=[door], name=f"Part {number}", reference=f"P{number}",
            version=version(door.residence),
        ),
        "split": lambda: moving.split_address(
            lead, address=door, label=f"{number} rue Neuve", dwellings=0, version=version(door),
            records={Incident: list(Incident.objects.filter(address=door).values_list("pk", flat=True)[:2])},
        ),
        "add": lambda: services.add_address(
            lead, residence=one, label=f"{number} rue Neuve", postcode="", dwellings=3, version=version(one)
        ),
        "rewrite": lambda: services.correct_address(
            lead, address=door, label=f"{number} rue Juste", dwellings=7, rnb_id="", ban_key="", version=version(door)
        ),
    }  # fmt: skip
    return doings[kind]()


KINDS = ["merge", "doors", "close", "shut", "reopen", "move", "part", "split", "add", "rewrite"]
ACTS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.tuples(*[st.integers(0, 5)] * 4)), min_size=1, max_size=6
)


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_any_acts_undone_in_reverse_leave_every_table_as_it_was(world, acts):
    a = world.a
    with taken_back(), acting_as(a.lead) as lead:
        with system_scope("seeding"):
            twin = f.AddressFactory(residence=a.other, label="1 rue A", match_key=match_key("1 rue A"))
            f.IncidentFactory(address=twin)
            ResidenceAssignment.objects.create(membership=a.agent_membership, residence=a.residence)
            f.UnplacedFactFactory(landlord=a.landlord, candidates=[a.address.pk, twin.pk])
            evaluate([a.residence.pk, a.other.pk])
        before, done = contents(), []
        for kind, pick in acts:
            residences = list(Residence.objects.filter(landlord=a.landlord).order_by("pk"))
            addresses = list(Address.objects.filter(landlord=a.landlord).order_by("pk"))
            with suppress(ValidationError):
                done.append(act(lead, kind, residences, addresses, pick))
        for change in reversed(done):
            assert services.undo(lead, change=change) == 0
        assert contents() == before
