"""Take the building and the entrance out of an address: "Bât A", "Tour 3", "Esc. 2", "Hall B"."""

import re
from dataclasses import dataclass, field

from .beside import is_beside_unit
from .numbers import (
    SEPARATORS,
    Doubt,
    Unclear,
    after_separators,
    end_of_doors,
    is_before_street,
    is_street,
    read_run,
)
from .tokens import FLOOR, Token, gap
from .values import MOST_JOINING, UNTOLD, is_joining, read_short, read_values, text_at
from .words import (
    ADJECTIVES,
    ARTICLES,
    BUILDINGS,
    ENTRANCES,
    ENTRANCES_AFTER,
    FLOORS,
    IN_NAMES,
    LOTS,
    NO_PLACE,
    NUMBER_SIGNS,
    SIDES,
    TYPES,
    UNIT_ORDER,
)

_KINDS = {**BUILDINGS, **ENTRANCES}
_GLUED = re.compile(r"(BAT|ESC|IMM|ENT|TOUR|HALL)([0-9]{1,3})")
_MOST_WORDS = 6
# Kinds of more than one, in whose list the number of the street may stand ("Entrées 12, 14 rue …").
_MANY = {
    "BATIMENTS",
    "BATS",
    "TOURS",
    "IMMEUBLES",
    "BLOCS",
    "ENTREES",
    "ESCALIERS",
    "HALLS",
    "CAGES",
    "PORTES",
}


@dataclass
class Units:
    """What an address says beyond its number: ``(kind, value, start, end)`` of each unit, and what is left."""

    found: list[tuple[str, str, int, int]] = field(default_factory=list)
    rest: list[Token] = field(default_factory=list)
    # Where a number stands that may be the building's or the street's ("Tour 26 rue des Essais").
    doubtful: tuple[int, int] | None = None
    # A range of units or a choice between them.
    several: Doubt | None = None

    @property
    def key(self) -> str:
        """Return the key of the units, ``BAT A ESC 2``, the same in whatever order they were written."""
        distinct = {(UNIT_ORDER.index(kind), kind, value) for kind, value, _start, _end in self.found}
        named = [f"{kind} {value}" for _order, kind, value in sorted(distinct)]
        if self.several and not any(UNTOLD in unit for unit in named):
            named[0] += UNTOLD
        return " ".join(named)


def take_units(tokens: list[Token]) -> Units:
    """Return the units that the tokens name; a gap stands in what is left where one was."""
    units = Units()
    position = 0
    while position < len(tokens):
        end = _after_floor(tokens, position) or _read_unit(tokens, position, units)
        if end == position:
            units.rest.append(tokens[position])
            position += 1
        else:
            units.rest.append(gap(tokens[position].start, tokens[end - 1].end))
            position = end
    units.several = units.several or _several(tokens, units)
    return units


def _several(tokens: list[Token], units: Units) -> Doubt | None:
    """Return the doubt about units of which a choice, a range or only the neighbourhood is told; None for no doubt."""
    if not units.found:
        return None
    starts = {start for _kind, _value, start, _end in units.found}
    at = [position for position, token in enumerate(tokens) if token.start in starts and token.word]
    chosen = any(text_at(tokens, position - 1) == "OU" for position in at[1:])
    values = {kind: {v for k, v, _start, _end in units.found if k == kind} for kind, *_rest in units.found}
    twice = any(len(found) > 1 for found in values.values())
    if chosen or twice or any(is_beside_unit(tokens, position) for position in at):
        return Doubt(Unclear.UNITS, (min(starts), max(end for *_unit, end in units.found)))
    return None


def without_lots(tokens: list[Token]) -> list[Token]:
    """Return the tokens without the lots of a project ("LOT D1B - 86 rue des Haies")."""
    rest: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        value, end = "", position
        if token.word and token.text in LOTS and not _in_a_name(tokens, position):
            value, end = read_values(tokens, _after_signs(tokens, position + 1), numbered=False)
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
        value, end = read_values(tokens, _after_signs(tokens, position + 1), numbered=False)
        return end if value else position + 1
    if glued := _GLUED.fullmatch(token.text):
        units.found.append((glued[1], str(int(glued[2])), token.start, token.end))
        return position + 1
    numbered = any(other.number is not None for other in units.rest)
    kind = _KINDS.get(token.text, "") or _entrance_after(tokens, position, numbered=numbered)
    if not kind or _in_a_name(tokens, position):
        return position
    value, end = _read_value(tokens, position, units, numbered=numbered)
    if not value:
        return position
    units.found.append((kind, value, token.start, tokens[end - 1].end))
    return end


