"""Notify upper applications of changed records, in the same transaction, and ask them for levels.

Upper applications depend on this one and not the reverse: they register their functions here at start.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from django.db.models import IntegerField, Value
from django.db.models.expressions import Combinable


class Listener(Protocol):
    """A function called with the residences whose records changed, and the first day these records speak of."""

    def __call__(self, residence_ids: Collection[int], /, *, since: dt.date | None) -> object:
        """Take note of the change."""


# The level of each place, by the ids of its residence and of its address, None for the residence as a whole.
Levels = Mapping[tuple[int, int | None], int]

LevelSource = Callable[[Collection[int]], Levels]

Lasting = Callable[[str], Combinable]

_listeners: list[Listener] = []
_readers: list[LevelSource] = []
_lastings: list[Lasting] = []


def on_change(listener: Listener) -> None:
    """Register ``listener``, to be called at each change of records."""
    if listener not in _listeners:
        _listeners.append(listener)


def on_levels(reader: LevelSource) -> None:
    """Register ``reader``, to return the levels of residences and of their addresses."""
    if reader not in _readers:
        _readers.append(reader)


def on_lasting(lasting: Lasting) -> None:
    """Register ``lasting``, to return the expression of how many days a confirmation counts."""
    if lasting not in _lastings:
        _lastings.append(lasting)


def lasts(residence: str) -> Combinable:
    """Return how many days a confirmation counts, as an expression over rows with the field ``residence``."""
    return next((lasting(residence) for lasting in _lastings), Value(None, IntegerField()))


def levels_of(residence_ids: Collection[int]) -> Levels:
    """Return the current levels, 1 to 4, of residences and of their addresses.

    A place without a level is left out, and so are all where no application registered to tell them.
    """
    return next((reader(residence_ids) for reader in _readers), {})


def level_of(residence_id: int, address_id: int | None) -> int | None:
    """Return the current level of an address, or of a residence when ``address_id`` is None; None where it has none."""
    return levels_of([residence_id]).get((residence_id, address_id))


def records_changed(residence_ids: Collection[int], *, since: dt.date | None = None) -> None:
    """Call every listener; the services of this application do so after each write.

    Args:
        residence_ids: the residences whose records changed.
        since: the first day that the records speak of, when all of them are new; None otherwise.
    """
    for listener in _listeners:
        listener(residence_ids, since=since)
