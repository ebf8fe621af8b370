"""Tells whoever asked which residences' records changed, in the same transaction.

The dependency points inwards: the rooms further out register here at start.
"""

from collections.abc import Callable, Collection

Listener = Callable[[Collection[int]], object]

Reader = Callable[[int, int | None], int | None]

_listeners: list[Listener] = []
_readers: list[Reader] = []


def on_change(listener: Listener) -> None:
    """Have ``listener`` called with the ids of the residences whose records changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def on_level(reader: Reader) -> None:
    """Have ``reader`` asked for the level of an address, or of a residence when the second id is None."""
    if reader not in _readers:
        _readers.append(reader)


def level_of(residence_id: int, address_id: int | None) -> int | None:
    """Return the level now, 1 to 4; None where there is none, or nobody who knows."""
    return next((reader(residence_id, address_id) for reader in _readers), None)


def records_changed(residence_ids: Collection[int]) -> None:
    """Tell every listener; called by the services of this app after each write."""
    for listener in _listeners:
        listener(residence_ids)
