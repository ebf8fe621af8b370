"""Back-test a ranking of places for the next quarter against last year's counts, on open data not made for this.

By rolling origin: each quarter is foretold from the ones before it alone. The data is not in the repository; where it
comes from stands in benchmarks/README.md. ``PALIER_OPEN_DATA`` names its folder.
"""

import csv
import gzip
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classification.foresight.spatial import metres, near_pairs

from .results import Figure

_FOLDER = "PALIER_OPEN_DATA"
LONDON = Path("london-60-months") / "street.csv.gz"
# The quarters foretold, the last of the five years, and the share of places that are chosen.
TESTED, SHARE, YEAR = 12, 0.1, 4
# Types that are no facts of tranquillity.
LEFT_OUT = {"Shoplifting", "Other crime"}
# The weights of a quarter beside the next one that are tried, and that of what neighbours say beside what all places do.
DECAYS, NEIGHBOURS, RADIUS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9), 0.5, 150.0
_QUARTER = 3


def run() -> Iterator[Figure]:
    """Yield what share of the next quarter's facts fell on the chosen tenth, by each way of choosing."""
    folder = os.environ.get(_FOLDER)
    if not folder:
        message = f"{_FOLDER} names no folder with the open data (benchmarks/README.md)"
        raise SystemExit(message)
    with gzip.open(Path(folder) / LONDON, "rt", encoding="utf-8") as file:
        points, counts = by_quarter(row for row in csv.DictReader(file) if row["Crime type"] not in LEFT_OUT)
    found = back_test(counts, near_pairs(metres(points[:, 0], points[:, 1]), RADIUS))
    places, best = f"London, {len(points)} points, {TESTED} quarters", 100 * found.best
    for name, share in (("last year’s counts", found.by_counts), ("empirical Bayes", found.by_bayes)):
        yield Figure(
            f"{places}: facts on the first tenth by {name}", 100 * share, "the best possible tenth", best,
            unit="%",
        )  # fmt: skip
    yield Figure(
        f"{places}: facts that empirical Bayes expected on its first tenth", found.expected,
        "that happened there", found.happened, limit=1.1, unit="facts",
    )  # fmt: skip


def by_quarter(rows: Iterable[dict[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the points, and the facts of each (row) in each quarter (column); rows without a point are left out."""
    found: Counter[tuple[tuple[str, str], int]] = Counter()
    for row in rows:
        if row["Longitude"] and row["Latitude"]:
            year, month = map(int, row["Month"].split("-"))
            found[(row["Longitude"], row["Latitude"]), year * 4 + (month - 1) // _QUARTER] += 1
    points = sorted({point for point, _quarter in found})
    first, last = (pick(quarter for _point, quarter in found) for pick in (min, max))
    numbers = {point: number for number, point in enumerate(points)}
    counts = np.zeros((len(points), last - first + 1))
    for (point, quarter), facts in found.items():
        counts[numbers[point], quarter - first] = facts
    return np.array(points, dtype=float), counts


@dataclass(frozen=True, slots=True)
class BackTest:
    """The share of facts on the chosen places by each way of choosing, and how many were expected there and happened."""

    by_counts: float
    by_bayes: float
    best: float
    expected: float
    happened: float


def back_test(counts: np.ndarray, pairs: np.ndarray, tested: int = TESTED) -> BackTest:
    """Foretell each of the last quarters from those before it, and say how each way of choosing did."""
    chosen = int(len(counts) * SHARE)
    sums = np.zeros(5)
    for quarter in range(counts.shape[1] - tested, counts.shape[1]):
        past, next_one = counts[:, :quarter], counts[:, quarter]
        bayes = shrunk(past, pairs, decay_of(past, pairs))
        first = {
            name: np.argsort(-by, kind="stable")[:chosen]
            for name, by in (("counts", past[:, -YEAR:].sum(axis=1)), ("bayes", bayes), ("best", next_one))
        }
        sums += [
            *(next_one[first[name]].sum() / next_one.sum() for name in ("counts", "bayes", "best")),
            bayes[first["bayes"]].sum(), next_one[first["bayes"]].sum(),
        ]  # fmt: skip
    return BackTest(*(float(value) for value in sums[:3] / tested), float(sums[3]), float(sums[4]))


def decay_of(past: np.ndarray, pairs: np.ndarray) -> float:
    """Return the weight under which the last year would have been foretold best, quarter by quarter, from before it."""
    chosen = int(len(past) * SHARE)

    def hits(decay: float) -> float:
        return sum(
            float(
                past[
                    np.argsort(-shrunk(past[:, :quarter], pairs, decay), kind="stable")[:chosen], quarter
                ].sum()
            )
            for quarter in range(past.shape[1] - YEAR, past.shape[1])
        )

    return max(DECAYS, key=hits)


def shrunk(past: np.ndarray, pairs: np.ndarray, decay: float) -> np.ndarray:
    """Return the rate expected of each place in the next quarter: gamma-Poisson, recent quarters first, drawn to its neighbours.

    A place has the facts of its quarters, each with its weight; the spread of the rates beyond that of chance says how
    strongly one is drawn to the mean of all places and of its neighbours.
    """
    weights = decay ** np.arange(past.shape[1])[::-1]
    facts, exposure = past @ weights, weights.sum()
    rates, mean = facts / exposure, facts.mean() / exposure
    by_chance = mean * (weights**2).sum() / exposure**2
    spread = max(float(rates.var()) - by_chance, 1e-9)
    strength = mean / spread
    near, number = np.zeros(len(past)), np.zeros(len(past))
    for one, other in ((pairs[:, 0], pairs[:, 1]), (pairs[:, 1], pairs[:, 0])):
        near += np.bincount(one, weights=rates[other], minlength=len(past))
        number += np.bincount(one, minlength=len(past))
    around = np.divide(near, number, out=np.full(len(past), mean), where=number > 0)
    prior = (1 - NEIGHBOURS) * mean + NEIGHBOURS * around
    return (facts + strength * prior) / (exposure + strength)
