"""The job of the night reads what counts, stores the reasons of each landlord, and one that fails stops no other."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.foresight import nightly
from classification.foresight.reading import recorded_by
from classification.models import Signal, SignalKind, SiteLevel
from config.settings import celery
from tests import factories as f
from tests.watching import watched


def _risen(side, commune, code="LITTERING"):
    """A residence with facts all year, and many more this month."""
    today = timezone.localdate()
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=side.landlord, commune=commune, name="Montante")
        address = f.AddressFactory(residence=residence)
        for back in (*range(27), *range(30, 100, 14)):
            f.IncidentFactory(address=address, code=code, day=today - dt.timedelta(back))
    evaluate([residence.pk])
    return residence


def _stored(residence):
    with system_scope("evaluation"):
        rows = Signal.objects.filter(residence=residence).order_by("kind")
        return [(row.kind, row.fact_type.code if row.fact_type else None, row.as_of) for row in rows]


def test_the_reasons_of_a_landlord_are_stored_with_their_day_and_replaced(world):
    residence = _risen(world.a, world.commune)
    watched(world.a, world.a.other)
    assert nightly.watch_everything() > 0
    assert _stored(residence) == [(SignalKind.RISE, "LITTERING", timezone.localdate())]
    assert _stored(world.a.other) == []
    nightly.watch(world.a.landlord.pk)
    assert len(_stored(residence)) == 1


def test_what_does_not_count_is_not_read(world):
    """Cancelled facts, those of unknown day, and those of an address that is closed."""
    today = timezone.localdate()
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
        address = f.AddressFactory(residence=residence)
        closed = f.AddressFactory(residence=residence, closed_on=today - dt.timedelta(9))
        f.IncidentFactory(address=address, code="NOISE", day=today)
        f.IncidentFactory(address=address, code="NOISE", day=today)
        f.IncidentFactory(
            address=address, code="NOISE", day=today - dt.timedelta(3), cancelled_at=timezone.now()
        )
        f.IncidentFactory(address=address, code="NOISE", day=today - dt.timedelta(5), span_end=today)
        f.IncidentFactory(address=closed, code="NOISE", day=today - dt.timedelta(7))
    evaluate([residence.pk])
    with system_scope("evaluation"):
        found = recorded_by(world.a.landlord.pk, today)
    assert [one.ago.tolist() for one in found.series if one.residence_id == residence.pk] == [[0]]


def test_what_a_landlord_is_told_rests_on_its_own_records_alone(world):
    with system_scope("evaluation"):
        found = recorded_by(world.a.landlord.pk, timezone.localdate())
    assert {world.a.residence.pk, world.a.other.pk} == set(found.places)
    assert {one.residence_id for one in found.series} <= set(found.places)


def test_a_landlord_that_fails_keeps_its_reasons_and_stops_no_other(world, monkeypatch):
    residence = _risen(world.b, world.commune)
    watched(world.a)
    read = nightly.recorded_by

    def failing(landlord_id, as_of):
        if landlord_id == world.a.landlord.pk:
            message = "no"
            raise RuntimeError(message)
        return read(landlord_id, as_of)

    monkeypatch.setattr(nightly, "recorded_by", failing)
    with pytest.raises(nightly.WatchIncompleteError):
        nightly.watch_everything()
    assert [kind for kind, *_rest in _stored(residence)] == [SignalKind.RISE]
    assert [kind for kind, *_rest in _stored(world.a.residence)] == [SignalKind.FADING]


def test_a_landlord_without_any_site_left_has_no_reasons_left(world):
    watched(world.a)
    with system_scope("evaluation"):
        SiteLevel.objects.filter(landlord=world.a.landlord).delete()
    nightly.watch_everything()
    assert _stored(world.a.residence) == []


def test_nobody_but_the_evaluation_writes_reasons(world):
    watched(world.a)
    with acting_as(world.a.lead):
        assert Signal.objects.all().delete()[0] == 0
        assert Signal.objects.count() == 1


def test_it_runs_after_the_evaluation():
    jobs = celery.CELERY_BEAT_SCHEDULE
    assert jobs["watch"]["task"] == "classification.foresight.tasks.watch_all"
    assert min(jobs["watch"]["schedule"].hour) > min(jobs["evaluate"]["schedule"].hour)
