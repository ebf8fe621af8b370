"""Read the numbers of doors: "12 bis", "16-20", "12, 14 et 16", "16 au 21"."""

import itertools
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .tokens import GAP, Token
from .words import ADJECTIVES, CLEAR_TYPES, NUMBER_SIGNS, ORDINALS, TYPES

MOST_DOORS = 40
# What may stand between numbers and their street.
SEPARATORS = {",", "-", ":"}
_LISTS = {",", "/", "&", "+", ";", "ET"}
_SPANS = {"A", "AU"}
# What may stand between two numbers of one address, and of that what says nothing of how they belong together.
_JOINING = _LISTS | _SPANS | NUMBER_SIGNS | {"-", "OU", "JUSQU", "LE", "LES"}
_SAYING_NOTHING = NUMBER_SIGNS | {"JUSQU", "LE", "LES"}
_MOST_JOINING = 5
_UNTOLD = "?"
# Letters that a word of a name rarely begins with ("12 B Les Pins"; never "12 D Artagnan").
_LETTERS_BEFORE_WORDS = set("ABCEFGHIJK")


class Unclear(StrEnum):
    """The reasons why the numbers of an address cannot be told."""

    TOO_MANY = "too_many_doors"
    BOTH_SIDES = "both_sides"
    BACKWARDS = "backwards"
    NUMBER_OR_NAME = "number_or_name"
    SEVERAL = "several_doors"
    BESIDE = "beside_a_door"
    UNITS = "several_units"


class Doubt(NamedTuple):
    """Why an address cannot be told, and where what is unclear stands in the text.

    ``numbers`` are the doors of :attr:`Unclear.SEVERAL`. The span of :attr:`Unclear.BESIDE` is that of the words
    before the number.
    """

    why: Unclear
    span: tuple[int, int]
    numbers: tuple[str, ...] = ()


class Number(NamedTuple):
    """The number of a door; ``suffix`` is empty, letters (``A``, ``ABIS``) or an ordinal (``BIS``)."""

    value: int
    suffix: str = ""

    def __str__(self) -> str:
        """Return the number as keys write it."""
        return f"{self.value}{self.suffix}"


@dataclass
class Run:
    """Numbers that stand together, what joins them (one fewer), and the position after them.

    ``span`` is where they stand in the text.
    """

    numbers: list[Number]
    joins: list[str]
    end: int
    span: tuple[int, int] = (0, 0)


def read_run(tokens: list[Token], position: int) -> Run:
    """Return the numbers that begin at a position where a number stands."""
    first, end = _read_number(tokens, position)
    run = Run([first], [], end)
    while (following := _join(tokens, run.end)) is not None:
        join, at = following
        before, comma = run.numbers[-1], tokens[run.end]
        number, end = _read_number(tokens, at)
        if (
            join == ","
            and number.value < before.value
            and tokens[at].start == comma.end
            and comma.text == ","
        ):
            # "12,5" may be a fraction.
            join = _UNTOLD
        run.end = end
        run.joins.append(join)
        run.numbers.append(number)
    run.span = tokens[position].start, tokens[run.end - 1].end
    return run


def is_before_street(tokens: list[Token], position: int) -> bool:
    """Say whether a number at a position, and nothing else, stands before a kind of street."""
    if position >= len(tokens) or tokens[position].number is None:
        return False
    return is_street(tokens, _read_number(tokens, position)[1])


def end_of_doors(tokens: list[Token], position: int) -> int:
    """Return the position after the numbers at a position that belong to a street behind them; 0 for none."""
    if position >= len(tokens) or tokens[position].number is None:
        return 0
    end = read_run(tokens, position).end
    return end if is_street(tokens, after_separators(tokens, end, SEPARATORS)) else 0


def is_street(tokens: list[Token], position: int) -> bool:
    """Say whether a kind of street begins at a position ("rue", "Grande Rue")."""
    if position >= len(tokens) or not tokens[position].word:
        return False
    token = tokens[position]
    if token.text in TYPES and not token.elided:
        return True
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if following is None or not following.word:
        return False
    if token.text == "ROND":
        return following.text == "POINT"
    return token.text in ADJECTIVES and following.text in TYPES and following.text != "R"


def together(before: list[Run], run: Run) -> Run:
    """Return all the numbers that stand before a street: several that nothing joins cannot be told."""
    if not before:
        return run
    runs = [*before, run]
    numbers = [number for each in runs for number in each.numbers]
    return Run(numbers, [_UNTOLD] * (len(numbers) - 1), run.end, (runs[0].span[0], run.span[1]))


def numbers_key(run: Run, *, both_sides: bool) -> tuple[str, Unclear | None]:
    """Return the numbers as keys write them, and what is unclear in them.

    A key's ``12-16`` is one side of the street, ``12:17`` both, and ``3?260`` no door at all.
    """
    if _UNTOLD in run.joins or (run.joins and any(not number.value for number in run.numbers)):
        return _UNTOLD.join(map(str, run.numbers)), Unclear.SEVERAL
    items: list[str] = []
    doubt: Unclear | None = None
    for numbers, joins in _groups(run):
        written, unclear = _group(numbers, joins, both_sides=both_sides)
        items += written
        doubt = doubt or unclear
    unique = sorted(set(items), key=order)
    if not doubt and len(unique) > 1 and _is_row(unique):
        return f"{unique[0]}-{unique[-1]}", doubt
    return ",".join(unique), doubt


