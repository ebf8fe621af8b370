"""Replace the characters that the typeface of documents lacks: the typesetter would refuse them."""

from functools import cache
from pathlib import Path
from typing import Any

from core.text import visible

# The characters that Libertinus Serif has in all four styles (upright, italic, semi-bold and bold), as
# ranges of code points; a test typesets each of them.
TABLE = Path(__file__).resolve().parent / "typeface.txt"
SUBSTITUTE = "□"


def showable(value: Any) -> Any:
    """Return the JSON data with texts that the typeface can show.

    A character that the typeface lacks becomes ``□``; characters that are always invisible are removed.
    """
    if isinstance(value, str):
        return _showable(value)
    if isinstance(value, dict):
        return {name: showable(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [showable(held) for held in value]
    return value


def _showable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    known = characters()
    return "".join(character if character in known else SUBSTITUTE for character in visible(text))


@cache
def characters() -> frozenset[str]:
    """Return the characters that the typeface has."""
    ranges = (line.split("-") for line in TABLE.read_text(encoding="ascii").split())
    return frozenset(chr(code) for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1))
