"""Rank places for the next quarter, and try on the past whether that beat the counts of last year: about places alone.

A rate is shrunk by empirical Bayes: recent quarters count for more, and a place with few facts is drawn to its neighbours. Last
year's counts are hard to beat (benchmarks/RESULTS.md): by rolling origin each past quarter is foretold from what was known
before it, and the ranking is told only where it was better by more than chance.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

# Imported when first used, by the worker alone.
import scipy

# The weights of a quarter beside the next one that are tried, and that of what neighbours say beside what all places do.
DECAYS, NEIGHBOURS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9), 0.5
YEAR = 4
# How many places are told, and among how many with facts in a year at least.
FIRST, LEAST_PLACES = 10, 30
# How many quarters are foretold: with fewer no margin is beyond chance, with more the places have changed.
LEAST_TRIED, MOST_TRIED = 8, 12
DOUBT = 0.05
# The past quarters by which the decay is chosen.
_TUNED = 4


@dataclass(frozen=True, slots=True)
class Known:
    """The days with facts of places by quarter, oldest first, each with the quarter in which it became known."""

    places: int
    quarters: int
    place: Any
    quarter: Any
    known: Any
    days: Any

    def before(self, origin: int) -> Any:
        """Return the days of each place (row) in each quarter (column) before one, as they were known when it began."""
        return self._table((self.quarter < origin) & (self.known < origin), origin)

    def of(self, quarter: int) -> Any:
        """Return the days of each place in a quarter, as they are known today."""
        return self._table(self.quarter == quarter, quarter + 1)[:, quarter]

    def _table(self, kept: Any, quarters: int) -> Any:
        cells = self.place[kept] * quarters + self.quarter[kept]
        counted = np.bincount(cells, weights=self.days[kept], minlength=self.places * quarters)
        return counted.reshape(self.places, quarters)


@dataclass(frozen=True, slots=True)
class Trial:
    """How many of the first places by each way were among the worst of each quarter that was foretold."""

    by_ranking: list[int]
    by_counts: list[int]

    @property
    def beats(self) -> bool:
        """True where the ranking had more, and better quarters than worse ones by more than chance (sign test)."""
        pairs = list(zip(self.by_ranking, self.by_counts, strict=True))
        better, worse = sum(one > other for one, other in pairs), sum(one < other for one, other in pairs)
        if sum(self.by_ranking) <= sum(self.by_counts) or len(pairs) < LEAST_TRIED:
            return False
        return float(scipy.stats.binom.sf(better - 1, better + worse, 0.5)) <= DOUBT


def tried(known: Known, pairs: Any) -> Trial:
    """Foretell each of the last quarters from what was known before it; nothing where there are too few."""
    by_ranking, by_counts = [], []
    for origin in range(max(YEAR, known.quarters - MOST_TRIED), known.quarters):
        past, worst = known.before(origin), _worst(known.of(origin))
        rates = shrunk(past, pairs, decay_of(past, pairs, FIRST))
        by_ranking.append(int(worst[first(rates, FIRST)].sum()))
        by_counts.append(int(worst[first(last_year(past), FIRST)].sum()))
    return Trial(by_ranking, by_counts)


def _worst(counts: Any) -> Any:
    """Say of each place whether it is among the worst: it has facts, and as many as the tenth has."""
    return (counts > 0) & (counts >= np.sort(counts)[::-1][min(FIRST, len(counts)) - 1])


def first(by: Any, number: int) -> Any:
    """Return the numbers of the first places by a value, highest first; those that are alike in their order."""
    return np.argsort(-by, kind="stable")[:number]


def last_year(past: Any) -> Any:
    """Return the days of each place in the last four quarters."""
    return past[:, -YEAR:].sum(axis=1)


def decay_of(past: Any, pairs: Any, number: int) -> float:
    """Return the weight under which the last year would have been foretold best, quarter by quarter, from before it."""
    quarters = range(max(1, past.shape[1] - _TUNED), past.shape[1])

    def caught(decay: float) -> float:
        return sum(
            float(past[first(shrunk(past[:, :quarter], pairs, decay), number), quarter].sum())
            for quarter in quarters
        )

    return max(DECAYS, key=caught)


def shrunk(past: Any, pairs: Any, decay: float) -> Any:
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
