"""Reduce the many spellings of an address to one key, by which addresses are compared.

:func:`parse` reads an address, :func:`match_key` gives its key alone. A key is parts joined by `` / ``, each
a number part and a street, then, after `` # ``, the building and the entrance:
``9, BD SERURIER - 10, RUE DU LEMAN`` → ``10 RUE LEMAN / 9 BOULEVARD SERURIER``;
``16-20 RUE DES MEUNIERS`` → ``16-20 RUE MEUNIERS``; ``12 bis av. Foch`` → ``12BIS AVENUE FOCH``;
``Bât. A esc. 2, 12 rue des Essais`` → ``12 RUE ESSAIS # BAT A ESC 2``.

A number is a door only where it touches the street: the 3 of ``Tour 3 - 26 rue des Essais`` is the tower's.
A range stays one address: files give it one point and one number of dwellings, and doors invented between
its ends may not exist. Its key says which doors it covers, so that a fact reported at 18 rue des Meuniers
finds it: ``16-20`` one side of the street, ``16:21`` both, and ``3?260`` none, since nobody can tell.
"""

import hashlib
import re
import unicodedata
from functools import cached_property
from typing import Literal, NamedTuple

from .spelling.numbers import Doubt, Unclear, order
from .spelling.streets import Part, read_parts, street_key
from .spelling.tokens import cut, plain
from .spelling.units import Units, take_units, without_lots
from .spelling.words import BUILDINGS

__all__ = [
    "KEY_LENGTH",
    "Door",
    "Doors",
    "Parsed",
    "Restating",
    "Unclear",
    "along_the_street",
    "door",
    "match_key",
    "parse",
    "plain",
]

KEY_LENGTH = 200
# Longer than any address: what stands behind is not read.
_LONGEST = 2 * KEY_LENGTH
_UNIT_LENGTH = 80
# What a person may say of numbers that cannot be told: each of the range, those written alone, the street's, the first
# one the name's before it.
Restating = Literal["all", "ends", "number", "name"]
_JOIN = re.compile(r"\s*[-‐–—−]\s*|\s+(?:à|a|au)\s+", re.IGNORECASE)
_AFTER_FIRST = re.compile(r"(?<=[0-9])\s*(?:[-‐–—−,/&+;]|\b(?:et|ou|à|a|au)\b)\s*", re.IGNORECASE)
_BUILDINGS = set(BUILDINGS.values())
_ONE_DOOR = re.compile(r"([0-9]+)([A-Z]*)")


class Door(NamedTuple):
    """A number in a street, with its building and entrance.

    ``suffix`` is empty, a letter or an ordinal (``BIS``); ``unit`` is the unit's key (``BAT A ESC 2``) or empty.
    """

    number: int
    suffix: str
    street: str
    unit: str = ""


class Doors(NamedTuple):
    """The doors of a street from one number to another, both included."""

    street: str
    low: int
    high: int


