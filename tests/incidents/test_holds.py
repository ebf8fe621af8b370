"""A lead holds an observation or a disruption as a fact: while it is held, nothing of what belongs to it is erased."""

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.models import AuditEntry
from accounts.retention import services as nightly
from accounts.scope import acting_as, system_scope
from incidents.models import Confirmation, Disruption, Incident, LegalHold, StandingObservation
from incidents.ongoing import correcting
from incidents.ongoing.states import state_of
from incidents.retention import services
from tests import factories as f
from tests.versions import planted
from tests.world import signed_in

KINDS = {"observation": StandingObservation, "disruption": Disruption}
LABELS = {"observation": "observations", "disruption": "disruptions"}


def _ended_long_ago(name, address):
    """Plant a record that is past its term, with what belongs to it."""
    old = timezone.localdate() - relativedelta(months=61)
    with system_scope("seeding"):
        if name == "disruption":
            return f.DisruptionFactory(address=address, starts_on=old, ends_on=old)
        record = f.StandingObservationFactory(address=address, since=old, ended_on=old)
        f.ConfirmationFactory(observation=record, day=old)
        return record


def _corrected(world, name):
    """Plant the same with a former state in its history."""
    record = _ended_long_ago(name, world.a.address)
    with acting_as(world.a.lead) as scope:
        state = state_of(record)
        changed = (
            {"recurs_daily": not state["recurs_daily"]}
            if name == "disruption"
            else {"frequency": state["frequency"] % 3 + 1}
        )
        assert correcting.correct(
            scope=scope, record=record, **state | changed | {"version": planted(record, state_of)["version"]}
        )
    return record


def _left(record):
    """Return how many rows are left of a record: itself, its history and its confirmations."""
    with system_scope("seeding"):
        history = record.events.model.objects.filter(pgh_obj_id=record.pk).count()
        confirmed = (
            Confirmation.objects.filter(observation=record).count() if hasattr(record, "confirmations") else 0
        )
        return type(record).objects.filter(pk=record.pk).count(), history, confirmed


@pytest.mark.parametrize("name", KINDS)
def test_a_held_record_stays_past_its_term_with_all_that_belongs_to_it_until_the_hold_is_lifted(world, name):
    record, free = _corrected(world, name), _ended_long_ago(name, world.a.address)
    whole = _left(record)
    client, today = signed_in(world.a.lead), timezone.localdate()
    page, lift = (reverse(f"incidents:{verb}_{name}", args=[record.pk]) for verb in ("hold", "lift"))
    assert client.post(page, {"reason": "kevin martin passe au tribunal"}).status_code == 422
    for reason in ("Pièce d’une procédure", "Encore une fois"):
        assert client.post(page, {"reason": reason}).status_code == 302
    shown = client.get(page)
    assert [reason in shown.text for reason in ("Pièce d’une procédure", "Encore une fois")] == [True, False]
    assert nightly.due(today)[LABELS[name]] == {world.a.landlord.pk: 1}
    nightly.apply(today)
    assert (_left(record), _left(free)) == (whole, (0, 0, 0))
    assert whole[:2] == (1, 1)
    client.post(lift, {"version": shown.context["version"]})
    nightly.apply(today)
    assert _left(record) == (0, 0, 0)
    with system_scope("seeding"):
        assert not LegalHold.objects.filter(landlord=world.a.landlord).exists()


@pytest.mark.parametrize("name", KINDS)
def test_the_journal_of_the_landlord_says_who_held_a_record_and_who_lifted_the_hold(world, name):
    record = getattr(world.a, name)
    with acting_as(world.a.lead) as scope:
        held = services.hold(scope, record=record, reason="Procédure", ends_on=None)
        services.lift(scope, record=record, version=planted(held, services.state_of_hold)["version"])
        entries = AuditEntry.objects.filter(object_type="incidents.legalhold", object_id=str(held.pk))
        assert [
            (one.action, one.actor_id, one.organisation_id, one.detail) for one in entries.order_by("id")
        ] == [
            (action, world.a.lead.pk, world.a.landlord.pk, {name: record.pk})
            for action in (AuditAction.CREATE, AuditAction.CANCEL)
        ]


@pytest.mark.parametrize("name", KINDS)
def test_an_old_page_lifts_no_other_hold_than_the_one_that_it_showed(world, name):
    record, client = getattr(world.a, name), signed_in(world.a.lead)
    page, lift = (reverse(f"incidents:{verb}_{name}", args=[record.pk]) for verb in ("hold", "lift"))
    client.post(page, {"reason": "Première procédure"})
    old = {"version": client.get(page).context["version"]}
    client.post(lift, old)
    client.post(page, {"reason": "Seconde procédure"})
    for sent in (old, {}):
        answer = client.post(lift, sent)
        assert (answer.status_code, "un autre gel" in answer.text) == (409, True)
    with system_scope("seeding"):
        assert LegalHold.objects.filter(**{name: record}, lifted_at=None).count() == 1
    client.post(lift, {"version": answer.context["version"]})
    with system_scope("seeding"):
        assert not LegalHold.objects.filter(**{name: record}, lifted_at=None).exists()


