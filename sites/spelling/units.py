"""Take the building and the entrance out of an address: "Bât A", "Tour 3", "Esc. 2", "Hall B"."""

import re
from dataclasses import dataclass, field

from .numbers import is_before_street
from .tokens import Token, gap
from .words import (
    ADJECTIVES,
    ARTICLES,
    BUILDINGS,
    ENTRANCES,
    IN_NAMES,
    LOTS,
    NO_PLACE,
    NUMBER_SIGNS,
    ORDINALS,
    ROMAN,
    SIDES,
    TYPES,
    UNIT_ORDER,
)

_KINDS = {**BUILDINGS, **ENTRANCES}
_GLUED = re.compile(r"(BAT|ESC|IMM|ENT|TOUR|HALL)([0-9]{1,3})")
_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,3}[A-Z]?|[A-Z]{2}")
_LONGEST_NUMBER, _MOST_WORDS = 9_999, 6


@dataclass
class Units:
    """What an address says beyond its number: ``(kind, value, start, end)`` of each unit, and what is left."""

    found: list[tuple[str, str, int, int]] = field(default_factory=list)
    rest: list[Token] = field(default_factory=list)
    # Where a number stands that may be the building's or the street's ("Tour 26 rue des Essais").
    doubtful: tuple[int, int] | None = None

    @property
    def key(self) -> str:
        """Return the key of the units, ``BAT A ESC 2``, the same in whatever order they were written."""
        distinct = {(UNIT_ORDER.index(kind), kind, value) for kind, value, _start, _end in self.found}
        return " ".join(f"{kind} {value}" for _order, kind, value in sorted(distinct))


def take_units(tokens: list[Token]) -> Units:
    """Return the units that the tokens name; a gap stands in what is left where one was."""
    units = Units()
    position = 0
    while position < len(tokens):
        end = _read_unit(tokens, position, units)
        if end == position:
            units.rest.append(tokens[position])
            position += 1
        else:
            units.rest.append(gap(tokens[position].start, tokens[end - 1].end))
            position = end
    return units


def without_lots(tokens: list[Token]) -> list[Token]:
    """Return the tokens without the lots of a project ("LOT D1B - 86 rue des Haies")."""
    rest: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        value, end = "", position
        if token.word and token.text in LOTS and not _in_a_name(tokens, position):
            value, end = _values(tokens, position + 1)
        if value:
            rest.append(gap(token.start, token.end))
            position = end
        else:
            rest.append(token)
            position += 1
    return rest


def _read_unit(tokens: list[Token], position: int, units: Units) -> int:
    """Add the unit that begins at a position; return the position after it, the same where there is none."""
    token = tokens[position]
    if not token.word or token.elided:
        return position
    if token.text in NO_PLACE and not _in_a_name(tokens, position):
        _value, end = _values(tokens, position + 1)
        return end
    if glued := _GLUED.fullmatch(token.text):
        units.found.append((glued[1], str(int(glued[2])), token.start, token.end))
        return position + 1
    kind = _KINDS.get(token.text, "")
    if not kind or _in_a_name(tokens, position):
        return position
    start = _after_signs(tokens, position + 1)
    value, end = _values(tokens, start)
    if value and is_before_street(tokens, start):
        # The number touches both.
        units.doubtful = tokens[start].start, tokens[end - 1].end
    if not value:
        value, end = _name(tokens, position, start)
        if value and is_before_street(tokens, end):
            # "Tour Horizon 12 rue …".
            value, units.doubtful = f"{value}_{tokens[end].text}", (tokens[end].start, tokens[end].end)
            end += 1
    if not value:
        return position
    units.found.append((kind, value, token.start, tokens[end - 1].end))
    return end