class Parsed:
    """What an address says.

    Attributes:
        parts: its numbers and streets; of an address without a door, one part with the street alone.
        building, entrance: as they are written ("Bât. A", "esc 2"); empty where none is named.
        unit: the key of both, ``BAT A ESC 2``.
        question: why its numbers cannot be told, or None.
    """

    def __init__(self, text: str, parts: list[Part], units: Units, doubt: Doubt | None) -> None:
        self._text = text
        self._doubt = doubt
        self._spans = [(start, end) for _kind, _value, start, end in units.found]
        self.parts = parts
        self.building = _joined(text, [found for found in units.found if found[0] in _BUILDINGS])
        self.entrance = _joined(text, [found for found in units.found if found[0] not in _BUILDINGS])
        self.unit = units.key
        self.question = doubt.why if doubt else None

    @property
    def numbers(self) -> str:
        """Return the numbers of the first street, as keys write them; empty without a door."""
        return self.parts[0].numbers if self.parts else ""

    @property
    def street(self) -> str:
        """Return the first street, or what stands for one."""
        return self.parts[0].street if self.parts else ""

    @cached_property
    def key(self) -> str:
        """Return the key, at most 200 characters long."""
        places = " / ".join(sorted({f"{p.numbers} {p.street}".strip() for p in self.parts}))
        if not self.unit:
            return _bounded(places, KEY_LENGTH)
        unit = _bounded(self.unit, _UNIT_LENGTH)
        return f"{_bounded(places, KEY_LENGTH - len(unit) - 3)} # {unit}".strip()

    def restated(self, choice: Restating) -> str:
        """Return the address written so that its numbers can be told, by what a person chose.

        A single number that is a name's has nothing to be written otherwise: the address has no number.
        """
        if self._doubt is None:
            return self._text
        start, end = self._doubt.span
        before, numbers, after = self._text[:start], self._text[start:end], self._text[end:]
        if self._doubt.why in {Unclear.SEVERAL, Unclear.BESIDE, Unclear.UNITS}:
            return self._restated_anew(before, after, choice)
        if choice == "number":
            return f"{before.rstrip()} - {numbers}{after}"
        if choice == "name":
            return f"{before}{_AFTER_FIRST.sub(' : ', numbers, count=1)}{after}"
        return f"{before}{_JOIN.sub(' au ' if choice == 'all' else ', ', numbers)}{after}"

    def _restated_anew(self, before: str, after: str, choice: Restating) -> str:
        """Return the address with its numbers as a list (``ends``), or at the number it is beside (``number``)."""
        doubt = self._doubt
        if doubt and doubt.why is Unclear.BESIDE and choice == "number":
            return f"{before}{after}".strip()
        if doubt and doubt.why is Unclear.SEVERAL and choice == "ends":
            within = [self._text[a:b] for a, b in self._spans if doubt.span[0] <= a and b <= doubt.span[1]]
            return ", ".join([f"{before}{', '.join(doubt.numbers)}{after}", *within])
        return self._text

    @property
    def outside(self) -> str:
        """Return the address without its building and entrance, as it is written."""
        starts = [0, *(end for _start, end in self._spans)]
        ends = [*(start for start, _end in self._spans), len(self._text)]
        pieces = [self._text[start:end] for start, end in zip(starts, ends, strict=True)]
        stripped = (piece.lstrip(" ,;:)–-").rstrip(" ,;:(–-") for piece in pieces)
        return " ".join(", ".join(piece for piece in stripped if piece).split())

    @property
    def meant(self) -> Doors | None:
        """Return the doors among which the address is, where its numbers are several or cannot be told."""
        by_choice: dict[Unclear | None, Restating] = {
            Unclear.NUMBER_OR_NAME: "number",
            Unclear.BESIDE: "number",
            Unclear.SEVERAL: "ends",
        }
        told = parse(self.restated(by_choice.get(self.question, "all")))
        values = [int(digits) for digits in re.findall("[0-9]+", told.numbers)]
        return Doors(told.street, min(values), max(values)) if values else None

    @property
    def door(self) -> Door | None:
        """Return the one door the address names; None for a range, several doors, no number or a question."""
        found = _ONE_DOOR.fullmatch(self.numbers) if len(self.parts) == 1 and not self.question else None
        return Door(int(found[1]), found[2], self.street, self.unit) if found and self.street else None


def parse(label: str) -> Parsed:
    """Return what an address says; what stands after its 400th character is not read.

    The time it takes grows with the length of the text, whatever it holds.
    """
    signs = label[:_LONGEST].replace("º", "°").replace("№", "n°")
    text = unicodedata.normalize("NFKC", signs)[:_LONGEST]
    units = take_units(cut(text))
    parts, doubt = read_parts(without_lots(units.rest))
    if not any(part.numbers for part in parts):
        street = street_key(units.rest)
        parts = [Part("", street)] if street else []
    if units.doubtful and not any(part.numbers for part in parts):
        doubt = Doubt(Unclear.NUMBER_OR_NAME, units.doubtful)
    doubt = doubt or units.several
    return Parsed(text, parts, units, doubt)


def match_key(label: str) -> str:
    """Return the key that all spellings of an address share, at most 200 characters long."""
    return parse(label).key


def door(label: str) -> Door | None:
    """Return the one door an address names; None for a range, several doors or no number."""
    return parse(label).door


def along_the_street(label: str) -> tuple[str, int, str, str]:
    """Return a sort key that orders addresses street by street, 3 before 13, building by building.

    >>> sorted(["13 rue A", "3 bis rue A", "allée B", "3 rue A bât 10", "3 rue A bât 2"], key=along_the_street)
    ['allée B', '3 rue A bât 2', '3 rue A bât 10', '3 bis rue A', '13 rue A']
    """
    parsed = parse(label)
    unit = re.sub(r"[0-9]+", lambda digits: digits[0].zfill(4), parsed.unit)
    return (parsed.street, *order(parsed.numbers), unit)


def _bounded(text: str, length: int) -> str:
    """Return ``text``, or its beginning with a digest of the whole where it is longer than allowed."""
    if len(text) <= length:
        return text
    return f"{text[: length - 9]}~{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _joined(text: str, units: list[tuple[str, str, int, int]]) -> str:
    return " ".join(" ".join(text[start:end] for _kind, _value, start, end in units).split())
