"""Disruptions and standing observations are corrected and cancelled as facts are, and a cancellation taken back."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification import engine
from classification.engine.services import PAST_DAYS, default_grid, evaluate, level_of
from classification.models import Finding, PastLevel
from classification.residence.snapshot import disruptions_by_residence
from core.versions import StaleError, version_of
from incidents.facts.services import CancelledMeanwhileError
from incidents.history import changes
from incidents.models import Disruption, FactType, Incident, StandingObservation
from incidents.ongoing import services as ongoing
from incidents.ongoing.correcting import RECENT_DAYS, NotCancelledError, cancel, correct, restore
from incidents.ongoing.holding import EndedMeanwhileError
from incidents.ongoing.states import STATED, state_of
from tests import factories as f

LONG_AGO = dt.timedelta(200)
KINDS = [Disruption, StandingObservation]


@pytest.fixture
def place(world):
    """An address of a quiet residence, without any record."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Calme")
        address = f.AddressFactory(residence=residence)
    evaluate([residence.pk])
    return address


def _state(person, place, kind, earlier=0):
    """Record something that makes the place level 4 since long ago."""
    start = timezone.localdate() - LONG_AGO - dt.timedelta(earlier)
    with acting_as(person) as scope:
        if kind is Disruption:
            return ongoing.record_disruption(
                scope=scope, place=place, service="lift", extent="total", starts_on=start
            )
        made = ongoing.record_observation(
            scope=scope,
            place=place,
            fact_type=FactType.objects.filter(gravity=4).first(),
            frequency=3,
            since=start,
        )
    with system_scope("seeding"):
        made.confirmations.create(day=start)
        made.confirmations.create(day=timezone.localdate() - dt.timedelta(100))
    with acting_as(person):
        evaluate([place.residence_id])
    return made


def _values(record):
    return {name: getattr(record, name) for name in STATED[type(record)]}


def _version(record):
    return version_of(record, state_of(record))


