"""Read a whole file once before anything is imported: its columns, their first values and their words."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .mapping.fields import bare
from .reading import BrokenFileError, Choices, Recognised, Table, read, recognise
from .rejected import own_columns

# How much of a column is kept: its first different values, its different words, the letters of each.
_FIRST, MOST_WORDS, _LETTERS = 5, 500, 100
# How many words and columns are kept of a file, whatever its size.
_ALL_WORDS, _COLUMNS = 20_000, 300
_ROWS_BETWEEN_NEWS = 2_000


class _Column:
    """A column of the file, as far as it has been read."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.filled = 0
        self.words: Counter[str] | None = Counter()
        self.first: list[str] = []

    def add(self, cell: str) -> None:
        """Count a cell that is not empty."""
        self.filled += 1
        text = cell[:_LETTERS]
        if len(self.first) < _FIRST and text not in self.first:
            self.first.append(text)
        if self.words is not None:
            self.words[text] += 1
            if len(self.words) > MOST_WORDS:
                self.words = None

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of the column."""
        words = None if self.words is None else self.words.most_common()
        return {"title": self.title, "filled": self.filled, "first": self.first, "words": words}


def analyse(path: Path, choices: Choices, tell: Callable[[float], None]) -> dict[str, Any]:
    """Read every row of a file; return as JSON how it was read, its columns, their first values and their words.

    A file that only a person can say how to read – an archive of several, an unknown encoding – gives its titles alone.

    Args:
        path: the file; one of rejected rows sent back has the report's own columns in front.
        choices: how a person said it is to be read.
        tell: function that takes the share of the work done, 0 to 1.

    Raises:
        BrokenFileError: the file cannot be read to its end.
    """
    recognised = recognise(path, choices)
    table = _table(path, recognised, choices)
    counted = _count(table, tell) if table else _titles_alone(recognised.header)
    remarks = table.remarks if table else recognised.remarks
    return {
        **counted,
        "recognised": _as_json(recognised),
        "remarks": list(remarks),
        "undecided": table is None,
    }


def _table(path: Path, recognised: Recognised, choices: Choices) -> Table | None:
    """Open the file; None for one that waits for a person's choice."""
    try:
        return read(path, choices)
    except BrokenFileError:
        if any(doubt.code in {"member", "encoding"} for doubt in recognised.doubts):
            return None
        raise


def _as_json(recognised: Recognised) -> dict[str, Any]:
    said = asdict(recognised)
    return {key: value for key, value in said.items() if key not in {"header", "estimate", "remarks"}}


def _titles_alone(header: list[str]) -> dict[str, Any]:
    columns = [_Column(title[:_LETTERS]).as_json() for title in header[:_COLUMNS]]
    return {"rows": 0, "odd": 0, "columns": columns}


def _count(table: Table, tell: Callable[[float], None]) -> dict[str, Any]:
    columns = [_Column(title[:_LETTERS]) for title in table.header[:_COLUMNS]]
    rows = odd = 0
    for row in table.rows:
        rows += 1
        odd += len(row.cells) != len(table.header)
        for column, cell in zip(columns, row.cells, strict=False):
            if cell:
                column.add(cell)
        if rows % _ROWS_BETWEEN_NEWS == 0:
            tell(min(1.0, rows / max(1, table.estimate)))
    return {"rows": rows, "odd": odd, "columns": _within_bounds([column.as_json() for column in columns])}


def headers_digest(headers: Iterable[str]) -> str:
    """Return the digest of a file's titles, by which a saved mapping is found again.

    It is the same in whatever order the columns stand, and without those that our own report adds.
    """
    titles = sorted([bare(title) for title in headers][own_columns(headers) :])
    return hashlib.sha256(json.dumps(titles).encode()).hexdigest()


def _within_bounds(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    left = _ALL_WORDS
    for column in columns:
        if column["words"] is not None and len(column["words"]) > left:
            column["words"] = None
        left -= len(column["words"] or ())
    return columns
