"""Test people with several roles and organisations: entries go to the right journals, pages show the right rows."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from sites.models import ResidenceAssignment
from tests import factories as f
from tests.blind import insert


def _journal(reader) -> list[tuple[str, str]]:
    with acting_as(reader):
        return list(AuditEntry.objects.order_by("id").values_list("action", "object_type"))


@pytest.fixture
def dpo_of_town(world):
    with system_scope("seeding"):
        return f.MembershipFactory(organisation=world.a.town, role=Role.DPO).user


def _also(user, organisation, role):
    with system_scope("seeding"):
        f.MembershipFactory(organisation=organisation, role=role, user=user)


def test_what_a_coordinator_reads_stays_in_the_towns_journal(world, sign_in, dpo_of_town):
    """A landlord that makes a coordinator its agent must not get the coordinator's journal."""
    _also(world.a.coordinator, world.b.landlord, Role.AGENT)
    client = sign_in(world.a.coordinator)
    assert client.get(reverse("classification:map")).status_code == 200
    assert _journal(world.b.lead) == []
    assert _journal(dpo_of_town) == [("read", "classification.map")]


def test_an_act_without_a_place_is_in_the_journal_of_each_organisation(world, sign_in, dpo_of_town):
    _also(world.a.coordinator, world.a.landlord, Role.AGENT)
    client = sign_in(world.a.coordinator)
    answer = client.get(reverse("incidents:export", args=["csv"]))
    assert (answer.status_code, b"1 rue B" in answer.getvalue()) == (200, False)
    for reader in (world.dpo, dpo_of_town):
        assert _journal(reader) == [("export", "incidents.list")]
    assert _journal(world.b.lead) == []


def test_a_residence_read_as_coordinator_is_not_in_the_journal_of_another_landlord(
    world, sign_in, dpo_of_town
):
    _also(world.a.coordinator, world.b.landlord, Role.LEAD)
    client = sign_in(world.a.coordinator)
    url = reverse("classification:residence", args=[world.a.residence.pk])
    assert client.get(url).status_code == 200
    assert _journal(world.b.lead) == []
    assert _journal(dpo_of_town) == [("read", "sites.residence")]


def test_an_agent_is_not_assigned_to_another_landlords_residence(world):
    row = ResidenceAssignment(membership=world.a.agent_membership, residence=world.b.residence)
    with system_scope("seeding"):
        # As coordinator the lead sees that residence.
        f.MembershipFactory(user=world.a.lead, organisation=world.b.town, role=Role.COORDINATOR)
    with acting_as(world.a.lead):
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            insert(row)
        row.residence = world.a.residence
        ResidenceAssignment.objects.bulk_create([row])
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            ResidenceAssignment.objects.filter(pk=row.pk).update(residence=world.b.residence)


def test_a_lead_of_one_landlord_does_not_assign_oneself_at_another(world, sign_in):
    with system_scope("seeding"):
        elsewhere = f.MembershipFactory(organisation=world.b.landlord, role=Role.AGENT, user=world.a.lead)
    client = sign_in(world.a.lead)
    url = reverse("sites:assignments", args=[elsewhere.pk])
    assert client.get(url).status_code == 404
    assert client.post(url, {"residences": []}).status_code == 404
    assert _journal(world.b.lead) == []


def test_a_lead_who_also_coordinates_places_the_own_addresses_alone(world, sign_in):
    _also(world.b.lead, world.a.town, Role.COORDINATOR)
    with system_scope("seeding"):
        for side in (world.a, world.b):
            type(side.address).objects.filter(pk=side.address.pk).update(longitude=None, latitude=None)
    client = sign_in(world.b.lead)
    page = client.get(reverse("sites:to_place")).content.decode()
    assert ("1 rue B" in page, "1 rue A" in page) == (True, False)
    url = reverse("sites:place", args=[world.a.address.pk])
    assert client.get(url).status_code == 404
    assert client.post(url, {"longitude": "2", "latitude": "48"}).status_code == 404
