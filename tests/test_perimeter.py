"""Test the rows that the database shows to each role, over rows that could leak."""

import datetime as dt

import psycopg
import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from accounts.models import User
from accounts.scope import acting_as, acting_for, system_scope
from classification.models import Finding, PastLevel, SiteLevel
from config.database import ROOT
from core.perimeter import declared
from incidents.models import Confirmation, Disruption, Incident, Narrative, StandingObservation
from partners.models import Circle, Mandate
from sites.models import (
    Address,
    AgreementTerms,
    Residence,
    ResidenceAlias,
    ResidenceAssignment,
    SharingAgreement,
    Territory,
)
from tests import factories as f
from tests.blind import insert

CONFIDENTIAL = [
    Residence, ResidenceAlias, Address, Incident, Narrative, StandingObservation, Confirmation, Disruption,
    SiteLevel, PastLevel, Finding, Circle, Mandate, SharingAgreement, AgreementTerms,
]  # fmt: skip

# Tables without policies, and why.
OPEN = {
    "auth_group": "unused by the product",
    "auth_group_permissions": "unused by the product",
    "auth_permission": "names of models",
    "django_content_type": "names of models",
    "django_migrations": "names of migrations",
    "incidents_facttype": "the nomenclature is public",
    "palier_cache": "counters of login attempts, under digests",
    "pghistory_context": "unused by the product",
}
# Tables that everybody reads and a scope writes, and why.
READ_BY_ALL = {
    "classification_gridversion": "the method is public",
    "sites_commune": "the official geographic code is public",
    "sites_intercommunality": "the intercommunal bodies and their members are public",
    "sites_intercommunality_communes": "the intercommunal bodies and their members are public",
    "sites_territory_communes": "which communes make a territory is public",
}


def seen(model):
    return set(model.objects.values_list("pk", flat=True))


def planted(model, **perimeter):
    with system_scope("seeding"):
        return set(model.objects.filter(**perimeter).values_list("pk", flat=True))


def test_without_a_scope_there_are_no_rows(world):
    for model in CONFIDENTIAL:
        assert seen(model) == set()


@pytest.mark.parametrize(
    "model", [Residence, Address, Incident, StandingObservation, Disruption, SiteLevel, PastLevel, Finding]
)
@pytest.mark.parametrize("who", ["lead", "agent"])
def test_landlord_sees_its_own_and_nothing_else(world, model, who):
    expected = planted(model, landlord=world.a.landlord)
    with acting_as(getattr(world.a, who)):
        assert seen(model) == expected != set()


@pytest.mark.parametrize(
    "model", [Residence, Address, Incident, StandingObservation, Disruption, SiteLevel, PastLevel, Finding]
)
def test_coordinator_sees_landlords_that_signed_with_this_territory(world, model):
    expected = planted(model, landlord=world.a.landlord)
    with acting_as(world.a.coordinator):
        assert seen(model) == expected != set()


@pytest.mark.parametrize(
    "model", [Residence, Address, Incident, StandingObservation, Disruption, SiteLevel, PastLevel, Finding]
)
@pytest.mark.parametrize("side", ["c", "d"], ids=["outside the territory", "in a commune it does not name"])
def test_what_an_agreement_does_not_open_is_its_landlords_alone(world, model, side):
    outside = getattr(world, side)
    expected = planted(model, landlord=outside.landlord)
    with acting_as(outside.lead):
        assert seen(model) == expected != set()
    others = (*vars(world.a).values(), *vars(world.b).values(), world.admin, world.dpo, world.stranger)
    for person in (other for other in others if isinstance(other, User)):
        with acting_as(person):
            assert seen(model) & expected == set()


def test_a_confirmation_is_seen_as_far_as_its_observation(world):
    expected = planted(Confirmation, observation__landlord=world.a.landlord)
    for person in (world.a.lead, world.a.agent, world.a.coordinator):
        with acting_as(person):
            assert seen(Confirmation) == expected != set()


def test_a_landlord_and_a_commune_of_two_territories_do_not_make_a_pair(world):
    """The coordinator of two: A shares with the one, C with the other, and each lies in the other's commune too."""
    with system_scope("seeding"):
        second = f.TerritoryFactory(organisation=world.a.town, communes=[world.c.commune])
        AgreementTerms.objects.filter(agreement=world.c.agreement).delete()
        world.c.agreement.delete()
        f.SharingAgreementFactory(landlord=world.c.landlord, territory=second)
        for landlord, commune in ((world.a.landlord, world.c.commune), (world.c.landlord, world.commune)):
            f.IncidentFactory(address__residence=f.ResidenceFactory(landlord=landlord, commune=commune))
    expected = planted(Incident, landlord=world.a.landlord, commune=world.commune)
    expected |= planted(Incident, landlord=world.c.landlord, commune=world.c.commune)
    with acting_as(world.a.coordinator):
        assert seen(Incident) == expected


