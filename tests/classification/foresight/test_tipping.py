"""One more day, or one more week at the same pace, is told exactly where it would raise the level."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification import engine
from classification.engine.services import default_grid, evaluate
from classification.foresight.tipping import tipping_of
from classification.method.scale import Frequency
from tests import factories as f

# Gravity 1 to 3.
LOW, MEDIUM, MAJOR = "LITTERING", "PETTY_DEALING", "VANDALISM"


@pytest.fixture
def recorded(world):
    """Plant a residence with a fact so many days ago for each of ``back``, and evaluate it."""

    def plant(code, *back):
        with system_scope("seeding"):
            residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
            address = f.AddressFactory(residence=residence)
            for days in back:
                day = timezone.localdate() - dt.timedelta(days)
                f.IncidentFactory(address=address, code=code, day=day)
        evaluate([residence.pk])
        return residence

    return plant


def _tips(world, residence):
    with acting_as(world.a.lead):
        return [
            (tip.days, tip.before, tip.after, tip.level, tip.level_after, tip.pace)
            for tip in tipping_of([residence.pk]).get(residence.pk, [])
        ]


def _then(residence, ahead, more, code):
    """The proposed level after ``ahead`` days, with facts on the last ``more`` of them: by the engine itself."""
    today = timezone.localdate()
    with system_scope("seeding"):
        address = residence.addresses.get()
        for back in range(more):
            f.IncidentFactory(address=address, code=code, day=today + dt.timedelta(ahead - back))
    with system_scope("evaluation"):
        day = today + dt.timedelta(ahead)
        return engine.residence_levels(default_grid(), day, [residence.pk])[residence.pk]


def test_one_more_day_makes_it_regular(world, recorded):
    residence = recorded(MEDIUM, 2, 20, 40, 60, 80)
    assert _tips(world, residence) == [(1, Frequency.OCCASIONAL, Frequency.REGULAR, 1, 2, 1)]
    assert _then(residence, 1, 1, MEDIUM) == 2


def test_one_more_week_at_this_pace_makes_it_regular(world, recorded):
    residence = recorded(MEDIUM, 1, 3, 5)
    assert _tips(world, residence) == [(7, Frequency.OCCASIONAL, Frequency.REGULAR, 1, 2, 3)]
    assert _then(residence, 7, 3, MEDIUM) == 2


def test_two_a_week_are_not_enough(world, recorded):
    residence = recorded(MEDIUM, 1, 3, 30)
    assert _tips(world, residence) == []
    assert _then(residence, 7, 2, MEDIUM) == 1


def test_what_leaves_the_window_does_not_count_any_more(world, recorded):
    """Five days of which the oldest leaves tomorrow: one more makes five again."""
    residence = recorded(MEDIUM, 2, 20, 40, 60, 90)
    assert _tips(world, residence) == []
    assert _then(residence, 1, 1, MEDIUM) == 1


def test_a_frequency_that_would_not_raise_the_level_is_not_told(world, recorded):
    """Littering several times a month is level 1 as it is several times a year."""
    assert _tips(world, recorded(LOW, 2, 20, 40, 60, 80)) == []


def test_a_level_that_another_type_gives_already_is_not_told(world, recorded):
    residence = recorded(MEDIUM, 2, 20, 40, 60, 80)
    with system_scope("seeding"):
        f.IncidentFactory(
            address=residence.addresses.get(), code=MAJOR, day=timezone.localdate() - dt.timedelta(3)
        )
    evaluate([residence.pk])
    assert [tip[:5] for tip in _tips(world, residence)] == []


def test_a_span_counts_with_its_share(world, recorded):
    residence = recorded(MEDIUM, 2, 20, 40, 60)
    with system_scope("seeding"):
        today = timezone.localdate()
        f.IncidentFactory(
            address=residence.addresses.get(), code=MEDIUM, day=today - dt.timedelta(12), span_end=today - dt.timedelta(10),
        )  # fmt: skip
    evaluate([residence.pk])
    assert [tip[0] for tip in _tips(world, residence)] == [1]
    assert _then(residence, 1, 1, MEDIUM) == 2


def test_nobody_learns_of_a_residence_that_they_do_not_see(world, recorded):
    residence = recorded(MEDIUM, 2, 20, 40, 60, 80)
    with acting_as(world.b.lead):
        assert tipping_of([residence.pk]) == {}


def test_the_queries_do_not_grow_with_the_residences(world, recorded, django_assert_num_queries):
    some = [recorded(MEDIUM, 2, 20, 40, 60, 80).pk for _number in range(3)]
    with acting_as(world.a.lead):
        for ids in (some[:1], some):
            with django_assert_num_queries(2):
                assert list(tipping_of(ids)) == ids
