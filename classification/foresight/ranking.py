"""Foretell how many facts places will have in the next quarter, from their own past and their neighbours': about places alone."""

from typing import Any

import numpy as np

# The weights of a quarter beside the next one that are tried, and that of what neighbours say beside what all places do.
DECAYS, NEIGHBOURS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9), 0.5
YEAR = 4
# The past quarters by which the decay is chosen.
_TUNED = 4


def first(by: Any, number: int) -> Any:
    """Return the numbers of the first places by a value, highest first; those that are alike in their order."""
    return np.argsort(-by, kind="stable")[:number]


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