def test_coordinator_sees_only_communes_of_the_territory(world):
    with system_scope("seeding"):
        f.IncidentFactory(address=f.AddressFactory(residence__landlord=world.a.landlord))
    expected = planted(Incident, landlord=world.a.landlord, commune=world.commune)
    with acting_as(world.a.coordinator):
        assert seen(Incident) == expected


def test_narratives_are_the_landlords_alone(world):
    expected = planted(Narrative, incident__landlord=world.a.landlord)
    for person in (world.a.lead, world.a.agent):
        with acting_as(person):
            assert seen(Narrative) == expected != set()
    for person in (world.a.coordinator, world.a.partner, world.admin, world.dpo, world.stranger):
        with acting_as(person):
            assert seen(Narrative) == set()


def test_other_references_of_a_residence_are_the_landlords_alone(world):
    expected = planted(ResidenceAlias, landlord=world.a.landlord)
    for person in (world.a.lead, world.a.agent):
        with acting_as(person):
            assert seen(ResidenceAlias) == expected != set()
    for person in (
        world.a.coordinator,
        world.a.partner,
        world.b.lead,
        world.admin,
        world.dpo,
        world.stranger,
    ):
        with acting_as(person):
            assert seen(ResidenceAlias) & expected == set()
    with acting_as(world.a.agent):
        assert ResidenceAlias.objects.all().delete()[0] == 0


def test_earlier_states_of_a_fact_are_the_landlords_alone(world):
    history = apps.get_model("incidents", "IncidentEvent")
    with system_scope("seeding"):
        for side in (world.a, world.b):
            Incident.objects.filter(pk=side.incidents[0].pk).update(place_kind="cellar")
    expected = planted(history, landlord=world.a.landlord)
    for person in (world.a.lead, world.a.agent):
        with acting_as(person):
            assert seen(history) == expected != set()
    for person in (world.a.coordinator, world.a.partner, world.admin, world.dpo, world.stranger):
        with acting_as(person):
            assert seen(history) == set()


@pytest.mark.parametrize("who", ["partner", "admin", "dpo", "stranger"])
def test_others_see_no_record_and_no_level(world, who):
    person = getattr(world.a, who, None) or getattr(world, who)
    with acting_as(person):
        for model in (
            Residence,
            Address,
            Incident,
            StandingObservation,
            Confirmation,
            Disruption,
            SiteLevel,
            PastLevel,
            Finding,
        ):
            assert seen(model) == set()


def test_agent_with_assignments_sees_those_residences_only(world):
    with system_scope("seeding"):
        ResidenceAssignment.objects.create(membership=world.a.agent_membership, residence=world.a.other)
    with acting_as(world.a.agent):
        assert seen(Residence) == {world.a.other.pk}
        assert seen(Incident) == {world.a.other_incident.pk}
        assert seen(Narrative) == set()
        assert set(PastLevel.objects.values_list("residence", flat=True)) == {world.a.other.pk}


def test_ending_an_agreement_cuts_the_coordinator_at_once(world):
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=timezone.localdate())
    with acting_as(world.a.coordinator):
        assert seen(Incident) == seen(SiteLevel) == seen(PastLevel) == set()


def test_ending_a_membership_cuts_its_holder_at_once(world):
    with system_scope("seeding"):
        world.a.lead.memberships.update(ends_on=timezone.localdate())
    with acting_as(world.a.lead):
        assert seen(Incident) == set()


@pytest.mark.parametrize("table", ["circle", "mandate"])
def test_ending_a_mandate_or_its_circle_closes_it(world, table):
    with acting_as(world.a.partner) as _scope:
        assert _ids("palier.circles") == [world.a.circle.pk]
        assert seen(Circle) == {world.a.circle.pk}
    with system_scope("seeding"):
        model = {"circle": Circle, "mandate": Mandate}[table]
        model.objects.filter(pk=getattr(world.a, table).pk).update(ends_on=timezone.localdate())
    with acting_as(world.a.partner):
        assert _ids("palier.circles") == []
        assert seen(Circle) == set()


def test_mandate_needs_a_live_partner_membership(world):
    with system_scope("seeding"):
        world.a.partner.memberships.update(ends_on=timezone.localdate())
    with acting_as(world.a.partner):
        assert _ids("palier.circles") == []
        assert seen(Circle) == set()


def test_mandate_of_tomorrow_opens_nothing_today(world):
    with system_scope("seeding"):
        tomorrow = timezone.localdate() + dt.timedelta(1)
        Mandate.objects.filter(pk=world.a.mandate.pk).update(starts_on=tomorrow)
    with acting_as(world.a.partner):
        assert _ids("palier.circles") == []
        assert seen(Circle) == set()


