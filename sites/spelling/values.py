"""Read the values of units: "A", "2 bis", "B 2", "A et B", "A à C"."""

import re

from .numbers import end_of_doors, is_street
from .tokens import Token
from .words import ARTICLES, BUILDINGS, COUNTED, ENTRANCES, ORDINALS, ROMAN, SIDES, TYPES

# Between values that nobody can tell apart: a range, a choice, or what no word joins.
UNTOLD = "?"
MOST_JOINING = 3
_LONGEST_NUMBER, _MOST_DIGITS = 9_999, 3
_CODE = re.compile(r"[A-Z]{1,2}[0-9]{1,3}[A-Z]?|[A-Z]{2}")
_SIDES = set(SIDES.values())
_KINDS = {**BUILDINGS, **ENTRANCES}


def read_values(tokens: list[Token], position: int, *, numbered: bool) -> tuple[str, int]:
    """Return a letter, a number or several ("A", "2 bis", "B2", "A,B"), and the position after it.

    Several that cannot be told, a range or a choice, have ``?`` between them. ``numbered`` says that the number of
    the street stands before.
    """
    value = read_short(tokens, position)
    if not value:
        return "", position
    end = position + 1
    if tokens[position].number is not None and text_at(tokens, end) in ORDINALS:
        value, end = value + tokens[end].text, end + 1
    first, values = tokens[position], [value]
    while joined := _joined(tokens, end, first, numbered=numbered):
        separator, value, end = joined
        values += [separator, value]
    return "".join(values), end


def _joined(
    tokens: list[Token], position: int, first: Token, *, numbered: bool
) -> tuple[str, str, int] | None:
    """Return what joins a further value to a unit's, that value, and the position after it; None where there is none."""
    at = position
    while at < len(tokens) and at - position < MOST_JOINING and is_joining(tokens, at):
        at += 1
    value = read_short(tokens, at)
    if not value or is_street(tokens, at) or _is_counted(tokens, at):
        return None
    following, joining = tokens[at], tokens[position:at]
    if end_of_doors(tokens, at) and not (joining and _ends_range(tokens, at)):
        return None
    if value in _SIDES:
        between = [token.text for token in joining]
        return ("-", value, at + 1) if between in ([], ["-"], ["A"], ["AU"], ["COTE"], [","]) else None
    if following.number is None and not (following.letter or any(map(str.isdigit, value))):
        # "Bât A - ST DENIS"; a list as tight as "A/AB" is one.
        return ("-", value, at + 1) if len(joining) == 1 and joining[0].tight else None
    separator = _separator(joining, first, following)
    # A number behind a building may begin a street without its kind: "Bât A 5 Les Hauts de Brume".
    ends = numbered or at + 1 >= len(tokens) or tokens[at + 1].breaks
    if following.number is not None and not ends and not (joining and joining[0].tight):
        return None
    return separator, value, at + 1


def _separator(joining: list[Token], first: Token, following: Token) -> str:
    alike = (following.number is None) == (first.number is None)
    if not joining:
        return UNTOLD if alike else ""
    [mark, *more] = joining
    if more or mark.text in {"OU", "A", "AU", "JUSQU"} or (mark.text == "-" and not mark.tight):
        return UNTOLD
    if mark.tight:
        return ("-" if alike else "") if mark.text == "-" else mark.text
    return "," if alike or mark.text == "," else UNTOLD


def _ends_range(tokens: list[Token], position: int) -> bool:
    """Say whether the number at a position ends a range of units, parted from the street's ("1 à 3, 12 rue …")."""
    parted = text_at(tokens, position + 1) in {",", "-"} and tokens[position + 1].breaks
    return (
        parted and tokens[position - 1].text in {"A", "AU", "OU"} and bool(end_of_doors(tokens, position + 2))
    )


def is_joining(tokens: list[Token], position: int) -> bool:
    """Say whether a token may stand between two values of units; the A of "A à C" is one, that of "B A" a value."""
    token = tokens[position]
    if token.mark:
        return token.tight or token.text in {"&", "/", "+", ",", "-"}
    if token.text == "A" and not token.accented:
        following = position + 1 < len(tokens) and tokens[position + 1]
        return bool(following and (following.letter or following.number is not None))
    return token.text in {"ET", "OU", "A", "AU", "JUSQU", "COTE"}


def _is_counted(tokens: list[Token], position: int) -> bool:
    """Say whether the number at a position is no unit's: a floor's, a postcode, how many there are of something."""
    token = tokens[position]
    if token.number is None:
        return False
    if token.end - token.start > _MOST_DIGITS:
        # A postcode.
        return True
    return token.suffix == "E" or text_at(tokens, position + 1) in COUNTED


def read_short(tokens: list[Token], position: int) -> str:
    """Return the value of a unit in one token: ``A``, ``3``, ``A2``, ``NORD``; empty where it is none."""
    if position >= len(tokens) or tokens[position].mark:
        return ""
    token = tokens[position]
    if token.number is not None:
        return f"{token.number}{token.suffix}" if 0 < token.number <= _LONGEST_NUMBER else ""
    if token.text in SIDES:
        return SIDES[token.text]
    if token.letter or token.text in ROMAN:
        return token.text
    code = _CODE.fullmatch(token.text) and not token.elided and token.text not in ARTICLES
    return token.text if code and token.text not in TYPES and token.text not in _KINDS else ""


def text_at(tokens: list[Token], position: int) -> str:
    """Return the text of a token; "" behind the last."""
    return tokens[position].text if position < len(tokens) else ""
