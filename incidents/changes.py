"""Tells whoever asked which residences' records changed, in the same transaction.

The dependency points inwards: the rooms further out register here at start.
"""

from collections.abc import Callable, Collection

Listener = Callable[[Collection[int]], object]

_listeners: list[Listener] = []


def on_change(listener: Listener) -> None:
    """Have ``listener`` called with the ids of the residences whose records changed."""
    if listener not in _listeners:
        _listeners.append(listener)


def records_changed(residence_ids: Collection[int]) -> None:
    """Tell every listener; called by the services of this app after each write."""
    for listener in _listeners:
        listener(residence_ids)
