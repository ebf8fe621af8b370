"""Tells whoever asked that residences are new, in the transaction that made them."""

from collections.abc import Callable, Collection

Listener = Callable[[Collection[int]], object]

_listeners: list[Listener] = []


def on_new_places(listener: Listener) -> None:
    """Have ``listener`` called with the ids of residences that are new or gained an address."""
    if listener not in _listeners:
        _listeners.append(listener)


def places_added(residence_ids: Collection[int]) -> None:
    """Tell every listener."""
    for listener in _listeners:
        listener(residence_ids)
