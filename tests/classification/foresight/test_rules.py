"""Each rule finds what was planted for it, asks for a minimum of facts, and stays silent where chance alone is at work."""

import datetime as dt

import numpy as np

from classification.foresight.reading import Recorded, Series
from classification.foresight.rules import reasons
from classification.models import SignalKind

DAY = dt.date(2026, 3, 1)
# Degrees of latitude: some ninety metres.
NINETY = 0.0008


def _series(residence, ago, kind=1):
    return Series(residence, kind, np.array(sorted(set(ago), reverse=True)))


def _recorded(series, places=None, silent=()):
    located = places or {one.residence_id: (1, 2.35, 48.8 + one.residence_id / 10) for one in series}
    return Recorded(DAY, series, located, frozenset(silent))


def _told(found, kind):
    return {one.residence_id: one.figures for one in reasons(found) if one.kind == kind}


# Records of a year, so that the landlord has not just begun.
LONG = _series(99, range(0, 450, 9))


def test_a_month_with_four_times_as_many_days_is_a_rise():
    risen = _series(1, [*range(0, 28, 2), 1, 3, 30, 40, 50, 55])
    told = _told(_recorded([LONG, risen]), SignalKind.RISE)
    assert (set(told), told[1]["now"], told[1]["before"]) == ({1}, 16, 4)
    assert told[1]["z"] == 4.0


def test_the_same_pace_or_a_slow_rise_is_none():
    assert (
        _told(
            _recorded([LONG, _series(1, range(0, 84, 2)), _series(2, [*range(0, 28, 3), *range(28, 84, 4)])]),
            SignalKind.RISE,
        )
        == {}
    )


def test_few_facts_are_no_rise():
    assert _told(_recorded([LONG, _series(1, range(0, 18, 2))]), SignalKind.RISE) == {}


def test_a_week_full_of_facts_after_quiet_ones_is_a_rise():
    told = _told(_recorded([LONG, _series(1, [*range(7), 15, 40, 65, 80])]), SignalKind.RISE)
    assert told[1]["week"] == 7


def test_a_week_without_facts_after_a_burst_is_no_rise():
    """C3 alerts for three weeks: the month has risen, this week has not."""
    burst = [*range(7, 12), *range(14, 19), 40]
    over = _told(_recorded([LONG, _series(1, burst)]), SignalKind.RISE)[1]
    assert (over["now"], "week" in over) == (10, False)
    assert _told(_recorded([LONG, _series(1, [*burst, 0, 1, 2])]), SignalKind.RISE)[1]["week"] == 3


def test_a_landlord_that_has_just_begun_to_record_has_not_risen():
    assert _told(_recorded([_series(1, [*range(20), 40, 50])]), SignalKind.RISE) == {}
    assert set(_told(_recorded([LONG, _series(1, [*range(20), 40, 50])]), SignalKind.RISE)) == {1}


def test_among_many_places_where_nothing_happens_hardly_any_is_told_to_rise():
    """Two hundred places with the same pace all along: what is told of them is told by chance."""
    drawn = np.random.default_rng(1)
    steady = [_series(pk, np.flatnonzero(drawn.random(450) < 0.25)) for pk in range(1, 201)]
    assert len(_told(_recorded(steady), SignalKind.RISE)) <= 2


def _row(number, apart=NINETY, commune=1):
    return {pk: (commune, 2.35, 48.85 + apart * pk) for pk in range(number)}


def test_where_facts_call_for_others_the_neighbours_of_a_recent_one_are_told():
    """Twenty bursts of four facts in three days around one place; the last of them this week, around places 0 to 2."""
    series = [_series(pk, [1, 2] if pk < 3 else []) for pk in range(3)]
    series += [_series(pk, [20 * pk, 20 * pk + 1, 20 * pk + 2]) for pk in range(5, 18)]
    places = _row(5) | {pk: (1, 2.35, 49 + pk / 10) for pk in range(5, 18)}
    told = _told(_recorded(series, places), SignalKind.NEAR)
    assert set(told) == {0, 1, 2, 3}
    assert (told[3]["own"], told[1]["own"]) == (0, 2)


def test_where_facts_fall_anyhow_nothing_is_near():
    drawn = np.random.default_rng(2)
    series = [_series(pk, drawn.choice(360, 12, replace=False)) for pk in range(30)]
    assert _told(_recorded(series, _row(30)), SignalKind.NEAR) == {}


def test_a_group_of_places_with_most_facts_is_hot():
    series = [_series(pk, range(0, 90, 3)) for pk in range(3)] + [_series(pk, [pk]) for pk in range(3, 60)]
    places = _row(3) | {pk: (1, 2.35, 49 + pk / 10) for pk in range(3, 60)}
    told = _told(_recorded(series, places), SignalKind.HOT)
    assert (set(told), told[1]["places"], told[1]["around"]) == ({0, 1, 2}, 3, 90)


def test_what_is_told_of_a_commune_is_not_about_facts_of_the_next():
    """The neighbours lie within a hundred metres, in another commune."""
    series = [_series(pk, range(0, 90, 3)) for pk in (0, 2)] + [_series(pk, [pk]) for pk in range(3, 60)]
    places = _row(3) | {1: (2, 2.35, 48.85 + NINETY)}
    places |= {pk: (1, 2.35, 49 + pk / 10) for pk in range(3, 60)}
    assert 1 not in _told(_recorded(series, places), SignalKind.HOT)
    assert 1 in _told(_recorded(series, places | {1: (1, 2.35, 48.85 + NINETY)}), SignalKind.HOT)


def test_places_without_a_point_are_neither_hot_nor_near():
    series = [_series(pk, range(0, 90, 2)) for pk in range(9)]
    places = dict.fromkeys(range(9), (1, None, None))
    assert not any(_told(_recorded(series, places), kind) for kind in (SignalKind.HOT, SignalKind.NEAR))


def _steady(number):
    return [_series(pk, range(0, 455, 4)) for pk in range(1, number + 1)]


def test_recording_that_fell_by_more_than_the_others_is_told():
    faded = _series(50, [30, *range(91, 455, 4)])
    told = _told(_recorded([*_steady(10), faded]), SignalKind.FADING)
    assert (set(told), told[50]["now"]) == ({50}, 1)


def test_where_all_recording_fell_alike_no_place_is_told_alone():
    assert (
        _told(_recorded([_series(pk, [30, *range(91, 455, 4)]) for pk in range(1, 11)]), SignalKind.FADING)
        == {}
    )


def test_recording_is_compared_within_the_commune():
    """The share that other communes record is not shown to whoever an agreement opens this one alone."""
    faded = _series(50, [30, *range(91, 455, 4)])
    places = {pk: (1, 2.35, 48.8 + pk / 10) for pk in range(1, 11)} | {50: (2, 2.35, 54.0)}
    assert _told(_recorded([*_steady(10), faded], places), SignalKind.FADING) == {}


def test_a_silent_place_has_its_own_mark():
    silent = _series(50, range(91, 455, 4))
    assert _told(_recorded([*_steady(10), silent], silent=[50]), SignalKind.FADING) == {}
    assert set(_told(_recorded([*_steady(10), silent]), SignalKind.FADING)) == {50}


def test_nothing_recorded_gives_no_reason():
    assert reasons(_recorded([])) == []
