"""Find where the table of a sheet begins: its row of titles, or its two."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from .contract import Row

# How many rows are looked at, and how far down the titles may stand.
HEAD = 200
_LOWEST = 40
_LONGEST_TITLE = 80
# The part of the table's width that a row of titles fills.
_FILLED = 0.6


class Layout(NamedTuple):
    """Where the titles stand: the number of their first row, and on how many rows; 0 in an empty sheet."""

    row: int
    rows: int


def find(head: Sequence[Row]) -> Layout:
    """Find the titles in the first rows of a sheet: the first row with text, unless that is clearly above a table.

    A row above a table fills few of its columns; a row of titles fills most, with short and different texts.
    """
    filled = [row for row in head if any(row.cells)]
    if not filled:
        return Layout(0, 0)
    width = usual_width(filled)
    first = 0
    if width > 1 and _fill(filled[0]) < _FILLED * width:
        first = next((i for i, row in enumerate(filled[:_LOWEST]) if _are_titles(row, width)), 0)
    if _is_upper(filled, first):
        return Layout(filled[first].number, 2)
    upper = first - 1
    if first and _is_upper(filled, upper):
        return Layout(filled[upper].number, 2)
    return Layout(filled[first].number, 1)


def usual_width(rows: Sequence[Row]) -> int:
    """Return the commonest position of the last filled cell of a row, the widest of several; 0 without any."""
    counts = Counter(extent(row.cells) for row in rows if any(row.cells))
    return max(counts, key=lambda width: (counts[width], width), default=0)


def header_of(head: Sequence[Row], layout: Layout) -> list[str]:
    """Return the titles of a sheet, those of two rows joined."""
    numbered = {row.number: row.cells for row in head}
    upper = [cell.strip() for cell in numbered.get(layout.row, [])]
    if layout.rows < 2:  # noqa: PLR2004
        return upper
    lower = [cell.strip() for cell in numbered.get(layout.row + 1, [])]
    width = max(len(upper), len(lower))
    upper, lower = _wide(upper, width), _wide(lower, width)
    titles, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        # A title that spans several columns is written over the first of them.
        group = above or (group if below else "")
        # A title merged over both rows is on both.
        titles.append(" ".join(dict.fromkeys(part for part in (group, below) if part)))
    return titles


def extent(cells: Sequence[str]) -> int:
    """Return the position, from 1, of the last filled cell; 0 in an empty row."""
    return max((position for position, cell in enumerate(cells, 1) if cell), default=0)


def looks_like_a_table(head: Sequence[Row]) -> tuple[int, int]:
    """Return how much a sheet looks like a table, to compare: the width and number of its even rows."""
    filled = [row for row in head if any(row.cells)]
    width = usual_width(filled)
    layout = find(head)
    body = [row for row in filled if row.number >= layout.row + layout.rows]
    even = sum(_fill(row) >= _FILLED * width for row in body)
    return (0, 0) if width < 2 or not even else (min(even, 2), width)  # noqa: PLR2004


def _is_upper(filled: Sequence[Row], position: int) -> bool:
    """Say whether a row holds titles over groups of columns, and the next one the titles of each."""
    if position + 2 >= len(filled):
        return False
    upper, lower, body = filled[position : position + 3]
    if lower.number != upper.number + 1 or _fill(upper) < 2:  # noqa: PLR2004
        return False
    width = max(len(upper.cells), len(lower.cells), len(body.cells))
    above, below, data = (_wide(row.cells, width) for row in (upper, lower, body))
    spread = any(b and not a for a, b in zip(above, below, strict=True))
    tops = all(map(_is_title, filter(None, above)))
    titled = all(map(_is_title, filter(None, below))) and _fill(lower) > 1
    # Below titles of text, data has figures; without any, the second row may be the first of the data.
    told_apart = any(b and not _is_title(d) and d for b, d in zip(below, data, strict=True))
    whole = all(a or b for a, b in zip(above[: extent(body.cells)], below, strict=False))
    return spread and tops and titled and told_apart and whole


def _are_titles(row: Row, width: int) -> bool:
    cells = [cell for cell in row.cells if cell]
    return (
        len(cells) >= max(2, _FILLED * width)
        and sum(map(_is_title, cells)) >= 0.8 * len(cells)
        and len(set(cells)) > len(cells) / 2
    )


def _is_title(text: str) -> bool:
    return len(text) <= _LONGEST_TITLE and not text[:1].isdigit() and any(c.isalpha() for c in text)


def _fill(row: Row) -> int:
    return sum(map(bool, row.cells))


def _wide(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]
