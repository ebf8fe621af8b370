"""The kind of an organisation is corrected while nothing rests on it, and never after."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import ROLES_OF, OrganisationKind, Role
from accounts.models import ApiToken, AuditEntry, Organisation
from accounts.proposals.services import withdraw
from accounts.scope import acting_as, system_scope
from core.perimeter import declared
from tests import factories as f
from tests.versions import opened

KIND = "UPDATE accounts_organisation SET kind = 'police' WHERE id = %s"
# What tells of an organisation without resting on it.
TELLS = {"accounts_auditentry", "accounts_erasure", "accounts_mail"}


@pytest.fixture
def wrong(world):
    """An organisation that was registered as a landlord by mistake."""
    with system_scope("seeding"):
        return f.OrganisationFactory(name="Commissariat", kind=OrganisationKind.LANDLORD)


def _kind(organisation) -> str:
    with system_scope("seeding"):
        return Organisation.objects.get(pk=organisation.pk).kind


def _page(organisation) -> str:
    return reverse("accounts:rename_organisation", args=[organisation.pk])


def _send(client, organisation, **values):
    typed = {"name": organisation.name, "kind": OrganisationKind.POLICE} | values
    return client.post(_page(organisation), typed | opened(client, _page(organisation)))


def _as_sql(user, organisation) -> bool:
    try:
        with transaction.atomic(), acting_as(user), connection.cursor() as cursor:
            return cursor.execute(KIND, [organisation.pk]).rowcount == 1
    except DatabaseError:
        return False


def test_an_administrator_corrects_the_kind_and_the_journal_says_both(world, wrong, sign_in):
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=world.operator, role=Role.DPO).user
    assert (_send(sign_in(world.admin), wrong).status_code, _kind(wrong)) == (302, "police")
    with acting_as(officer):
        told = AuditEntry.objects.get(object_type="accounts.organisation", object_id=str(wrong.pk)).detail
    assert told == {"kind": "police", "former_kind": "landlord"}
    page = sign_in(officer).get(reverse("accounts:journal")).text
    assert "nature corrigée : Police nationale au lieu de Bailleur social" in page


def test_a_name_that_stays_is_no_former_name(world, wrong, sign_in):
    _send(sign_in(world.admin), wrong)
    with system_scope("seeding"):
        assert Organisation.objects.get(pk=wrong.pk).aliases == []


def test_a_kind_corrected_meanwhile_is_shown_beside_ones_own(world, wrong, sign_in):
    admin = sign_in(world.admin)
    typed = {"name": wrong.name, "kind": OrganisationKind.JUSTICE} | opened(admin, _page(wrong))
    _send(admin, wrong)
    answer = admin.post(_page(wrong), typed)
    assert (answer.status_code, _kind(wrong)) == (409, "police")
    [row] = answer.context["rows"]
    assert (row.name, row.typed, row.recorded) == ("kind", "Parquet", "Police nationale")


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("membership", "rattachements"), ("proposal", "propositions de rôle"), ("residence", "résidences"),
        ("agreement", "conventions de partage, termes de conventions de partage"), ("territory", "territoires"), ("token", "jetons d’API"),
    ],
)  # fmt: skip
def test_what_rests_on_a_kind_is_named_and_the_kind_stays(world, wrong, sign_in, what, named):
    with system_scope("seeding"):
        {
            "membership": lambda: f.MembershipFactory(organisation=wrong, role=Role.LEAD),
            "proposal": lambda: f.ProposalFactory(
                organisation=wrong, role=Role.LEAD, proposed_by=world.admin
            ),
            "residence": lambda: f.ResidenceFactory(landlord=wrong),
            "agreement": lambda: f.SharingAgreementFactory(landlord=wrong),
            "territory": lambda: f.TerritoryFactory(organisation=wrong),
            "token": lambda: ApiToken.objects.create(
                organisation=wrong,
                name="GED",
                digest="0" * 64,
                created_by=world.admin,
                expires_on=timezone.localdate(),
            ),
        }[what]()
    answer = _send(sign_in(world.admin), wrong)
    assert (answer.status_code, _kind(wrong), _as_sql(world.admin, wrong)) == (422, "landlord", False)
    [said] = answer.context["form"].errors["kind"]
    assert said.startswith(f"Cet organisme a déjà servi ({named}) : sa nature ne change plus.")


def test_a_proposal_that_was_withdrawn_keeps_no_kind(world, wrong, sign_in):
    with system_scope("seeding"):
        proposal = f.ProposalFactory(organisation=wrong, role=Role.LEAD, proposed_by=world.admin)
    with acting_as(world.admin) as scope:
        withdraw(scope, proposal=proposal)
    assert (_send(sign_in(world.admin), wrong).status_code, _kind(wrong)) == (302, "police")


def test_the_scope_that_looks_reads_every_table_that_names_an_organisation(db):
    """Where it did not, rows of that table would keep nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT conrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'accounts_organisation'::regclass"
        )
        tables = {name for (name,) in cursor.fetchall()} - TELLS
    read = {
        table
        for table in tables
        for policy in declared()[table]
        if policy.command in {"SELECT", "ALL"} and "seeding" in policy.condition.sql
    }
    assert (tables - read, len(tables) > 10) == (set(), True)


def test_the_scope_that_looks_is_left(world, wrong):
    with acting_as(world.admin), connection.cursor() as cursor:
        cursor.execute(KIND, [wrong.pk])
        cursor.execute("SELECT palier_system(), palier_user(), (SELECT count(*) FROM sites_residence)")
        assert cursor.fetchone() == (None, world.admin.pk, 0)


def test_nobody_else_corrects_a_kind(world, wrong):
    with system_scope("seeding"):
        lone = f.OrganisationFactory(name="Mairie", kind=OrganisationKind.LANDLORD)
    assert [_as_sql(who, lone) for who in (world.a.lead, world.a.coordinator, world.admin)] == [
        False,
        False,
        True,
    ]


def test_the_database_knows_which_roles_each_kind_gives(db):
    with connection.cursor() as cursor:
        for kind in OrganisationKind:
            cursor.execute(
                "SELECT array_agg(r) FROM unnest(%s::text[]) r WHERE palier_gives(%s, r)", [list(Role), kind]
            )
            assert set(cursor.fetchone()[0]) == ROLES_OF[kind]


def test_no_role_is_proposed_that_the_kind_does_not_give(world, wrong):
    propose = (
        "INSERT INTO accounts_proposal (user_id, organisation_id, role, email, full_name, proposed_by_id, purpose,"
        " proposed_at, lapses_on, state, confirmation, prepared, seen_by)"
        " VALUES (%s, %s, %s, 'x@exemple.invalid', 'X', %s, '', now(), current_date + 9, 'waiting', 'none', '{}', '{}')"
    )
    done = []
    for role in ("lead", "partner"):
        try:
            with transaction.atomic(), acting_as(world.admin), connection.cursor() as cursor:
                cursor.execute(propose, [world.stranger.pk, wrong.pk, role, world.admin.pk])
                done.append(role)
        except DatabaseError:
            pass
    assert done == ["lead"]
