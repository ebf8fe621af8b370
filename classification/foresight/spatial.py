"""Say whether facts lie closer together than chance has it: in space and time (Knox), or in space (Gi*).

The libraries of this trade hold both (pointpats, esda): tests compare with them. They are not run here, for what they
bring along and take (docs/decisions.md).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

# Its parts are imported when first used, by the worker alone.
import scipy

from core.earth import RADIUS_M

# More pairs of neighbours than this are not listed: 20 million take 320 MB.
MOST_PAIRS = 20_000_000


@dataclass(frozen=True, slots=True)
class Knox:
    """How many pairs of facts are close in space and time, how many chance would make, and how likely it makes as many."""

    pairs: int
    expected: float
    chance: float


def metres(longitudes: Any, latitudes: Any) -> Any:
    """Return points in degrees as three coordinates in metres, so that distances are right wherever the places are.

    >>> a, b = metres([2.35, 2.35], [48.85, 48.859])
    >>> round(float(((a - b) ** 2).sum() ** 0.5))
    1001
    """
    east, north = np.radians(longitudes), np.radians(latitudes)
    flat = np.cos(north)
    return RADIUS_M * np.column_stack((flat * np.cos(east), flat * np.sin(east), np.sin(north)))


def near_pairs(points: Any, radius: float) -> Any:
    """Return the pairs of points nearer to each other than a radius in metres, as numbers of points; None where they are too many."""
    tree = scipy.spatial.cKDTree(points)
    # Each pair twice, and each point with itself.
    if (int(tree.count_neighbors(tree, radius)) - len(points)) / 2 > MOST_PAIRS:
        return None
    pairs = tree.query_pairs(radius, output_type="ndarray")
    apart = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    return pairs[apart < radius]


def knox(
    points: Any, days: Any, delta: float, tau: int, *, permutations: int = 199, seed: int = 1
) -> Knox | None:
    """Return the Knox test of facts: pairs in [0, δ) metres and [0, τ) days, against the same places with their days shuffled.

    Args:
        points: of :func:`metres`, one for each fact.
        days: of each fact, as whole numbers.
        delta: δ, in metres.
        tau: τ, in days.
        permutations: how often the days are shuffled.
        seed: of the shuffling: the same facts always give the same answer.

    Returns:
        The test; None where no two facts are near each other, or too many are.
    """
    if len(points) < 2:  # noqa: PLR2004  # no pair
        return None
    pairs, when = near_pairs(points, delta), np.asarray(days)
    if pairs is None or not len(pairs):
        return None
    one, other = pairs[:, 0], pairs[:, 1]
    observed = int((abs(when[one] - when[other]) < tau).sum())
    drawn, counts = np.random.default_rng(seed), []
    for _number in range(permutations):
        shuffled = drawn.permutation(when)
        counts.append(int((abs(shuffled[one] - shuffled[other]) < tau).sum()))
    more = sum(count >= observed for count in counts)
    return Knox(observed, sum(counts) / permutations, (more + 1) / (permutations + 1))


def gi_star(values: Any, pairs: Any) -> Any:
    """Return Gi* of each place (Ord & Getis 1995): how far the sum of it and its neighbours lies above what chance gives.

    Args:
        values: the count of each place.
        pairs: the pairs of neighbours, as numbers of places.

    Returns:
        z values; nan where not computable: all counts are alike, or everything is one neighbourhood.
    """
    counts = np.asarray(values, dtype=float)
    number = len(counts)
    sums, weights = counts.copy(), np.ones(number)
    for one, other in ((pairs[:, 0], pairs[:, 1]), (pairs[:, 1], pairs[:, 0])):
        sums += np.bincount(one, weights=counts[other], minlength=number)
        weights += np.bincount(one, minlength=number)
    spread = counts.std() * np.sqrt(np.maximum(number * weights - weights**2, 0) / max(number - 1, 1))
    return np.divide(sums - counts.mean() * weights, spread, out=np.full(number, np.nan), where=spread > 0)
