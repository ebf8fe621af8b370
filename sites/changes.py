"""Notify listeners of new or moved places, in the transaction that wrote them, and know what lies at places.

Upper applications depend on this one and not the reverse: they register here at start.
"""

from collections.abc import Callable, Collection

from django.db.models import Model

Listener = Callable[[Collection[int]], object]
LevelSource = Callable[[int, int | None], int | None]

_listeners: list[Listener] = []
_readers: list[LevelSource] = []
_records: list[type[Model]] = []
_mentions: list[tuple[type[Model], str]] = []


def on_places_changed(listener: Listener) -> None:
    """Register ``listener``, called with the ids of residences that are new, or changed with their addresses."""
    if listener not in _listeners:
        _listeners.append(listener)


def places_changed(residence_ids: Collection[int]) -> None:
    """Call every listener."""
    for listener in _listeners:
        listener(residence_ids)


def on_level(reader: LevelSource) -> None:
    """Register ``reader``, to return the level of an address, or of a residence when the second id is None."""
    if reader not in _readers:
        _readers.append(reader)


def level_of(residence_id: int) -> int | None:
    """Return the current level of a residence, 1 to 4; None where there is none."""
    return next((reader(residence_id, None) for reader in _readers), None)


def follow(records: type[Model]) -> None:
    """Register a model whose rows lie at a residence, and at one of its addresses or at none (``address`` is None).

    They follow their place when it is merged with another one, or split.
    """
    if records not in _records:
        _records.append(records)


def followers() -> tuple[type[Model], ...]:
    """Return the registered models of records."""
    return tuple(_records)


def mention(records: type[Model], column: str) -> None:
    """Register a column that holds a list of ids of addresses, in which a merged address gives way to the one it is."""
    if (records, column) not in _mentions:
        _mentions.append((records, column))


def mentions() -> tuple[tuple[type[Model], str], ...]:
    """Return the registered columns."""
    return tuple(_mentions)
