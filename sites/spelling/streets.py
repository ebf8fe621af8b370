"""Find the streets of an address and the numbers that touch them."""

from typing import NamedTuple

from .beside import beside_span, word_beside
from .numbers import (
    MOST_DOORS,
    SEPARATORS,
    Doubt,
    Run,
    Unclear,
    after_separators,
    is_street,
    numbers_key,
    read_run,
    together,
)
from .tokens import FLOOR, GAP, Token
from .trimming import without_parentheses, without_trailing_and
from .words import (
    ARTICLES,
    BEFORE_NUMBERS,
    CORNERS,
    ESTATES,
    INNER_TYPES,
    MONTHS,
    NAMED_AS_ESTATES,
    NUMBER_SIGNS,
    ROADS,
    TITLES,
    TYPES,
)

_FIVE_DIGITS = 5
_SIDES = {"PAIR", "PAIRS", "IMPAIR", "IMPAIRS"}
_MOST_AFTER = 999
# Estates of one name are numbered up to here ("Horizon 2"); a higher number may begin the doors of a street.
_MOST_ESTATES = 9


class Part(NamedTuple):
    """The numbers and the street of one part of an address, as keys write them."""

    numbers: str
    street: str


class _Found(NamedTuple):
    run: Run
    start: int
    street: int
    # The position after the street, where that is known already.
    end: int | None = None


def read_parts(tokens: list[Token]) -> tuple[list[Part], Doubt | None]:
    """Return the streets with their numbers, and why the numbers cannot be told."""
    sides = {token.text for token in tokens} & _SIDES
    tokens = [token for token in without_parentheses(tokens) if token.text not in _SIDES]
    if both := len({side.startswith("IM") for side in sides}) > 1:
        tokens = without_trailing_and(tokens)
    tokens = _without_postcode(tokens)
    found, question = _before_streets(tokens)
    if not found and not question:
        found = _at_the_start(tokens) or _after_street(tokens)
        if found and _after_a_name(tokens, found[0]):
            found, question = [], Doubt(Unclear.NUMBER_OR_NAME, found[0].run.span)
    parts = []
    for position, part in enumerate(found):
        end = part.end
        if end is None:
            end = found[position + 1].start if position + 1 < len(found) else len(tokens)
        numbers, unclear = numbers_key(part.run, both_sides=both)
        if unclear and not question:
            question = Doubt(unclear, part.run.span, tuple(map(str, part.run.numbers)))
        street = street_key(_cut_street(tokens[part.street : end]))
        if numbers and street:
            parts.append(Part(numbers, street))
    return parts, question


def street_key(tokens: list[Token]) -> str:
    """Return the words of a street in full and without articles."""
    full: list[str] = []
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        # A single L or D that no word follows is a street's letter ("allée D").
        alone = len(token.text) == 1 and (following is None or following.mark)
        if not token.mark and (token.text not in ARTICLES or alone):
            full.append(_in_full(token, following, first=not full))
    return " ".join(full) or " ".join(token.text for token in tokens if not token.mark)


def _in_full(token: Token, following: Token | None, *, first: bool) -> str:
    text = token.text
    if first and text in TYPES:
        return TYPES[text]
    if text in TITLES and following is not None and following.text not in ARTICLES:
        return TITLES[text]
    return INNER_TYPES.get(text, text)


def _without_postcode(tokens: list[Token]) -> list[Token]:
    """Cut a postcode and what follows it; one at the start is removed with its town."""
    for position, token in enumerate(tokens):
        if not _is_postcode(tokens, position):
            continue
        before = tokens[:position]
        if any(not other.mark for other in before):
            return before[:-2] if len(before) > 1 and before[-2].text == "F" and before[-1].tight else before
        after = position + 1
        while after < len(tokens) and tokens[after].word and not is_street(tokens, after):
            after += 1
        return _without_postcode(tokens[after:]) if token.end - token.start == _FIVE_DIGITS else tokens
    return tokens


def _is_postcode(tokens: list[Token], position: int) -> bool:
    token = tokens[position]
    if token.number is None or token.suffix or token.end - token.start != _FIVE_DIGITS:
        return False
    if position and tokens[position - 1].text in NUMBER_SIGNS:
        return False
    run = read_run(tokens, position)
    return not is_street(tokens, after_separators(tokens, run.end, {","}))


def _before_streets(tokens: list[Token]) -> tuple[list[_Found], Doubt | None]:
    """Return the numbers that stand before a kind of street."""
    found: list[_Found] = []
    question: Doubt | None = None
    beside: list[tuple[_Found, int]] = []
    # Numbers before the next street that are no name's.
    left: list[tuple[int, Run]] = []
    position = 0
    # Whether what is read belongs to a street, and to one that has its numbers before it.
    in_street = in_numbered_street = False
    while position < len(tokens):
        token = tokens[position]
        if token.number is None:
            in_street = is_street(tokens, position) or (in_street and not token.breaks)
            in_numbered_street = in_numbered_street and in_street
            position += 1
            continue
        run = read_run(tokens, position)
        street = after_separators(tokens, run.end, SEPARATORS)
        before = tokens[position - 1] if position else None
        if is_street(tokens, street) and not (in_street and _begins_name(before)):
            named = not in_numbered_street and _is_name(before)
            word = word_beside(tokens, position)
            touching = run if word is not None else _touching(run, tokens[run.end : street], named=named)
            if isinstance(touching, Run):
                start = left[0][0] if left else position
                found.append(_Found(together([run for _at, run in left], touching), start, street))
                if word is not None:
                    beside.append((found[-1], word))
                left = []
                in_street = in_numbered_street = True
                position = street
                continue
            question = question or (Doubt(touching, run.span) if touching else None)
        elif not (_is_name(before) or (in_street and _begins_name(before)) or _is_day(tokens, run)):
            left.append((position, run))
        position = run.end
    if beside and not (len(found) > 1 and tokens[beside[0][1]].text in CORNERS):
        at, word = beside[0]
        return [], question or Doubt(Unclear.BESIDE, beside_span(tokens, word, at.run))
    return found, question


