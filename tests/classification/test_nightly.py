"""Test that the nightly evaluation covers every place and blocks no recording."""

import datetime as dt
import logging
import threading

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from accounts.enums import OrganisationKind
from accounts.scope import acting_as, system_scope
from classification import engine
from classification.engine import nightly
from classification.engine.nightly import EvaluationIncompleteError, evaluate_everything
from classification.engine.services import MANY, evaluate
from classification.engine.tasks import evaluate_all
from classification.models import SiteLevel
from incidents.facts.services import Fact, record_incident
from incidents.models import FactType
from sites.models import Residence
from tests import factories as f
from tests.world import plant


def _levels(**which) -> set[tuple]:
    with system_scope("evaluation"):
        rows = SiteLevel.objects.filter(**which)
        return set(rows.values_list("residence_id", "address_id", "as_of", "level", "facts_level", "silent"))


def _age() -> None:
    """Leave every stored level as of a past night, and wrong."""
    with system_scope("evaluation"):
        yesterday = timezone.localdate() - dt.timedelta(1)
        SiteLevel.objects.update(as_of=yesterday, level=2, facts_level=2, impact_level=1)


def test_the_night_replaces_every_level_with_what_one_pass_gives(world, monkeypatch):
    with system_scope("seeding"):
        evaluate()
    expected = _levels()
    _age()
    monkeypatch.setattr(nightly, "MANY", 1)
    assert evaluate_all() == len(expected) > 4
    assert _levels() == expected


def _stored(monkeypatch) -> list[list[int]]:
    """Note the residences of each statement that stores levels."""
    real, slices = engine.store, []

    def store(version, day, ids):
        slices.append(sorted(ids))
        return real(version, day, ids)

    monkeypatch.setattr(engine, "store", store)
    return slices


def test_landlords_are_evaluated_apart_and_a_large_one_in_slices(world, monkeypatch):
    slices = _stored(monkeypatch)
    monkeypatch.setattr(nightly, "MANY", 2)
    evaluate_everything()
    with system_scope("evaluation"):
        landlord_of = dict(Residence.objects.values_list("pk", "landlord_id"))
    assert sorted(pk for ids in slices for pk in ids) == sorted(landlord_of)
    assert {len({landlord_of[pk] for pk in ids}) for ids in slices} == {1}
    assert max(len(ids) for ids in slices) == 2


def test_facts_are_recorded_while_a_large_landlord_is_evaluated(committed_database, monkeypatch):
    world = plant()
    with system_scope("seeding"):
        for _number in range(MANY + 20):
            f.ResidenceFactory(landlord=world.b.landlord, commune=world.commune)
    recorded = []

    def record() -> None:
        with acting_as(world.a.agent) as scope, connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")
            noise = FactType.objects.get(code="NOISE")
            fact = Fact(place=world.a.residence, fact_type=noise, day=timezone.localdate())
            recorded.append(record_incident(scope=scope, fact=fact))
        connections.close_all()

    real = engine.store

    def store(version, day, ids):
        number = real(version, day, ids)
        if len(ids) == MANY and not recorded:
            other = threading.Thread(target=record)
            other.start()
            other.join()
        return number

    monkeypatch.setattr(engine, "store", store)
    evaluate_everything()
    assert len(recorded) == 1


def test_a_landlord_that_fails_stops_nobody_and_is_told(committed_database, monkeypatch, caplog):
    world = plant()
    _age()
    before = _levels(landlord=world.a.landlord)
    real, lost = engine.store, {world.a.residence.pk, world.a.other.pk}

    def store(version, day, ids):
        number = real(version, day, ids)
        if lost & set(ids):
            message = "out of memory"
            raise MemoryError(message)
        return number

    monkeypatch.setattr(engine, "store", store)
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(EvaluationIncompleteError, match=r"^1 of \d landlords"),
    ):
        evaluate_everything()
    assert [record.getMessage() for record in caplog.records] == ["a landlord was not evaluated"]
    assert _levels(landlord=world.a.landlord) == before
    with system_scope("evaluation"):
        others = SiteLevel.objects.exclude(landlord=world.a.landlord)
        assert set(others.values_list("as_of", flat=True)) == {timezone.localdate()}


@pytest.mark.parametrize("kind", [OrganisationKind.LANDLORD, OrganisationKind.MUNICIPALITY])
def test_a_landlord_that_comes_during_the_night_is_not_forgotten(world, monkeypatch, kind):
    """Nor one that the product would not call a landlord."""
    slices = _stored(monkeypatch)
    store, new = engine.store, []

    def adding(version, day, ids):
        if not new:
            with system_scope("seeding"):
                owner = f.OrganisationFactory(kind=kind)
                new.append(f.ResidenceFactory(landlord=owner, commune=world.commune).pk)
        return store(version, day, ids)

    monkeypatch.setattr(engine, "store", adding)
    evaluate_everything()
    assert [ids for ids in slices if set(new) <= set(ids)] == [new]


def test_one_night_looks_back_from_one_day(world, monkeypatch):
    day = timezone.localdate()
    real = engine.store
    with time_machine.travel(timezone.now(), tick=False) as clock:

        def store(version, as_of, ids):
            clock.shift(dt.timedelta(days=1))
            return real(version, as_of, ids)

        monkeypatch.setattr(engine, "store", store)
        evaluate_everything()
    assert {as_of for _residence, _address, as_of, *_levels in _levels()} == {day}
