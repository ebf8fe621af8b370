"""Keep a spreadsheet from computing what people typed in a cell."""

import re

_NUMBER = re.compile(r"[+-]?\d[\d\s]*([.,]\d+)?")


def harmless(value: str) -> str:
    """Return ``value`` so that a spreadsheet shows it as text instead of computing it.

    A text that begins like a formula gets an apostrophe in front; a plain number stays a number.
    """
    opens_formula = value.lstrip(" \n")[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return f"'{value}" if opens_formula and not _NUMBER.fullmatch(value.strip()) else value
