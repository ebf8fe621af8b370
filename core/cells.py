"""Keep a spreadsheet from computing what people typed in a cell, and read such a cell again."""

import re

_NUMBER = re.compile(r"[+-]?\d[\d\s]*([.,]\d+)?")
_FORMULA = frozenset("=+-@\t\r")


def harmless(value: str) -> str:
    """Return ``value`` so that a spreadsheet shows it as text instead of computing it.

    A text that begins like a formula gets an apostrophe in front, and so does one that begins like a formula behind
    an apostrophe, so that :func:`as_written` gives each back; a plain number stays a number.
    """
    opens_formula = value.lstrip("' \n")[:1] in _FORMULA
    return f"'{value}" if opens_formula and not _NUMBER.fullmatch(value.strip()) else value


def as_written(cell: str) -> str:
    """Return the text that :func:`harmless` made ``cell`` of: without the apostrophe, if there is one of its own.

    >>> as_written(harmless("=1+1")), as_written("'t Zand")
    ('=1+1', "'t Zand")
    """
    return cell[1:] if cell[:1] == "'" and harmless(cell[1:]) == cell else cell
