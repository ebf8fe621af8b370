"""Say whether a count at one place rose by more than chance.

Poisson z (the square roots of two counts have about the same spread), and the three statistics of the Early Aberration
Reporting System (Hutwagner et al. 2003) on weekly counts. What cannot be computed is None, never zero.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

# Imported when first used, as in classification.indicators.measures: its statistics take a second and 70 MB.
import scipy

# |z| from here on is told.
ALERT_Z = 3.0
BASELINE = 7
GAP = 2
STEPS = 3
# A baseline without any spread would make one more fact infinitely surprising.
LEAST_SPREAD = 0.5


def poisson_z(before: int, after: int) -> float:
    """Return how many standard deviations a count lies above an earlier one of the same length.

    >>> round(poisson_z(25, 15), 3)
    -2.254
    """
    return 2 * (math.sqrt(after) - math.sqrt(before))


def poisson_band(mean: float, z: float = ALERT_Z) -> tuple[float, float]:
    """Return the counts between which chance alone lets a count vary around the mean of earlier periods.

    >>> poisson_band(4)
    (0.25, 12.25)
    >>> poisson_band(0)
    (0.0, 2.25)
    """
    root = math.sqrt(mean)
    return max(0.0, root - z / 2) ** 2, (root + z / 2) ** 2


@dataclass(frozen=True, slots=True)
class Ears:
    """The three statistics of one step; None where the series is too short for one."""

    c1: float | None
    c2: float | None
    c3: float | None


def ears(series: Sequence[int]) -> list[Ears]:
    """Return C1, C2 and C3 of each step of a series of counts.

    C1 compares a step with the mean of the seven before, C2 leaves a gap of two steps between them, C3 adds up what C2
    exceeds one by, over three steps.

    >>> found = ears([2, 3, 1, 4, 2, 3, 2, 3, 9, 10, 4, 3])
    >>> round(found[8].c1, 3), round(found[9].c2, 3), round(found[11].c3, 3)
    (6.587, 7.758, 7.222)
    >>> found[6], found[10].c3
    (Ears(c1=None, c2=None, c3=None), None)
    """
    c1 = [_deviation(series, step, 0) for step in range(len(series))]
    c2 = [_deviation(series, step, GAP) for step in range(len(series))]
    return [Ears(c1[step], c2[step], _summed(c2, step)) for step in range(len(series))]


def _deviation(series: Sequence[int], step: int, gap: int) -> float | None:
    first = step - gap - BASELINE
    if first < 0:
        return None
    baseline = series[first : step - gap]
    mean = sum(baseline) / BASELINE
    variance = sum((count - mean) ** 2 for count in baseline) / (BASELINE - 1)
    return (series[step] - mean) / max(math.sqrt(variance), LEAST_SPREAD)


def _summed(c2: Sequence[float | None], step: int) -> float | None:
    last = [value for value in c2[max(0, step - STEPS + 1) : step + 1] if value is not None]
    return sum(max(0.0, value - 1) for value in last) if len(last) == STEPS else None


def chance_of_z(z: float) -> float:
    """Return how likely chance alone gives a z as high or higher.

    >>> round(chance_of_z(3), 5)
    0.00135
    """
    return float(scipy.stats.norm.sf(z))


def chance_of_ears(found: Ears) -> float | None:
    """Return how likely chance alone gives statistics as high, at most; None where none can be computed.

    C1 and C2 are compared with Student's law for a new value beside a sample of seven. A sum of three excesses of x asks
    that one of three C2 be at least 1 + x/3. The least of the three counts three times, since any of them may alert.

    >>> found = ears([2, 3, 1, 4, 2, 3, 2, 3, 9, 10, 4, 3])
    >>> round(chance_of_ears(found[8]), 5), round(chance_of_ears(found[7]), 2), chance_of_ears(found[0])
    (0.00126, 0.91, None)
    """
    widened = math.sqrt(1 + 1 / BASELINE)
    chances = [_tail(value / widened) for value in (found.c1, found.c2) if value is not None]
    if found.c3:
        chances.append(STEPS * _tail((1 + found.c3 / STEPS) / widened))
    return min(1.0, 3 * min(chances)) if chances else None


def _tail(value: float) -> float:
    return float(scipy.stats.t.sf(value, BASELINE - 1))


def held(chances: Sequence[float], doubt: float = 0.05) -> list[bool]:
    """Say which of many tests hold together: among those told, at most that share is by chance (Benjamini & Hochberg 1995).

    >>> held([0.001, 0.03, 0.04, 0.9]), held([])
    ([True, False, False, False], [])
    """
    if not chances:
        return []
    return [bool(one < doubt) for one in scipy.stats.false_discovery_control(list(chances))]
