"""Cells of a CSV or of a spreadsheet that no program takes for a formula."""

import re

_NUMBER = re.compile(r"[+-]?\d[\d\s]*([.,]\d+)?")


def harmless(value: str) -> str:
    """Return ``value`` so that a spreadsheet shows it and does not compute it.

    What begins like a formula gets an apostrophe in front; a plain number stays one.
    """
    opens_formula = value.lstrip(" \n")[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return f"'{value}" if opens_formula and not _NUMBER.fullmatch(value.strip()) else value