def test_the_job_itself_can_erase_nothing_of_what_is_held(world):
    """The policies refuse it: whatever the statements of the job say."""
    held = [_corrected(world, name) for name in KINDS]
    free = [_corrected(world, name) for name in KINDS]
    fact = world.a.incidents[0]
    with system_scope("seeding"):
        Incident.objects.filter(pk=fact.pk).update(day=timezone.localdate() - relativedelta(months=61))
        for record in (*held, fact):
            LegalHold.objects.create(
                **{services.kept_by(record): record}, landlord=world.a.landlord, reason="Procédure"
            )
        former = fact.events.model.objects.filter(pgh_obj_id=fact.pk).count()
    whole = [_left(record) for record in held]
    with system_scope("retention"), connection.cursor() as cursor:
        for table in (
            "incidents_confirmation",
            "incidents_standingobservation_history",
            "incidents_standingobservation",
            "incidents_disruption_history",
            "incidents_disruption",
            "incidents_incident_history",
        ):
            cursor.execute(f"DELETE FROM {table}")
    assert [_left(record) for record in held] == whole
    assert [_left(record) for record in free] == [(0, 0, 0)] * 2
    with system_scope("seeding"):
        assert fact.events.model.objects.filter(pgh_obj_id=fact.pk).count() == former > 0


@pytest.mark.parametrize("name", ["incident", *KINDS])
def test_no_lead_holds_another_landlords_record_in_the_own_landlords_name(world, name):
    theirs = world.b.incidents[0] if name == "incident" else getattr(world.b, name)
    with (
        acting_as(world.a.lead),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        LegalHold.objects.create(**{name: theirs}, landlord=world.a.landlord, reason="Procédure")


@pytest.mark.parametrize("name", ["incident", *KINDS])
def test_nor_does_a_lead_turn_a_hold_of_the_own_into_one_of_anothers(world, name):
    own, theirs = (
        side.incidents[0] if name == "incident" else getattr(side, name) for side in (world.a, world.b)
    )
    with acting_as(world.a.lead):
        held = LegalHold.objects.create(**{name: own}, landlord=world.a.landlord, reason="Procédure")
        rows = LegalHold.objects.filter(pk=held.pk)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            rows.update(**{name: theirs})
        assert rows.update(reason="Autre procédure") == 1


@pytest.mark.parametrize("name", ["incident", *KINDS])
def test_an_agent_here_who_leads_elsewhere_holds_nothing_here(world, name):
    record = world.a.incidents[0] if name == "incident" else getattr(world.a, name)
    suffix = "" if name == "incident" else f"_{name}"
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.agent, organisation=world.c.landlord, role=Role.LEAD)
        LegalHold.objects.create(**{name: record}, landlord=world.a.landlord, reason="Procédure")
    client = signed_in(world.a.agent)
    for verb in ("hold", "lift"):
        page = reverse(f"incidents:{verb}{suffix}", args=[record.pk])
        assert client.post(page, {"reason": "Autre", "version": "x"}).status_code == 404
    assert client.get(reverse(f"incidents:hold{suffix}", args=[record.pk])).status_code == 404


@pytest.mark.parametrize("name", KINDS)
def test_a_hold_that_ended_by_itself_keeps_nothing(world, name):
    record, today = _ended_long_ago(name, world.a.address), timezone.localdate()
    with system_scope("seeding"):
        LegalHold.objects.create(
            **{name: record}, landlord=world.a.landlord, reason="Procédure",
            starts_on=today - dt.timedelta(9), ends_on=today,
        )  # fmt: skip
    assert nightly.due(today)[LABELS[name]] == {world.a.landlord.pk: 1}
    nightly.apply(today)
    assert _left(record) == (0, 0, 0)


def test_the_officer_reads_which_records_are_held_and_why(world):
    with system_scope("seeding"):
        for name in KINDS:
            LegalHold.objects.create(
                **{name: getattr(world.a, name)}, landlord=world.a.landlord, reason="Pièce d’une procédure"
            )
            LegalHold.objects.create(
                **{name: getattr(world.b, name)}, landlord=world.b.landlord, reason="Affaire de B"
            )
    page = signed_in(world.dpo).get(reverse("incidents:retention"))
    observation, disruption = world.a.observation, world.a.disruption
    assert {one.numbered.replace("\xa0", " ") for one in page.context["holds"]} == {
        f"Constat permanent n° {observation.pk}", f"Perturbation n° {disruption.pk}",
    }  # fmt: skip
    assert (page.text.count("Pièce d’une procédure"), "Affaire de B" in page.text) == (2, False)


@pytest.mark.parametrize("name", KINDS)
def test_the_page_of_a_record_leads_its_lead_alone_to_its_hold(world, name):
    record = getattr(world.a, name)
    page, hold = (reverse(f"incidents:{where}", args=[record.pk]) for where in (name, f"hold_{name}"))
    seen = {who: signed_in(getattr(world.a, who)).get(page) for who in ("lead", "agent", "coordinator")}
    assert {who: hold in answer.text for who, answer in seen.items()} == {
        "lead": True, "agent": False, "coordinator": False,
    }  # fmt: skip
    signed_in(world.a.lead).post(hold, {"reason": "Procédure"})
    assert "Gelé" in signed_in(world.a.lead).get(page).text
