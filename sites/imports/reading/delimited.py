"""Read delimited text as rows: its delimiter, its rows, its bounds."""

import csv
import io
import re
from collections import Counter
from collections.abc import Generator, Iterable
from typing import IO

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from core.cells import as_written
from core.files import XLSX_MAX_ROWS
from core.text import visible
from sites.imports.parsing.contract import MAX_COLUMN

from . import process
from .contract import BrokenFileError, Row

# The rows of a full worksheet, more addresses or facts than any landlord has; a few kilobytes may unpack to
# millions of empty rows.
MAX_ROWS = XLSX_MAX_ROWS
_LONGEST_ROW = 1_000_000
# Files of millions of rows or of hundreds of columns stay below; one of delimiters alone does not.
_MOST_CELLS = 50_000_000
_SAMPLE = 64 * 1024
_DELIMITERS = ";,\t|"
# The first line by which a file tells spreadsheets its delimiter.
_STATED = re.compile(r"\ufeff?\"?sep=(.)\"?\s*?(?:\r\n|\r|\n|$)", re.IGNORECASE)


def delimiter_of(file: IO[bytes], encoding: str) -> str:
    """Return the delimiter that a text file states in its first line, or else seems to use.

    ``csv.Sniffer`` counts characters, so it takes the commas inside addresses and points for
    the delimiter of a file that uses semicolons.
    """
    file.seek(0)
    sample = file.read(_SAMPLE).decode(encoding, errors="ignore")
    if found := _STATED.match(sample):
        return found[1]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> float:
    """Return how well ``delimiter`` cuts the sample into rows of one width of two cells or more, 0 to 1."""
    widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
    # The last row of a sample may be cut short.
    widths = widths[:-1] if len(widths) > 2 else widths  # noqa: PLR2004
    counts = Counter(width for width in widths if width > 1)
    if not counts:
        return 0.0
    width, rows = max(counts.items(), key=lambda item: (item[1], item[0]))
    # Of two that cut evenly, the one that cuts finer is not inside the cells of the other.
    return rows / len(widths) * (1 - 1 / width)


def text_rows(file: IO[bytes], encoding: str, delimiter: str) -> Generator[Row]:
    """Yield the rows of a delimited text file, empty ones too, but for a line that states the delimiter.

    Raises:
        BrokenFileError: the file is damaged, or has too many rows.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="", errors="replace")
    try:
        first = text.readline(_LONGEST_ROW)
        stated = _STATED.match(first)
        text.seek(0)
        for row in csv_rows(text, delimiter):
            if not (row.number == 1 and stated):
                yield row
    finally:
        text.detach()


def csv_rows(text: IO[str], delimiter: str, *, guarded: bool = True) -> Generator[Row]:
    """Yield the rows of ``text``, numbered from 1, without invisible characters.

    Args:
        text: the text.
        delimiter: the character between its cells.
        guarded: False for a format that no spreadsheet opens, whose cells are as they were written.

    Raises:
        BrokenFileError: a quotation mark is left open, or a row or the file is too long.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 1
    try:
        for number, cells in enumerate(reader, 1):
            lines.row_ended(number, len(cells))
            if len(cells) > MAX_COLUMN:
                raise BrokenFileError(_("Ce fichier a une ligne trop longue pour un tableau."))
            yield Row(number, cleaned(cells, guarded=guarded))
            start = reader.line_num + 1
    except csv.Error as error:
        message = _("Le fichier est abîmé à partir de la ligne %(line)d (guillemet non refermé ?).")
        raise BrokenFileError(lambda: message % {"line": start}) from error


def cleaned(cells: Iterable[str], *, guarded: bool = True) -> list[str]:
    """Return the cells without invisible characters, outer spaces and what keeps a spreadsheet from computing them."""
    shown = (visible(cell).strip() for cell in cells)
    return [as_written(cell) for cell in shown] if guarded else list(shown)


class _Lines:
    """An iterator over the lines of a file that bounds their length, their number, that of cells, and the whole."""

    def __init__(self, text: IO[str]) -> None:
        self._text = text
        self._row = 0
        self._left = process.limit()
        self._cells = _MOST_CELLS

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(_LONGEST_ROW + 1)
        self._row += len(line)
        self._left -= len(line)
        if self._row > _LONGEST_ROW:
            raise BrokenFileError(_("Ce fichier a une ligne trop longue pour un tableau."))
        if self._left < 0:
            raise BrokenFileError(process.TOO_LARGE)
        if not line:
            raise StopIteration
        # PostgreSQL refuses NUL in a text.
        return line.replace("\0", "")

    def row_ended(self, number: int, cells: int) -> None:
        """Count row ``number``, of so many cells, as complete."""
        self._row = 0
        self._cells -= cells
        if self._cells < 0:
            raise BrokenFileError(process.TOO_LARGE)
        if number > MAX_ROWS:
            message = _("Ce fichier a plus de %(count)s lignes. Envoyez-le en plusieurs parties.")
            raise BrokenFileError(lambda: message % {"count": number_format(MAX_ROWS, force_grouping=True)})
