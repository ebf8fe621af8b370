"""Find the passages of a free text that may name, reach or describe a person.

A form shows them before saving and asks the author to reword. A false alarm is preferred to a name
that passes; names of streets and buildings and the vocabulary of the trade are ignored.

>>> [str(found.text) for found in inspect("Vu avec Mme Durand, 06 12 34 56 78")]
['Mme Durand', '06 12 34 56 78']
>>> [str(found.text) for found in inspect("kevin martin a frappe sa mere")]
['kevin martin']
>>> inspect("Porte du hall forcée au 12 rue Jean-Jaurès, bâtiment B")
[]

``python -m benchmarks shield`` measures it on labelled sentences.
"""

from collections.abc import Iterator

from .kinds import Kind, Passage
from .names import names
from .numbers import numbers
from .words import described

__all__ = ["Kind", "Passage", "inspect"]


def inspect(text: str) -> list[Passage]:
    """Return the passages to reword, in the order of the text, without overlaps."""
    found = sorted(_all(text), key=lambda passage: (passage.start, -passage.end))
    kept: list[Passage] = []
    for passage in found:
        if not kept or passage.start >= kept[-1].end:
            kept.append(passage)
    return kept


def _all(text: str) -> Iterator[Passage]:
    yield from numbers(text)
    yield from described(text)
    yield from names(text)
