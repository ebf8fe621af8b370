"""Notify listeners of new or moved places, in the transaction that wrote them, and know what lies at places.

Upper applications depend on this one and not the reverse: they register here at start.
"""

from collections.abc import Callable, Collection, Mapping

from django.db.models import Model

Listener = Callable[[Collection[int]], object]
# What each place is shown with, by the ids of its residence and of its address, None for the residence as a whole: its
# level, 1 to 4, or 0 where recording stopped and nothing else says that it is not quiet.
Marks = Mapping[tuple[int, int | None], int]
MarkSource = Callable[[Collection[int]], Marks]

_listeners: list[Listener] = []
_of_points: list[Listener] = []
_readers: list[MarkSource] = []
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


def on_points_moved(listener: Listener) -> None:
    """Register ``listener``, called with the ids of residences of which addresses only have another point, or none."""
    if listener not in _of_points:
        _of_points.append(listener)


def points_moved(residence_ids: Collection[int]) -> None:
    """Call every listener for points: no level depends on them, but the map does."""
    for listener in _of_points:
        listener(residence_ids)


def on_marks(reader: MarkSource) -> None:
    """Register ``reader``, to return what residences and their addresses are shown with."""
    if reader not in _readers:
        _readers.append(reader)


def marks_of(residence_ids: Collection[int]) -> Marks:
    """Return what residences and their addresses are shown with now; a place without a level is left out."""
    return next((reader(residence_ids) for reader in _readers), {})


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