def _levels(place):
    with system_scope("evaluation"):
        now = [level_of(place.residence_id, None), level_of(place.residence_id, place.pk)]
        past = PastLevel.objects.filter(residence=place.residence_id).order_by("-day")
        return now + list(past.values_list("level", flat=True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_record_counts_no_more_now_and_in_the_past(world, place, kind):
    made = _state(world.a.lead, place, kind)
    assert _levels(place) == [4] * (2 + len(PAST_DAYS))
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=made, reason="Erreur d’adresse")
    assert _levels(place) == [1] * (2 + len(PAST_DAYS))
    with system_scope("evaluation"):
        today, ids = timezone.localdate(), [place.residence_id]
        assert engine.disruptions(default_grid(), today, ids) == []
        assert disruptions_by_residence(default_grid(), today, ids) == {}
        assert engine.findings(default_grid(), today, ids) == []
        assert engine.residence_levels(default_grid(), today, ids) == {place.residence_id: 1}
        assert not Finding.objects.filter(residence=place.residence_id).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancellation_taken_back_counts_again_and_is_told(world, place, kind):
    made = _state(world.a.lead, place, kind)
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=made, reason="Erreur d’adresse")
        restore(scope=scope, record=made)
        now = kind.objects.get(pk=made.pk)
        told = [(c.cancelled, c.restored, c.reason, c.differences) for c in changes(now, STATED[kind])]
        with pytest.raises(NotCancelledError):
            restore(scope=scope, record=made)
    assert (now.cancelled_at, now.cancel_reason) == (None, "")
    assert told == [(False, True, "", []), (True, False, "Erreur d’adresse", [])]
    assert _levels(place) == [4] * (2 + len(PAST_DAYS))


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_keeps_the_former_values_who_and_when(world, place, kind):
    made = _state(world.a.lead, place, kind)
    lower = {"extent": "limited"} if kind is Disruption else {"frequency": 1}
    with acting_as(world.a.lead) as scope:
        version = _version(made)
        assert correct(
            scope=scope, record=made, place=place.residence, version=version, **_values(made) | lower
        )
        now = kind.objects.get(pk=made.pk)
        [change] = changes(now, STATED[kind])
    assert change.who == str(world.a.lead)
    assert [d.label for d in change.differences] == [
        "adresse",
        "étendue" if kind is Disruption else "fréquence",
    ]
    assert (now.address_id, now.changed_by_id, change.at) == (None, world.a.lead.pk, now.changed_at)
    assert _levels(place)[:2] == [2 if kind is Disruption else 3, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_to_what_is_recorded_already_writes_nothing(world, place, kind):
    made = _state(world.a.lead, place, kind)
    with acting_as(world.a.lead) as scope:
        assert not correct(scope=scope, record=made, place=place, version="", **_values(made))
        assert changes(kind.objects.get(pk=made.pk), STATED[kind]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_correction_of_another_version_or_of_a_cancelled_record_writes_nothing(world, place, kind):
    made = _state(world.a.lead, place, kind)
    with acting_as(world.a.lead) as scope:
        version, values = _version(made), _values(made)
        if kind is Disruption:
            ongoing.end_disruption(scope=scope, disruption=made, on=timezone.localdate())
        else:
            ongoing.end_observation(scope=scope, observation=made, on=timezone.localdate())
        with pytest.raises(StaleError):
            correct(scope=scope, record=made, place=place.residence, version=version, **values)
        cancel(scope=scope, record=made, reason="Erreur d’adresse")
        with pytest.raises(CancelledMeanwhileError):
            correct(scope=scope, record=made, place=place.residence, version=version, **values)
        with pytest.raises(CancelledMeanwhileError):
            cancel(scope=scope, record=made, reason="Autre motif")
        now = kind.objects.get(pk=made.pk)
    assert (now.address_id, now.cancel_reason) == (place.pk, "Erreur d’adresse")


@pytest.mark.parametrize("kind", KINDS)
def test_each_change_is_an_entry_of_the_landlords_journal(world, place, kind):
    made = _state(world.a.lead, place, kind)
    with acting_as(world.a.lead) as scope:
        lower = {"extent": "limited"} if kind is Disruption else {"frequency": 1}
        correct(scope=scope, record=made, place=place, version=_version(made), **_values(made) | lower)
        cancel(scope=scope, record=made, reason="Erreur d’adresse")
        restore(scope=scope, record=made)
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(object_type=f"incidents.{kind._meta.model_name}").order_by("-at")
        assert list(entries.values_list("action", "actor_id")[:3]) == [
            ("update", world.a.lead.pk),
            ("cancel", world.a.lead.pk),
            ("update", world.a.lead.pk),
        ]


@pytest.mark.parametrize("kind", KINDS)
def test_an_agent_corrects_and_cancels_a_recent_record_of_their_own_alone(world, place, kind):
    mine, leads = _state(world.a.agent, place, kind), _state(world.a.lead, place, kind, earlier=1)
    with acting_as(world.a.agent) as scope:
        for record in (leads, _aged(mine)):
            with pytest.raises(PermissionDenied):
                cancel(scope=scope, record=record, reason="Erreur")
            with pytest.raises(PermissionDenied):
                correct(
                    scope=scope,
                    record=record,
                    place=place.residence,
                    version=_version(record),
                    **_values(record),
                )
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=mine, reason="Erreur")
        cancel(scope=scope, record=leads, reason="Erreur")
    with acting_as(world.a.agent) as scope, pytest.raises(PermissionDenied):
        restore(scope=scope, record=mine)
    _aged(mine, days=RECENT_DAYS - 1)
    with acting_as(world.a.agent) as scope, pytest.raises(PermissionDenied):
        # What a lead cancelled, a lead restores.
        restore(scope=scope, record=mine)
    with acting_as(world.a.lead) as scope:
        restore(scope=scope, record=mine)
    with acting_as(world.a.agent) as scope:
        cancel(scope=scope, record=mine, reason="Erreur")
        restore(scope=scope, record=mine)
        cancel(scope=scope, record=mine, reason="Erreur")
    _aged(mine)
    with acting_as(world.a.agent) as scope, pytest.raises(PermissionDenied):
        restore(scope=scope, record=mine)


def _aged(record, days=RECENT_DAYS):
    with system_scope("seeding"):
        made = timezone.now() - dt.timedelta(days, seconds=60)
        type(record).objects.filter(pk=record.pk).update(created_at=made)
    return record


@pytest.mark.parametrize("kind", KINDS)
def test_a_cancelled_record_is_neither_ended_nor_confirmed(world, place, kind):
    made, today = _state(world.a.lead, place, kind), timezone.localdate()
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=made, reason="Erreur")
        if kind is Disruption:
            with pytest.raises(EndedMeanwhileError):
                ongoing.end_disruption(scope=scope, disruption=made, on=today)
            return
        for act in (ongoing.confirm_observation, ongoing.withdraw_confirmation):
            with pytest.raises(EndedMeanwhileError):
                act(scope=scope, observation=made)
        with pytest.raises(EndedMeanwhileError):
            ongoing.end_observation(scope=scope, observation=made, on=today)


@pytest.mark.parametrize("kind", KINDS)
def test_the_history_is_read_by_the_landlord_alone(world, place, kind):
    made = _state(world.a.lead, place, kind)
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=made, reason="Erreur")
        assert made.events.count() == 1
    for person in (world.b.lead, world.a.coordinator, world.a.partner, world.admin, world.dpo):
        with acting_as(person):
            assert made.events.count() == 0


def test_an_end_is_a_change_of_the_history(world, place):
    made, today = _state(world.a.lead, place, Disruption), timezone.localdate()
    with acting_as(world.a.lead) as scope:
        ongoing.end_disruption(scope=scope, disruption=made, on=today)
        [change] = changes(Disruption.objects.get(pk=made.pk), STATED[Disruption])
    assert [(d.label, d.before, d.after) for d in change.differences] == [("jusqu’au (inclus)", "", today)]


def test_facts_keep_their_history_under_the_same_reader(world):
    with acting_as(world.a.lead):
        assert changes(Incident.objects.own().first(), ("day",)) == []
