"""Define what the parsers share: their exit codes, their error, what a sheet is."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

# The exit codes of the program. Any other but 0 is that of a process that met a limit of the system.
BROKEN, LOCKED, TOO_LARGE, NOT_A_TABLE, TOO_MANY = 3, 4, 5, 6, 7
# The most files of an archive, or sheets of a workbook, that a person may choose from, and the letters of a name.
MOST_PARTS, LONGEST_NAME = 1_000, 1_000
# A worksheet has no more rows and columns than these.
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

# The numbers of rows and columns start at 1: first row, first column, last row.
Merge = tuple[int, int, int]


class TooLargeError(Exception):
    """The error of a file that would take too much memory or time."""


class TooManyError(Exception):
    """The error of a file with more parts than a person can choose from."""


class NotATableError(Exception):
    """The error of a file that is whole and holds no table."""


class Sheet(NamedTuple):
    """A sheet of a workbook, or all objects of a GeoJSON file.

    Attributes:
        name: its name.
        height: the approximate number of its rows.
        merged: True when cells are merged over several rows; their value is repeated on each.
        rows: function that reads its rows from the first, as texts, empty rows too.
    """

    name: str
    height: int
    merged: bool
    rows: Callable[[], Iterator[list[str]]]