def _is_day(tokens: list[Token], run: Run) -> bool:
    """Say whether a month follows the numbers ("8 mai 1945")."""
    return run.end < len(tokens) and tokens[run.end].text in MONTHS


def _begins_name(token: Token | None) -> bool:
    """Say whether a number after this token of a street is part of its name ("rue des 2 Cours")."""
    return token is not None and token.word and token.text in (ARTICLES | TYPES.keys()) - {"ET"}


def _is_name(token: Token | None) -> bool:
    """Say whether a number after this token may be the token's: "Horizon 2", not "n° 2"."""
    return token is not None and token.word and token.text not in BEFORE_NUMBERS


def _touching(run: Run, between: list[Token], *, named: bool) -> Run | Unclear | None:
    """Return those of the numbers that touch the street, where a word (``named``) may touch the first.

    None where a mark other than a comma parts the numbers from the street.
    """
    if not named:
        return run
    if run.joins and run.joins[0] in {",", " - "} and not _may_be_doors(run):
        # "Horizon 2 - 30 rue des Essais": the first is the estate's.
        return Run(run.numbers[1:], run.joins[1:], run.end, run.span)
    marks = [token.text for token in between if token.text != GAP]
    if not run.joins and marks and marks[0] != ",":
        return None
    return Unclear.NUMBER_OR_NAME


def _may_be_doors(run: Run) -> bool:
    """Say whether the first two numbers, joined to a name, may be doors of the street ("Horizon 12 - 14 rue …")."""
    first, second = run.numbers[:2]
    doors = (second.value - first.value) // 2 + 1
    return first.value > _MOST_ESTATES and 1 <= doors <= MOST_DOORS


def _at_the_start(tokens: list[Token]) -> list[_Found]:
    """Return the numbers that begin an address without a kind of street ("5 Les Hauts de Brume")."""
    start = next((position for position, token in enumerate(tokens) if not token.mark), None)
    if start is None or tokens[start].number is None:
        return []
    run = read_run(tokens, start)
    street = after_separators(tokens, run.end, {","})
    if street >= len(tokens) or not tokens[street].word or tokens[street].text in MONTHS:
        return []
    return [_Found(run, start, street)]


def _after_street(tokens: list[Token]) -> list[_Found]:
    """Return the numbers that stand after their street ("rue des Essais, 24")."""
    start = next(
        (p for p in range(len(tokens)) if is_street(tokens, p) and not _follows_article(tokens, p)), None
    )
    if start is None or TYPES.get(tokens[start].text) in ESTATES:
        return []
    loose = TYPES.get(tokens[start].text) not in NAMED_AS_ESTATES
    for position in range(start + 2, len(tokens)):
        if tokens[position].number is None or not _may_follow(tokens, position, loose=loose):
            if tokens[position].breaks and tokens[position].text not in {",", GAP, "-"}:
                return []
            continue
        run = read_run(tokens, position)
        ends = run.end >= len(tokens) or tokens[run.end].breaks
        ends = ends and not is_street(tokens, after_separators(tokens, run.end, SEPARATORS))
        street = _without_sign(tokens, start, position)
        return [_Found(run, start, start, street)] if ends and street > start + 1 else []
    return []


def _after_a_name(tokens: list[Token], found: _Found) -> bool:
    """Say whether a name, parted from the street before it, touches the number: "rue des Essais, Horizon 12"."""
    if found.end is None:
        return False
    return any(token.breaks for token in tokens[found.street : found.end])


def _follows_article(tokens: list[Token], position: int) -> bool:
    return position > 0 and tokens[position - 1].text in ARTICLES


def _may_follow(tokens: list[Token], position: int, *, loose: bool) -> bool:
    """Say whether a number after a street's name is a door and not a part of the name ("8 mai 1945").

    ``loose`` allows it without a comma or "n°" before it.
    """
    before = tokens[position - 1]
    if before.mark:
        return before.breaks
    if before.text in NUMBER_SIGNS:
        return True
    named = before.text in MONTHS | ARTICLES | ROADS or before.text in TYPES or before.number is not None
    return loose and not named and (tokens[position].number or 0) <= _MOST_AFTER


def _without_sign(tokens: list[Token], start: int, position: int) -> int:
    """Return where the street ends before a number: before the comma and the "n°"."""
    while position > start and (tokens[position - 1].mark or tokens[position - 1].text in NUMBER_SIGNS):
        position -= 1
    return position


def _cut_street(tokens: list[Token]) -> list[Token]:
    """Return the tokens of a street without what is added to it: a town after a comma, an estate's name."""
    names = 0
    for position, token in enumerate(tokens):
        if token.mark:
            if names > 1 and token.text in {",", GAP, ";", "|"}:
                return tokens[:position]
            continue
        before = tokens[position - 1] if position else None
        if (
            names > 1
            and position + 1 == len(tokens)
            and FLOOR.fullmatch(token.text)
            and not _follows_article(tokens, position)
        ):
            # "12 rue des Essais 3ème".
            return tokens[:position]
        estate = token.text in {"RESIDENCE", "RESID", "RES"} and names > 1
        if estate and before is not None and before.text not in ARTICLES and before.text not in TYPES:
            return tokens[:position]
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        alone = len(token.text) == 1 and (following is None or following.mark)
        names += token.text not in ARTICLES or alone
    return tokens
