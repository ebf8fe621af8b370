"""Notify listeners of new or moved places, in the transaction that wrote them."""

from collections.abc import Callable, Collection

Listener = Callable[[Collection[int]], object]

_listeners: list[Listener] = []


def on_places_changed(listener: Listener) -> None:
    """Register ``listener``, called with the ids of residences that are new or whose addresses changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def places_changed(residence_ids: Collection[int]) -> None:
    """Call every listener."""
    for listener in _listeners:
        listener(residence_ids)