def test_nobody_writes_for_another_landlord(world):
    with system_scope("seeding"):
        stolen = Incident(
            landlord=world.b.landlord, commune=world.commune, residence=world.b.residence,
            fact_type=world.b.incidents[0].fact_type, day=timezone.localdate(),
        )  # fmt: skip
    for person in (world.a.lead, world.a.agent, world.a.coordinator, world.b.coordinator, world.admin):
        with (
            acting_as(person),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            insert(stolen)
    with acting_as(world.a.lead):
        assert Incident.objects.filter(landlord=world.b.landlord).update(place_kind="cellar") == 0


def test_coordinator_reads_facts_and_writes_none(world):
    with acting_as(world.a.coordinator):
        assert Incident.objects.update(place_kind="cellar") == 0
        assert SiteLevel.objects.update(level=4) == 0
        assert PastLevel.objects.update(level=4) == 0


@pytest.mark.parametrize("model", [SiteLevel, PastLevel])
def test_levels_are_written_by_the_evaluation_alone(world, model):
    with system_scope("seeding"):
        level = model.objects.filter(landlord=world.a.landlord).first()
    level.pk = None
    for person in (world.a.lead, world.a.agent, world.a.coordinator, world.admin):
        with acting_as(person):
            assert model.objects.update(level=1) == model.objects.all().delete()[0] == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                model.objects.bulk_create([level])


def test_program_of_a_landlord_sees_what_its_lead_sees(world):
    expected = planted(Incident, landlord=world.a.landlord)
    with acting_for(world.a.landlord):
        assert seen(Incident) == expected


def test_scopes_nest_and_close(world):
    with acting_as(world.a.lead):
        mine = seen(Incident)
        with acting_as(world.b.lead):
            assert seen(Incident).isdisjoint(mine)
        assert seen(Incident) == mine
        with pytest.raises(ZeroDivisionError), acting_as(world.b.lead):
            1 / 0  # noqa: B018
        assert seen(Incident) == mine
    assert seen(Incident) == set()


def test_runtime_role_is_neither_superuser_nor_owner(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole AND relkind = 'r'"
        )
        assert cursor.fetchone() == (0,)


def test_every_table_has_forced_policies_or_a_reason(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = dict(cursor.fetchall())
    assert {name for name, closed in tables.items() if not closed} == set(OPEN)


def test_every_table_that_everybody_reads_is_listed():
    def of_everybody(policy):
        return (
            policy.command in {"SELECT", "ALL"} and policy.role == "PUBLIC" and policy.condition.sql == "true"
        )

    found = {table for table, policies in declared().items() if any(map(of_everybody, policies))}
    assert found == set(READ_BY_ALL)


def test_policies_in_the_database_are_those_declared(superuser_uri, template_database):
    """Replaying every policies file over the migrated schema changes nothing."""
    query = (
        "SELECT tablename, policyname, permissive, cmd, qual, with_check FROM pg_policies"
        " UNION ALL SELECT proname, '', '', '', pg_get_functiondef(oid), '' FROM pg_proc"
        " WHERE proname LIKE 'palier\\_%' ORDER BY 1, 2"
    )
    with psycopg.connect(superuser_uri, dbname=template_database) as plain:
        before = plain.execute(query).fetchall()
        for app in ("core", "accounts", "sites", "incidents", "classification", "partners"):
            for file in sorted((ROOT / app / "policies").glob("*.sql")):
                plain.execute(file.read_text(encoding="utf-8"))
        after = plain.execute(query).fetchall()
        plain.rollback()
    assert after == before != []


def test_every_model_with_a_perimeter_repeats_it_truly(world):
    """A copy of (landlord, commune) that differs from the residence's is refused."""
    placed = [m for m in apps.get_models() if {"landlord", "commune", "residence"} <= _fields(m)]
    assert {m.__name__ for m in placed} >= {"Address", "Incident", "StandingObservation", "Disruption"}
    with system_scope("seeding"):
        for model in placed:
            if model._meta.app_label == "classification" or model.__name__.endswith("Event"):
                continue
            with pytest.raises(Exception, match="follows_residence"), transaction.atomic():
                model.objects.filter(landlord=world.a.landlord).update(landlord=world.b.landlord)


def _fields(model) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


def _ids(setting: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT palier_ids(%s)", [setting])
        return cursor.fetchone()[0]


def test_lead_sees_every_council_it_might_sign_with_and_signs_for_itself_alone(world):
    with acting_as(world.a.lead):
        assert seen(Territory) == {world.a.territory.pk, world.b.territory.pk}
        SharingAgreement.objects.create(landlord=world.a.landlord, territory=world.b.territory)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            insert(SharingAgreement(landlord=world.b.landlord, territory=world.a.territory))
    with acting_as(world.a.agent):
        assert seen(Territory) == set()
