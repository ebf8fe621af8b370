"""Tells whoever asked which residences' records changed, in the same transaction.

The dependency points inwards: the rooms further out register here at start.
"""

from collections.abc import Callable, Collection

from django.db.models import IntegerField, Value
from django.db.models.expressions import Combinable

Listener = Callable[[Collection[int]], object]

LevelSource = Callable[[int, int | None], int | None]

Lasting = Callable[[str], Combinable]

_listeners: list[Listener] = []
_readers: list[LevelSource] = []
_lastings: list[Lasting] = []


def on_change(listener: Listener) -> None:
    """Have ``listener`` called with the ids of the residences whose records changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def on_level(reader: LevelSource) -> None:
    """Have ``reader`` asked for the level of an address, or of a residence when the second id is None."""
    if reader not in _readers:
        _readers.append(reader)


def on_lasting(lasting: Lasting) -> None:
    """Have ``lasting`` asked for how many days a confirmation counts."""
    if lasting not in _lastings:
        _lastings.append(lasting)


def lasts(residence: str) -> Combinable:
    """Return the days a confirmation counts, in a query whose field ``residence`` names the place."""
    return next((lasting(residence) for lasting in _lastings), Value(None, IntegerField()))


def level_of(residence_id: int, address_id: int | None) -> int | None:
    """Return the level now, 1 to 4; None where there is none, or nobody who knows."""
    return next((reader(residence_id, address_id) for reader in _readers), None)


def records_changed(residence_ids: Collection[int]) -> None:
    """Tell every listener; called by the services of this app after each write."""
    for listener in _listeners:
        listener(residence_ids)
