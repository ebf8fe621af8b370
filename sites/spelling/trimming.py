"""Take out of an address what is none of it: what is in parentheses, an "et" that is left over."""

from .tokens import Token, gap
from .words import ORDINALS, TYPES


def without_parentheses(tokens: list[Token]) -> list[Token]:
    """Return the tokens without what is in parentheses, but for what belongs to a number: "12 (bis)", "12 (14)"."""
    depth = 0
    kept: list[Token] = []
    for position, token in enumerate(tokens):
        if not depth and kept and kept[-1].number is not None and _is_of_number(tokens, position):
            continue
        if depth == 0 and token.mark and token.text in ")]" and kept and kept[-1] is tokens[position - 1]:
            continue
        if token.mark and token.text in "([":
            depth += 1
            kept.append(gap(token.start, token.end))
        elif token.mark and token.text in ")]":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(token)
    return kept


def _is_of_number(tokens: list[Token], position: int) -> bool:
    """Say whether a parenthesis opens at a position around a letter, an ordinal or a number alone."""
    if tokens[position].text not in {"(", "["} or position + 2 >= len(tokens):
        return False
    inner = tokens[position + 1]
    alone = inner.letter or inner.text in ORDINALS or inner.number is not None
    return alone and tokens[position + 2].text in {")", "]"}


def without_trailing_and(tokens: list[Token]) -> list[Token]:
    """Remove the "et" that stood between "pairs" and "impairs", and the word "numéros"."""
    kept = []
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        joins = token.text == "ET" and (following is None or (following.mark or following.text in TYPES))
        if not joins:
            kept.append(token)
    return kept