def order(number: str) -> tuple[int, str]:
    """Return the sort key of a number or a range, 9 before 12."""
    digits = "".join(itertools.takewhile(str.isdigit, number))
    return int(digits or 0), number


def _read_number(tokens: list[Token], position: int) -> tuple[Number, int]:
    token = tokens[position]
    position += 1
    suffix = token.suffix
    if not suffix:
        suffix, position = _letter(tokens, position)
    if not suffix and _texts(tokens, position)[:1] == [","] and ORDINALS & set(_texts(tokens, position)[1:]):
        position += 1
    if len(suffix) <= 1 and position < len(tokens) and tokens[position].text in ORDINALS:
        suffix, position = suffix + tokens[position].text, position + 1
    return Number(token.number or 0, suffix), position


def _texts(tokens: list[Token], position: int) -> list[str]:
    return [token.text for token in tokens[position : position + 2]]


def _letter(tokens: list[Token], position: int) -> tuple[str, int]:
    """Return the letter of a number, and the position after it: ``42 A bis``, ``20 H rue``; not "16 à 20"."""
    if position >= len(tokens) or not tokens[position].letter:
        return "", position
    letter = tokens[position].text
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    if following is not None and following.number is not None:
        return "", position
    if letter == "R" and not (following is not None and following.text in CLEAR_TYPES):
        return "", position
    ends = following is None or following.mark or following.text in ORDINALS | _LISTS | _SPANS | {"OU"}
    if ends or is_street(tokens, position + 1) or letter in _LETTERS_BEFORE_WORDS:
        return letter, position + 1
    return "", position


def _join(tokens: list[Token], position: int) -> tuple[str, int] | None:
    """Return what joins a further number, and where that stands; None where the numbers end."""
    at = position
    while at < len(tokens) and at - position < _MOST_JOINING and _is_joining(tokens[at]):
        at += 1
    if at == position or at >= len(tokens) or tokens[at].number is None:
        return None
    texts = [token.text for token in tokens[position:at] if token.text not in _SAYING_NOTHING]
    if texts == ["-"]:
        return ("-" if tokens[position].tight else " - "), at
    if texts == ["ET"]:
        return "ET", at
    if texts == [",", "ET"] or (len(texts) == 1 and texts[0] in _LISTS):
        return ",", at
    return ("A" if len(texts) == 1 and texts[0] in _SPANS else _UNTOLD), at


def _is_joining(token: Token) -> bool:
    """Say whether a token may stand between two numbers of one address; an unknown mark does so without spaces."""
    return token.number is None and (token.text in _JOINING or (token.mark and token.tight))


def _groups(run: Run) -> list[tuple[list[Number], list[str]]]:
    """Return the numbers between commas, with the joins in between."""
    groups: list[tuple[list[Number], list[str]]] = [([run.numbers[0]], [])]
    # "42-52 - 58-60" is two ranges: between tight ranges a dash with spaces is a comma.
    spaced_parts = "-" in run.joins
    for join, number in zip(run.joins, run.numbers[1:], strict=True):
        if join in {",", "ET"} or (join == " - " and spaced_parts):
            groups.append(([number], []))
        else:
            groups[-1][0].append(number)
            groups[-1][1].append(join)
    return groups


def _group(numbers: list[Number], joins: list[str], *, both_sides: bool) -> tuple[list[str], Unclear | None]:
    if len(numbers) != 2:  # noqa: PLR2004
        # Of more than two numbers joined by dashes only those named are doors, unless they are neighbours.
        return [str(number) for number in numbers], None
    low, high = numbers
    if joins[0] != "A" and high.value - low.value == 1:
        return [str(low), str(high)], None
    unlike = low.value % 2 != high.value % 2
    said = both_sides or joins[0] == "A"
    unclear = None
    doors = high.value - low.value + 1 if both_sides or unlike else (high.value - low.value) // 2 + 1
    if low.value > high.value:
        unclear = Unclear.BACKWARDS
    elif unlike and not said:
        unclear = Unclear.BOTH_SIDES
    if doors > MOST_DOORS:
        unclear = Unclear.TOO_MANY
    if low == high:
        return [str(low)], None
    sign = "?" if unclear else ":" if both_sides or unlike else "-"
    ends = (low, high) if sign == "?" else sorted(numbers)
    return [f"{ends[0]}{sign}{ends[1]}"], unclear


def _is_row(numbers: list[str]) -> bool:
    """Say whether these are neighbouring doors on one side of a street: 12, 14, 16."""
    if not all(number.isdigit() for number in numbers):
        return False
    values = [int(number) for number in numbers]
    return all(b - a == 2 for a, b in itertools.pairwise(values))  # noqa: PLR2004


def after_separators(tokens: list[Token], position: int, marks: set[str]) -> int:
    """Return the position after one of the marks and after what was taken out."""
    position = skip_gaps(tokens, position)
    if position < len(tokens) and tokens[position].mark and tokens[position].text in marks:
        position += 1
    return skip_gaps(tokens, position)


def skip_gaps(tokens: list[Token], position: int) -> int:
    """Return the position of the next token that is no gap."""
    while position < len(tokens) and tokens[position].text == GAP:
        position += 1
    return position
