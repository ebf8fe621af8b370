"""Erase what has been kept for its term: one list of rules, applied in one nightly order.

An app registers its rules at start. A rule says what is due on a day, which a dry run prints, and erases a bounded slice of
just that, in a transaction of its own with its entries of the journal.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.functional import Promise

# Organisation → number of rows; None for rows of no organisation.
Numbers: TypeAlias = dict[int | None, int]


@dataclass(frozen=True)
class Rule:
    """One kind of thing that is kept for a term.

    Attributes:
        name: a word that stays the same, under which erasures are kept.
        label: what is erased, in words, plural.
        due: takes a day; returns what a run on that day would erase.
        erase: takes a day; erases at most a slice of what is due and returns it, empty once nothing is left.
        order: rules run by it: what refers to other rows goes before them.
    """

    name: str
    label: Promise
    due: Callable[[dt.date], Numbers]
    erase: Callable[[dt.date], Numbers]
    order: int = 50


_rules: dict[str, Rule] = {}


def register_rule(rule: Rule) -> None:
    """Add a rule to the nightly order; the apps above do, for what they hold."""
    _rules[rule.name] = rule


def rules() -> list[Rule]:
    """Return the rules in the order in which they run."""
    return sorted(_rules.values(), key=lambda rule: (rule.order, rule.name))
