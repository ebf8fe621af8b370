"""Say how sure a count is, and whether two counts differ by more than chance.

Facts are counted as Poisson events: exact intervals (Garwood 1936), the ratio of two rates with the interval of its
logarithm, and the E-test of two Poisson means (Krishnamoorthy & Thomson 2004). The rows of one table are tested together:
the share of rows told to move that do not is held at 5 % (Benjamini & Hochberg 1995).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# Its parts are imported when first used: that of statistics takes a second and 70 MB, which most processes spare.
import scipy

SURE = 0.95
_DOUBT = 1 - SURE
# Fewer facts in both periods together are never told as a trend, whatever the test says.
LEAST = 10
# Up to here the E-test is quick; beyond, its sums are long, and the score test says the same to two decimals.
_MOST_SUMMED = 600


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval that holds the true value 95 times of 100; ``high`` is infinite where nothing bounds it."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """How a count differs from another one, each over its number of days.

    Attributes:
        ratio: the rate over the other rate; None where one of the counts is zero.
        interval: that of the ratio, None likewise.
        few: True when there are fewer than :data:`LEAST` facts in both periods together.
        apart: True when the counts do not compare, whatever they are: nobody recorded then, or what was is erased.
        told: 1 when the rate rose by more than chance, -1 when it fell, 0 when neither is established.
    """

    ratio: float | None
    interval: Interval | None
    few: bool
    apart: bool
    told: int


def exact_interval(count: int) -> Interval:
    """Return the exact interval of the mean of a Poisson count.

    >>> [round(end, 2) for count in (0, 10) for end in (exact_interval(count).low, exact_interval(count).high)]
    [0.0, 3.69, 4.8, 18.39]
    """
    low = float(scipy.stats.chi2.ppf(_DOUBT / 2, 2 * count)) / 2 if count else 0.0
    return Interval(low, float(scipy.stats.chi2.ppf(1 - _DOUBT / 2, 2 * count + 2)) / 2)


def share_interval(part: int, whole: int) -> Interval:
    """Return the exact interval of a share (Clopper & Pearson 1934), between 0 and 1; ``whole`` is not zero.

    >>> found = share_interval(3, 5)
    >>> round(found.low, 3), round(found.high, 3)
    (0.147, 0.947)
    """
    found = scipy.stats.binomtest(part, whole).proportion_ci(SURE, "exact")
    return Interval(float(found.low), float(found.high))


def rate_ratio(now: int, days: int, before: int, days_before: int) -> tuple[float, Interval] | None:
    """Return the ratio of two rates with its interval; None where one of the counts is zero.

    Args:
        now: the count.
        days: over how many days.
        before: the count that it is compared with.
        days_before: over how many days.

    >>> ratio, found = rate_ratio(25, 365, 40, 365)
    >>> ratio, round(found.low, 3), round(found.high, 3)
    (0.625, 0.379, 1.03)
    """
    if not (now and before):
        return None
    ratio = (now / days) / (before / days_before)
    spread = float(scipy.stats.norm.ppf(1 - _DOUBT / 2)) * math.sqrt(1 / now + 1 / before)
    return ratio, Interval(ratio * math.exp(-spread), ratio * math.exp(spread))


@lru_cache(maxsize=4096)
def chance(now: int, days: int, before: int, days_before: int) -> float:
    """Return how likely two equal rates give counts that differ as much, for arguments as of :func:`rate_ratio`.

    >>> round(chance(25, 12, 40, 12), 4)
    0.0615
    """
    if now + before == 0:
        return 1.0
    if now + before <= _MOST_SUMMED:
        # Of equal rates it may exceed 1 by its rounding.
        return min(1.0, float(scipy.stats.poisson_means_test(now, days, before, days_before).pvalue))
    expected = (now + before) * days / (days + days_before)
    off = (now - expected) / math.sqrt(expected * days_before / (days + days_before))
    return float(2 * scipy.stats.norm.sf(abs(off)))


def changes(
    counts: Sequence[tuple[int, int]], days: int, days_before: int, apart: Sequence[bool] | None = None
) -> list[Change]:
    """Return how each count of a table differs from the one before; rises and falls are told for the table as a whole.

    Args:
        counts: each count with the one that it is compared with.
        days: over how many days the first of them was counted.
        days_before: over how many days the second.
        apart: of each pair, whether its counts do not compare; by default all do.

    >>> [change.told for change in changes([(25, 40), (30, 90), (5, 0)], 91, 91)]
    [0, -1, 0]
    """
    kept = [False] * len(counts) if apart is None else apart
    # Rows that could not be told are not tested: they would hide others.
    tested = [number for number, pair in enumerate(counts) if sum(pair) >= LEAST and not kept[number]]
    chances = [chance(counts[number][0], days, counts[number][1], days_before) for number in tested]
    held = dict(zip(tested, scipy.stats.false_discovery_control(chances), strict=True)) if chances else {}
    ratios = [rate_ratio(now, days, before, days_before) or (None, None) for now, before in counts]
    return [
        Change(
            ratio,
            interval,
            few=now + before < LEAST,
            apart=kept[number],
            told=_direction(now * days_before - before * days) if held.get(number, 1.0) < _DOUBT else 0,
        )
        for number, ((now, before), (ratio, interval)) in enumerate(zip(counts, ratios, strict=True))
    ]


def _direction(difference: int) -> int:
    return (difference > 0) - (difference < 0)
