"""Make texts such that the typeface of the notes can show them: the typesetter refuses what it cannot."""

from functools import cache
from pathlib import Path
from typing import Any

from core.text import visible

# What the character maps of Libertinus Serif, upright, italic, semi-bold and bold, have in common, as
# ranges of code points; a test asks the typesetter for each of them.
TABLE = Path(__file__).resolve().parent / "typeface.txt"
SUBSTITUTE = "□"


def showable(value: Any) -> Any:
    """Return data of JSON in which each text is one that the typeface shows.

    A character that it lacks becomes ``□``; what is invisible in any typeface goes.
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
    """Return the characters that the typeface shows."""
    ranges = (line.split("-") for line in TABLE.read_text(encoding="ascii").split())
    return frozenset(chr(code) for first, last in ranges for code in range(int(first, 16), int(last, 16) + 1))