def _read_value(tokens: list[Token], position: int, units: Units, *, numbered: bool) -> tuple[str, int]:
    """Return the value behind the word of a unit, and the position after it; note what nobody can tell in it."""
    token = tokens[position]
    start = _after_signs(tokens, position + 1)
    value, end = read_values(tokens, start, numbered=numbered)
    if doors := _doors_joined(tokens, start, end, many=token.text in _MANY and value.isalnum()):
        # "Entrées 12 et 14 rue …": nobody can tell how many of them are entrances.
        value, end = UNTOLD.join([value, *(str(t.number) for t in tokens[end:doors] if t.number)]), doors
        units.doubtful = tokens[start].start, tokens[end - 1].end
    elif value and is_before_street(tokens, start):
        # The number touches both.
        units.doubtful = tokens[start].start, tokens[end - 1].end
    elif UNTOLD in value:
        units.several = units.several or Doubt(Unclear.UNITS, (tokens[start].start, tokens[end - 1].end))
    if not value:
        value, end = _name(tokens, position, start)
        if value and is_before_street(tokens, end):
            # "Tour Horizon 12 rue …".
            value, units.doubtful = f"{value}_{tokens[end].text}", (tokens[end].start, tokens[end].end)
            end += 1
    return value, end


def _after_floor(tokens: list[Token], position: int) -> int:
    """Return the position after the words of a floor ("2e étage", "rdc"); 0 where there are none."""
    token, following = tokens[position], text_at(tokens, position + 1)
    if token.text in FLOORS and not _in_a_name(tokens, position):
        return position + 1
    if token.text == "REZ" and "CHAUSSEE" in (texts := [t.text for t in tokens[position : position + 5]]):
        return position + texts.index("CHAUSSEE") + 1
    counted = token.number is not None or FLOOR.fullmatch(token.text)
    return position + 2 if counted and following in {"ETAGE", "ETAGES", "ETG"} else 0


def _entrance_after(tokens: list[Token], position: int, *, numbered: bool) -> str:
    """Return the kind of an entrance whose word is a street's elsewhere ("12 rue des Essais, allée B"), or ""."""
    kind = ENTRANCES_AFTER.get(tokens[position].text, "")
    if not kind or not numbered or _is_article(tokens, position - 1):
        return ""
    # The positions behind numbers; one that stands before this word makes it the street: "12 rue X / 3 allée B".
    numbers = (at for at in range(position) if tokens[at].number is not None)
    behind = [after_separators(tokens, read_run(tokens, at).end, SEPARATORS) for at in numbers]
    if position in behind or not any(at < position and is_street(tokens, at) for at in behind):
        return ""
    start = _after_signs(tokens, position + 1)
    _value, end = read_values(tokens, start, numbered=True)
    alone = end > start and (end >= len(tokens) or tokens[end].breaks or tokens[end].text in _KINDS)
    return kind if alone else ""


def _doors_joined(tokens: list[Token], start: int, end: int, *, many: bool) -> int:
    """Return the position after the numbers of a street that a list of units runs into; 0 where it does not."""
    if start >= len(tokens) or end == start or tokens[start].number is None or end + 1 >= len(tokens):
        return 0
    at = end
    while at < len(tokens) and at - end < MOST_JOINING and is_joining(tokens, at):
        at += 1
    between = {token.text for token in tokens[end:at]}
    several = between & {"ET", "OU", "A", "AU", "JUSQU", "&", "+", "/"} or (many and between & {",", "-"})
    return end_of_doors(tokens, at) if several else 0


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
        text_at(tokens, position) == "D"
        and tokens[position].elided
        and text_at(tokens, position + 1) == "ESCALIER"
    ):
        position += 2
    if text_at(tokens, position) == ":":
        position += 1
    if (
        text_at(tokens, position) == "A"
        and tokens[position].accented
        and text_at(tokens, position + 1) in SIDES
    ):
        position += 1
    if (
        text_at(tokens, position) in NUMBER_SIGNS
        and position + 1 < len(tokens)
        and read_short(tokens, position + 1)
    ):
        position += 1
    return position


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
