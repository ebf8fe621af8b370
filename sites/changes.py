"""Tells whoever asked that places are new or moved, in the transaction that did it."""

from collections.abc import Callable, Collection

Listener = Callable[[Collection[int]], object]

_listeners: list[Listener] = []


def on_places_changed(listener: Listener) -> None:
    """Have ``listener`` called with the ids of residences that are new, or whose addresses changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def places_changed(residence_ids: Collection[int]) -> None:
    """Tell every listener."""
    for listener in _listeners:
        listener(residence_ids)
