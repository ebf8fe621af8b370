"""Notify upper applications of changed records, in the same transaction, and ask them for levels.

Upper applications depend on this one and not the reverse: they register their functions here at start.
"""

import datetime as dt
from collections.abc import Callable, Collection
from typing import Protocol

from django.db.models import IntegerField, Value
from django.db.models.expressions import Combinable


class Listener(Protocol):
    """A function called with the residences whose records changed, and the first day these records speak of."""

    def __call__(self, residence_ids: Collection[int], /, *, since: dt.date | None) -> object:
        """Take note of the change."""


LevelSource = Callable[[int, int | None], int | None]

Lasting = Callable[[str], Combinable]

_listeners: list[Listener] = []
_readers: list[LevelSource] = []
_lastings: list[Lasting] = []


def on_change(listener: Listener) -> None:
    """Register ``listener``, to be called at each change of records."""
    if listener not in _listeners:
        _listeners.append(listener)


def on_level(reader: LevelSource) -> None:
    """Register ``reader``, to return the level of an address, or of a residence when the second id is None."""
    if reader not in _readers:
        _readers.append(reader)


def on_lasting(lasting: Lasting) -> None:
    """Register ``lasting``, to return the expression of how many days a confirmation counts."""
    if lasting not in _lastings:
        _lastings.append(lasting)


def lasts(residence: str) -> Combinable:
    """Return how many days a confirmation counts, as an expression over rows with the field ``residence``."""
    return next((lasting(residence) for lasting in _lastings), Value(None, IntegerField()))


def level_of(residence_id: int, address_id: int | None) -> int | None:
    """Return the current level, 1 to 4; None where there is none, or no application registered to tell it."""
    return next((reader(residence_id, address_id) for reader in _readers), None)


def records_changed(residence_ids: Collection[int], *, since: dt.date | None = None) -> None:
    """Call every listener; the services of this application do so after each write.

    Args:
        residence_ids: the residences whose records changed.
        since: the first day that the records speak of, when all of them are new; None otherwise.
    """
    for listener in _listeners:
        listener(residence_ids, since=since)
