"""Tell the places beside a door from the door: "en face du 12", "à l’angle du 12"."""

from .numbers import Run
from .tokens import Token
from .words import ARTICLES, BESIDE, BESIDE_AND_BREAK, TOWARDS


def word_beside(tokens: list[Token], position: int) -> int | None:
    """Return where a word stands that makes of the number at a position a place beside it ("en face du 12")."""
    at = position - 1
    while at >= 0 and tokens[at].number is None and not tokens[at].breaks:
        if _is_beside(tokens, at):
            return at
        at -= 1
    broken = at > 0 and tokens[at].breaks and tokens[at - 1].text in BESIDE_AND_BREAK
    return at - 1 if broken and _is_beside(tokens, at - 1) else None


def is_beside_unit(tokens: list[Token], position: int) -> bool:
    """Say whether a unit at a position is only what a place is told by: "en face du bât. A", "sauf hall 2"."""
    at = position - 1
    while at >= 0 and (tokens[at].text in ARTICLES or tokens[at].text in {"A", "AU", "AUX"}):
        at -= 1
    return at >= 0 and (_is_beside(tokens, at) or tokens[at].text in {"EXCEPTE", "SANS"})


def _is_beside(tokens: list[Token], position: int) -> bool:
    text = tokens[position].text
    if text == "COTE":
        return position > 0 and tokens[position - 1].text == "A"
    if text == "PRES":
        return position + 1 < len(tokens) and tokens[position + 1].text in {"DU", "DE", "D", "DES"}
    return tokens[position].word and text in BESIDE


def beside_span(tokens: list[Token], word: int, run: Run) -> tuple[int, int]:
    """Return the span of the words that say beside what the place is."""
    while word and (
        tokens[word - 1].text in TOWARDS or tokens[word - 1].tight or _is_beside(tokens, word - 1)
    ):
        word -= 1
    return tokens[word].start, run.span[0]
