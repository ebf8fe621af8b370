"""The journal is appended to, and nothing else."""

import re

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.audit import record
from accounts.enums import AuditAction
from accounts.models import AuditEntry
from accounts.scope import acting_as
from tests.sharing import publication_of


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
        record(scope, AuditAction.READ, "test")
        forged = AuditEntry(
            actor=world.a.lead, action=AuditAction.READ, organisation=world.a.landlord, object_type="test"
        )
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            AuditEntry.objects.bulk_create([forged])


def test_lead_and_dpo_read_their_own_organisations_entries(world):
    with acting_as(world.a.agent) as scope:
        record(scope, AuditAction.READ, "test", detail_kept="a")
    with acting_as(world.b.agent) as scope:
        record(scope, AuditAction.READ, "test", detail_kept="b")
    for reader in (world.a.lead, world.dpo):
        with acting_as(reader):
            assert [e.detail for e in AuditEntry.objects.all()] == [{"detail_kept": "a"}]
    for stranger in (world.a.agent, world.a.coordinator, world.a.partner, world.admin, world.stranger):
        with acting_as(stranger):
            assert list(AuditEntry.objects.all()) == []


def test_entry_falls_with_what_it_tells_of(world):
    with acting_as(world.a.lead) as scope:
        record(scope, AuditAction.READ, "test")
        with pytest.raises(ZeroDivisionError):
            _record_and_fail(scope, world.a.residence)
        assert [entry.object_type for entry in AuditEntry.objects.all()] == ["test"]


@transaction.atomic
def _record_and_fail(scope, subject) -> None:
    record(scope, AuditAction.CREATE, subject)
    raise ZeroDivisionError


def test_a_landlord_knows_who_of_another_organisation_saw_its_sites(world, sign_in):
    """Each reading by a coordinator or a partner is in the landlord's journal, with where they work."""
    publication = publication_of(world.a)
    sign_in(world.a.coordinator).get(f"/residences/{world.a.residence.pk}/")
    sign_in(world.a.partner).get(f"/publications/{publication.pk}/sites/1/")
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
