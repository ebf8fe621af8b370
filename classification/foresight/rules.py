"""Say which residences of a landlord are to be watched, and why: rises, facts close to each other, hot spots, falls of recording.

Each rule asks for a minimum of facts, and what it tells is controlled for the number of its tests: of what is told, at
most one in twenty is by chance. The figures of a reason are what its sentence quotes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

# Imported when first used, by the worker alone.
import scipy

from classification.indicators.measures import LEAST, chance
from classification.models import SignalKind

from .measures import ALERT_Z, Ears, chance_of_ears, chance_of_z, ears, held, poisson_band, poisson_z
from .reading import LOOKED_BACK, QUARTER, Recorded, Series
from .spatial import gi_star, knox, metres, near_pairs

MONTH, WEEK, WEEKS = 28, 7, 12
# Statistics from here on are alerts: the usual thresholds of EARS.
_ALERT_C3 = 2.0
NEAR_METRES, NEAR_DAYS, NEAR_LEAST = 200.0, 14, 3
HOT_METRES = 300.0
# How many types the sentence of a hot spot names, those with most days first.
HOT_TYPES = 3
_APART = 100_000_000.0
_KNOX_FACTS = 3_000
_KNOX_LEAST = 20
_YEAR = 364


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to watch a residence, of one fact type or of all."""

    residence_id: int
    kind: SignalKind
    fact_type_id: int | None
    figures: dict[str, Any]


def reasons(found: Recorded) -> list[Reason]:
    """Return the reasons that the records of a landlord give; those of the grid are :mod:`.tipping`'s."""
    return [*_rises(found), *_near(found), *_hot(found), *_fading(found)]


def _rises(found: Recorded) -> Iterator[Reason]:
    """Yield the series that rose: by Poisson z between two months, or by EARS over weeks.

    The root of a small count is no normal value: how likely the two months are by chance is what the E-test says.

    A landlord that records for less long than both look back at has not risen: it has begun.
    """
    if found.heard_for < WEEKS * WEEK:
        return
    months = [(one, one.between(MONTH, 2 * MONTH - 1), one.between(0, MONTH - 1)) for one in found.series]
    tested = [
        (one, poisson_z(before, now), before, now) for one, before, now in months if before + now >= LEAST
    ]
    by_month = {}
    for sure, (one, z, before, now) in zip(
        held([chance(row[3], MONTH, row[2], MONTH) for row in tested]), tested, strict=True
    ):
        if sure and z >= ALERT_Z:
            usual = one.between(MONTH, 4 * MONTH - 1) / 3
            by_month[_key(one)] = {
                "now": now, "before": before, "z": round(z, 2), "most": round(poisson_band(usual)[1], 1)
            }  # fmt: skip
    by_week = _by_week(found.series)
    for residence_id, fact_type_id in sorted(by_month.keys() | by_week.keys()):
        key = (residence_id, fact_type_id)
        yield Reason(
            residence_id, SignalKind.RISE, fact_type_id, by_month.get(key, {}) | by_week.get(key, {})
        )


def _by_week(series: list[Series]) -> dict[tuple[int, int], dict[str, Any]]:
    tested = []
    for one in series:
        weeks = [one.between(WEEK * back, WEEK * back + WEEK - 1) for back in reversed(range(WEEKS))]
        if sum(weeks) >= LEAST:
            last = ears(weeks)[-1]
            tested.append((one, weeks, last, chance_of_ears(last) or 1.0))
    sure = held([likely for *_rest, likely in tested])
    # C3 still alerts in the weeks after a burst, when nothing rises any more.
    return {
        _key(one): {"week": weeks[-1], "usual": round(usual, 1), **_rounded(last)}
        for certain, (one, weeks, last, _likely) in zip(sure, tested, strict=True)
        if certain and _alerts(last) and weeks[-1] > (usual := sum(weeks[:-1]) / (WEEKS - 1))
    }


def _alerts(last: Ears) -> bool:
    return max(last.c1 or 0, last.c2 or 0) >= ALERT_Z or (last.c3 or 0) >= _ALERT_C3


def _rounded(last: Ears) -> dict[str, float]:
    return {name: round(getattr(last, name), 2) for name in ("c1", "c2", "c3")}


def _near(found: Recorded) -> Iterator[Reason]:
    """Yield the residences around which recent facts lie, of the types whose facts call for others (Knox)."""
    points = _points(found)
    by_type: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in found.series:
        if one.residence_id in points:
            by_type[one.fact_type_id] += [(int(ago), one.residence_id) for ago in one.ago if ago < _YEAR]
    tests = {}
    for kind, facts in sorted(by_type.items()):
        recent = sorted(facts)[:_KNOX_FACTS]
        if len(recent) >= _KNOX_LEAST and (test := knox(*_events(recent, points), NEAR_METRES, NEAR_DAYS)):
            tests[kind] = test
    sure = held([test.chance for test in tests.values()])
    for kind in (kind for kind, certain in zip(tests, sure, strict=True) if certain):
        yield from _pressed(kind, by_type[kind], points)


def _events(facts: list[tuple[int, int]], points: dict[int, Any]) -> tuple[Any, Any]:
    return np.array([points[residence] for _ago, residence in facts]), np.array(
        [ago for ago, _residence in facts]
    )


