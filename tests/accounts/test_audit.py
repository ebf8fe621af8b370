"""Test that the journal is append-only."""

import re

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from core.opaque import written
from core.versions import version_of
from incidents.facts.services import Fact, correct_incident, state_of
from incidents.models import Incident
from sites.models import Address
from tests import factories as f
from tests.blind import insert
from tests.sharing import journal, publication_of, site_address


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET action = 'read'",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry",
        "ALTER TABLE accounts_auditentry DISABLE TRIGGER ALL",
        "ALTER TABLE accounts_auditentry DISABLE ROW LEVEL SECURITY",
        "DROP TABLE accounts_auditentry",
    ],
)
def test_runtime_role_can_only_append(world, statement):
    with (
        acting_as(world.a.lead),
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_nobody_signs_for_somebody_else(world):
    with acting_as(world.a.agent) as scope:
        write_entry(scope, AuditAction.READ, "test")
        forged = AuditEntry(
            actor=world.a.lead, action=AuditAction.READ, organisation=world.a.landlord, object_type="test"
        )
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            insert(forged)


def test_no_detail_brings_the_character_that_the_column_refuses(world):
    with acting_as(world.a.lead) as scope:
        write_entry(scope, AuditAction.READ, "page", said="a\0b", written=r"a\u0000b")
        entry = AuditEntry.objects.get(object_type="page")
    assert entry.detail == {"said": "ab", "written": r"a\u0000b"}


def test_lead_and_dpo_read_their_own_organisations_entries(world):
    with acting_as(world.a.agent) as scope:
        write_entry(scope, AuditAction.READ, "test", detail_kept="a")
    with acting_as(world.b.agent) as scope:
        write_entry(scope, AuditAction.READ, "test", detail_kept="b")
    for reader in (world.a.lead, world.dpo):
        with acting_as(reader):
            assert [e.detail for e in AuditEntry.objects.all()] == [{"detail_kept": "a"}]
    for stranger in (world.a.agent, world.a.coordinator, world.a.partner, world.admin, world.stranger):
        with acting_as(stranger):
            assert list(AuditEntry.objects.all()) == []


def test_entry_falls_with_what_it_tells_of(world):
    with acting_as(world.a.lead) as scope:
        write_entry(scope, AuditAction.READ, "test")
        with pytest.raises(ZeroDivisionError):
            _record_and_fail(scope, world.a.residence)
        assert [entry.object_type for entry in AuditEntry.objects.all()] == ["test"]


@transaction.atomic
def _record_and_fail(scope, subject) -> None:
    write_entry(scope, AuditAction.CREATE, subject)
    raise ZeroDivisionError


def test_a_landlord_knows_who_of_another_organisation_saw_its_sites(world, sign_in):
    """Each reading by a coordinator or a partner is in the landlord's journal, with where they work."""
    publication = publication_of(world.a)
    sign_in(world.a.coordinator).get(reverse("classification:residence", args=[world.a.residence.pk]))
    sign_in(world.a.partner).get(site_address(publication.pk, 1))
    page = sign_in(world.dpo).get("/journal/").text
    assert "Ville A" in page
    assert "Commissariat A" in page
    assert {"publication", "consultation"} <= set(re.findall(r"publication|consultation", page))
    foreign = sign_in(world.b.lead).get("/journal/").text
    assert "Commissariat A" not in foreign
    assert "Ville A" not in foreign


def test_entries_about_a_page_say_it_in_words(world, sign_in):
    sign_in(world.dpo).get("/journal/export/")
    page = sign_in(world.dpo).get("/journal/").text
    assert "le journal" in page
    assert "accounts.journal" not in page


def _entries(client, actor, url, **query) -> list[tuple[str, str, int]]:
    before = len(journal(actor))
    response = client.get(url, query)
    assert response.status_code == 200
    response.getvalue()
    return journal(actor)[before:]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/faits/", "incidents.list"),
        ("/faits/{fact}/", "incidents.incident"),
        ("/constats/", "incidents.observations"),
        ("/perturbations/", "incidents.disruptions"),
        ("/residences/", "classification.residences"),
        ("/residences/{residence}/", "sites.residence"),
    ],
)
def test_what_a_coordinator_reads_is_in_the_own_journal_and_the_landlords(world, sign_in, url, said):
    side = world.a
    url = url.format(
        fact=written("fact", side.incidents[0].pk), residence=written("residence", side.residence.pk)
    )
    found = _entries(sign_in(side.coordinator), side.coordinator, url)
    assert found == [("read", said, side.town.pk), ("read", said, side.landlord.pk)]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/carte/", "classification.map"),
        ("/methode/", "classification.grid"),
        ("/tableau-de-bord/", "partners.dashboard"),
    ],
)
def test_what_shows_all_that_is_shared_is_in_the_journal_of_every_landlord_that_shares(
    world, sign_in, url, said
):
    found = _entries(sign_in(world.a.coordinator), world.a.coordinator, url)
    readers = (world.a.town.pk, world.a.landlord.pk, world.c.landlord.pk, world.d.landlord.pk)
    assert found == [("read", said, pk) for pk in readers]