def _in_a_name(tokens: list[Token], position: int) -> bool:
    """Say whether the word at a position is part of a street's name ("rue de la Tour", "rue Porte Neuve")."""
    before = position - 1
    while before >= 0 and (_is_article(tokens, before) or tokens[before].text in ADJECTIVES):
        before -= 1
    named = before < position - 1
    street = before >= 0 and tokens[before].word and tokens[before].text in TYPES
    if street and before > 0 and _is_article(tokens, before - 1):
        # Itself a name: "rue du Passage, bât. A".
        street = False
    kind = _KINDS.get(tokens[position].text)
    if kind is None or kind in IN_NAMES:
        return street or (
            before + 1 < position and any(_is_article(tokens, p) for p in range(before + 1, position))
        )
    return street and named


def _is_article(tokens: list[Token], position: int) -> bool:
    """Say whether an article stands at a position; a single L or D is one where an apostrophe or "de" shows it."""
    token = tokens[position]
    if not token.word or token.text not in ARTICLES:
        return False
    return len(token.text) > 1 or token.elided or (position > 0 and tokens[position - 1].text == "DE")


def _after_signs(tokens: list[Token], position: int) -> int:
    """Return the position after "n°" or ":", and after the "d'escalier" of a "cage d'escalier"."""
    if (
        _text(tokens, position) == "D"
        and tokens[position].elided
        and _text(tokens, position + 1) == "ESCALIER"
    ):
        position += 2
    if _text(tokens, position) == ":":
        position += 1
    if (
        _text(tokens, position) in NUMBER_SIGNS
        and position + 1 < len(tokens)
        and _short(tokens, position + 1)
    ):
        position += 1
    return position


def _values(tokens: list[Token], position: int) -> tuple[str, int]:
    """Return a letter, a number or a list of them ("A", "2 bis", "A et B"), and the position after it."""
    value = _short(tokens, position)
    if not value:
        return "", position
    end = position + 1
    if tokens[position].number is not None and _text(tokens, end) in ORDINALS:
        value, end = value + tokens[end].text, end + 1
    first, values = tokens[position], [value]
    while joined := _joined(tokens, end, first):
        separator, value = joined
        values += [separator, value]
        end += 2
    return "".join(values), end


def _joined(tokens: list[Token], position: int, first: Token) -> tuple[str, str] | None:
    """Return what joins a further value to a list of units and that value; None where the list ends."""
    if position + 1 >= len(tokens):
        return None
    mark, following = tokens[position], tokens[position + 1]
    joins = mark.tight or mark.text in {"&", "/", "+", "ET"} or (mark.text == "," and following.letter)
    value = _short(tokens, position + 1)
    if not joins or not value or is_before_street(tokens, position + 1):
        return None
    if (following.number is None) != (first.number is None):
        return ("", value) if mark.tight else None
    return ("-" if mark.tight else ","), value


def _short(tokens: list[Token], position: int) -> str:
    """Return the value of a unit in one token: ``A``, ``3``, ``A2``, ``NORD``; empty where it is none."""
    if position >= len(tokens) or tokens[position].mark:
        return ""
    token = tokens[position]
    if token.number is not None:
        return f"{token.number}{token.suffix}" if 0 < token.number <= _LONGEST_NUMBER else ""
    if token.letter or token.text in SIDES | ROMAN:
        return token.text
    code = _CODE.fullmatch(token.text) and not token.elided and token.text not in ARTICLES
    return token.text if code and token.text not in TYPES and token.text not in _KINDS else ""


def _name(tokens: list[Token], position: int, start: int) -> tuple[str, int]:
    """Return the name of a building that begins a part of the text ("Tour Horizon, 12 rue …")."""
    if _KINDS[tokens[position].text] not in {"BAT", "TOUR", "IMM"}:
        return "", start
    if position and not tokens[position - 1].breaks:
        return "", start
    end = start
    while end < len(tokens) and end - start < _MOST_WORDS and not tokens[end].breaks:
        token = tokens[end]
        if token.text in TYPES or token.text in _KINDS or is_before_street(tokens, end):
            break
        end += 1
    # Without a space, so that a key is pairs of a kind and a value.
    return "_".join(token.text for token in tokens[start:end] if not token.mark), end


def _text(tokens: list[Token], position: int) -> str:
    return tokens[position].text if position < len(tokens) else ""