def _pressed(kind: int, facts: list[tuple[int, int]], points: dict[int, Any]) -> Iterator[Reason]:
    recent = [residence for ago, residence in facts if ago < NEAR_DAYS]
    if len(recent) < NEAR_LEAST:
        return
    ids = sorted(points)
    tree = scipy.spatial.cKDTree(np.array([points[pk] for pk in recent]))
    counts = tree.query_ball_point(np.array([points[pk] for pk in ids]), NEAR_METRES, return_length=True)
    own = {pk: recent.count(pk) for pk in set(recent)}
    for pk, count in zip(ids, counts, strict=True):
        # Own facts alone are a rise, not a neighbourhood.
        if count >= NEAR_LEAST and count > own.get(pk, 0):
            yield Reason(pk, SignalKind.NEAR, kind, {"near": int(count), "own": own.get(pk, 0)})


def _hot(found: Recorded) -> Iterator[Reason]:
    """Yield the residences in whose neighbourhood more was recorded in a quarter than chance has it (Gi*)."""
    points = _points(found)
    ids = sorted(points)
    if len(ids) < 3:  # noqa: PLR2004  # fewer places have no neighbourhoods to compare
        return
    pairs = near_pairs(np.array([points[pk] for pk in ids]), HOT_METRES)
    if pairs is None:
        return
    by_type = _counted_by_type(found, ids)
    counts = np.array([sum(by_type[pk].values()) for pk in ids])
    around, places = _around(counts, pairs)
    z = gi_star(counts, pairs)
    tested = [number for number in range(len(ids)) if not np.isnan(z[number])]
    sure = held([chance_of_z(float(z[number])) for number in tested])
    for number, certain in zip(tested, sure, strict=True):
        if certain and around[number] >= LEAST:
            types = sum(
                (by_type[ids[near]] for near in _neighbours(number, pairs)), Counter(by_type[ids[number]])
            )
            yield Reason(
                ids[number], SignalKind.HOT, None,
                {
                    "around": int(around[number]), "places": int(places[number]), "z": round(float(z[number]), 2),
                    "types": [kind for kind, _days in types.most_common(HOT_TYPES)],
                },
            )  # fmt: skip


def _counted_by_type(found: Recorded, ids: list[int]) -> dict[int, Counter[int]]:
    """Return the days with facts of the last quarter at each place, by type, the types in their order."""
    counted: dict[int, Counter[int]] = {pk: Counter() for pk in ids}
    for one in sorted(found.series, key=lambda one: one.fact_type_id):
        if one.residence_id in counted:
            counted[one.residence_id][one.fact_type_id] += one.between(0, QUARTER - 1)
    return counted


def _neighbours(number: int, pairs: Any) -> list[int]:
    return [*pairs[pairs[:, 0] == number, 1].tolist(), *pairs[pairs[:, 1] == number, 0].tolist()]


def _around(counts: Any, pairs: Any) -> tuple[Any, Any]:
    """Return of each place the count of itself and its neighbours, and how many places these are."""
    sums, places = counts.copy(), np.ones(len(counts), dtype=int)
    for one, other in ((pairs[:, 0], pairs[:, 1]), (pairs[:, 1], pairs[:, 0])):
        np.add.at(sums, one, counts[other])
        np.add.at(places, one, 1)
    return sums, places


def _fading(found: Recorded) -> Iterator[Reason]:
    """Yield the residences that record far less than they did, and than the landlord's others of the commune do.

    Given all facts of both periods, those of the last quarter are binomial, with the share that the landlord's other
    residences of the commune have of theirs: an agreement may open this commune alone. Where recording has stopped, the
    rule of silence has said so already.
    """
    counts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for one in found.series:
        periods = one.between(QUARTER, LOOKED_BACK - 1), one.between(0, QUARTER - 1)
        for side, number in enumerate(periods):
            counts[one.residence_id][side] += number
            sums[found.places[one.residence_id][0]][side] += number
    tested = []
    for pk, (before, now) in sorted(counts.items()):
        all_before, all_now = sums[found.places[pk][0]]
        others = (all_before - before) + (all_now - now)
        expected = (before + now) * (all_now - now) / others if others else 0.0
        if pk not in found.silent and expected >= LEAST and now <= expected / 2:
            likely = float(scipy.stats.binom.cdf(now, before + now, (all_now - now) / others))
            tested.append((pk, now, expected, before, likely))
    # Those that were no candidates are tests too.
    for certain, (pk, now, expected, before, _likely) in zip(
        held([row[-1] for row in tested] + [1.0] * (len(counts) - len(tested))), tested, strict=False
    ):
        if certain:
            yield Reason(
                pk, SignalKind.FADING, None, {"now": now, "expected": round(expected, 1), "before": before}
            )


def _points(found: Recorded) -> dict[int, Any]:
    """Return the points of residences, those of each commune far from all others.

    An agreement opens one commune and not the next: what is told of a place is never about facts of another commune.
    """
    located = {pk: place for pk, place in found.places.items() if place[1] is not None}
    if not located:
        return {}
    communes, east, north = zip(*located.values(), strict=True)
    apart = np.unique(communes, return_inverse=True)[1] * _APART
    return dict(zip(located, np.column_stack((metres(east, north), apart)), strict=True))


def _key(one: Series) -> tuple[int, int]:
    return one.residence_id, one.fact_type_id