@pytest.mark.parametrize("url", ["/faits/", "/constats/", "/perturbations/", "/residences/", "/carte/"])
def test_reading_ones_own_is_no_entry(world, sign_in, url):
    assert _entries(sign_in(world.a.lead), world.a.lead, url) == []


def test_a_page_that_shows_no_site_of_a_landlord_is_none_of_its_entries(world, sign_in):
    found = _entries(sign_in(world.a.coordinator), world.a.coordinator, "/faits/", place="Nulle part")
    assert found == [("read", "incidents.list", world.a.town.pk)]


def test_words_typed_into_an_address_stay_out_of_the_journal(world, sign_in):
    client = sign_in(world.a.coordinator)
    for url, name in (("/faits/", "place"), ("/residences/", "q"), ("/faits/", "note"), ("/carte/", "note")):
        client.get(url, {name: "Mme Durand", "family": "trafficking"})
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=world.a.town, role=Role.DPO).user
    with acting_as(officer):
        said = [str(entry.detail) for entry in AuditEntry.objects.filter(actor=world.a.coordinator)]
    assert len(said) == 4
    assert [detail for detail in said if "Durand" in detail] == []


def test_facts_sent_out_are_in_the_landlords_journal(world, sign_in):
    found = _entries(
        sign_in(world.a.coordinator), world.a.coordinator, reverse("incidents:export", args=["csv"])
    )
    assert {organisation for _action, _object, organisation in found} == {
        world.a.town.pk,
        world.a.landlord.pk,
    }


def test_a_fact_that_moves_to_another_landlord_is_in_both_journals(world):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.agent, organisation=world.b.landlord, role=Role.AGENT)
    with acting_as(world.a.agent) as scope:
        read = Incident.objects.get(pk=world.a.other_incident.pk)
        there = Address.objects.get(pk=world.b.address.pk)
        fact = Fact(place=there, fact_type=read.fact_type, day=read.day)
        version = version_of(read, state_of(read))
        correct_incident(scope=scope, incident=read, fact=fact, version=version)
    assert journal(world.a.agent) == [
        ("update", "incidents.incident", world.b.landlord.pk),
        ("update", "incidents.incident", world.a.landlord.pk),
    ]


def test_choosing_a_language_is_an_entry(world, sign_in):
    sign_in(world.a.lead).post("/comptes/langue/", {"language": "en"})
    assert journal(world.a.lead) == [("update", "accounts.user", world.a.landlord.pk)]


def test_a_password_chosen_by_a_link_is_an_entry(world, client):
    with system_scope("seeding"):
        key = default_token_generator.make_token(world.a.lead)
    form = client.get(f"/mot-de-passe/choisir/{user_pk_to_url_str(world.a.lead)}-{key}/").url
    new = "une phrase tranquille"
    assert client.post(form, {"password1": new, "password2": "autre chose"}).status_code == 422
    assert journal(world.a.lead) == []
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert journal(world.a.lead) == [("update", "accounts.user", world.a.landlord.pk)]
