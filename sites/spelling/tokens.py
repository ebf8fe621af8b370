"""Cut a text into words, numbers and marks, each with its place in the text."""

import re
import unicodedata
from dataclasses import dataclass

from .words import ORDINALS

# A whole number as spreadsheets export it among fractions: "26.0", "26,0".
_FRACTION = re.compile(r"(?<![\w.,])([0-9]{1,5})[.,]0+(?![.,]?\w)")
_TOKEN = re.compile(rf"{_FRACTION.pattern}|[^\W_]+|[^\w\s]|_")
_NUMBER = re.compile(rf"([0-9]{{1,5}})([A-Z]?(?:{'|'.join(sorted(ORDINALS))})?)")
_DASHES = dict.fromkeys("‐–—−", "-")
_APOSTROPHES = "'’ʼ`´′"
_MARKS = set(",;:|()[]/&+-")
GAP = "#"
# The number of a floor: 1ER, 2E, 3EME.
FLOOR = re.compile(r"[0-9]{1,2}(?:ER|ERE|E|ND|NDE|EME|IEME)")


@dataclass(slots=True)
class Token:
    """A word, a number or a mark of an address.

    Attributes:
        text: in capitals without accents; a mark, or :data:`GAP` for what was taken out.
        start, end: where it stands in the text that was cut.
        number: what a number says, else None; ``suffix`` its letter or ordinal when written in one (``12BIS``).
        accented: whether accents were removed, which tells ``à`` from ``A``.
        elided: whether an apostrophe follows.
        tight: of a dash, whether it touches what stands on both sides.
    """

    text: str
    start: int
    end: int
    mark: bool = False
    number: int | None = None
    suffix: str = ""
    accented: bool = False
    elided: bool = False
    tight: bool = False

    @property
    def word(self) -> bool:
        """Say whether this is a word."""
        return not self.mark and self.number is None

    @property
    def breaks(self) -> bool:
        """Say whether this separates what stands on its sides."""
        return self.mark and not self.tight

    @property
    def letter(self) -> bool:
        """Say whether this is a letter on its own, as after a number or a building."""
        return len(self.text) == 1 and "A" <= self.text <= "Z" and not (self.accented or self.elided)


def plain(text: str) -> str:
    """Return ``text`` in capitals, without accents, with single spaces."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'")
    if text.isascii():
        return " ".join(text.upper().split())
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).upper().split())


def whole_numbers(text: str) -> str:
    """Return ``text`` with each whole number that is written as a fraction ("26.0") as that number."""
    return _FRACTION.sub(r"\1", text)


def cut(text: str) -> list[Token]:
    """Return the tokens of ``text``, in time that grows with its length."""
    tokens: list[Token] = []
    for found in _TOKEN.finditer(text):
        raw, start, end = found[0], found.start(), found.end()
        if raw in _APOSTROPHES:
            if tokens:
                tokens[-1].elided = True
        elif raw[0].isalnum():
            tokens.append(_word(raw, start, end))
        elif (mark := _DASHES.get(raw, raw)) in _MARKS:
            tight = mark == "-" and not any(map(str.isspace, text[start - 1 : end + 1]))
            tight = tight and start > 0 and end < len(text)
            tokens.append(Token(mark, start, end, mark=True, tight=tight))
        elif text[max(0, start - 1) : start].isdigit() and text[end : end + 1].isdigit():
            # Whatever parts two numbers ("12.14", "12_14") keeps them from being read as one or as the last.
            tokens.append(Token(raw, start, end, mark=True, tight=True))
    return tokens


def gap(start: int, end: int) -> Token:
    """Return the mark that stands where something was taken out."""
    return Token(GAP, start, end, mark=True)


def _word(raw: str, start: int, end: int) -> Token:
    raw = re.split("[.,]", raw)[0]
    text = plain(raw)
    token = Token(text, start, end, accented=text != raw.upper())
    if found := _NUMBER.fullmatch(text):
        token.number, token.suffix = int(found[1]), found[2]
    return token
