"""Read any CSV or XLSX file as rows of text, whatever its encoding, delimiter or compression."""

import codecs
import csv
import gzip
import io
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import charset_normalizer
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from core.files import XLSX_MAX_ROWS
from core.jobs import JobError
from core.text import visible

from . import workbook

# The rows of a full worksheet, more addresses or facts than any landlord has. A bound is needed since rows stay
# in memory until the last is read, and a few kilobytes may unpack to millions of empty rows.
MAX_ROWS = XLSX_MAX_ROWS
_LONGEST_ROW = 1_000_000
_SAMPLE = 64 * 1024
_DELIMITERS = ";,\t|"
_XLSX, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
# The encodings of French office software; without this list a short file is taken for any encoding.
_ENCODINGS = ["cp1252", "latin_1", "cp850", "mac_roman"]


class BrokenFileError(JobError):
    """The error of a file that cannot be imported; the message tells its author where and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file; ``number`` is the one a spreadsheet shows beside it."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """The header of a file and its rows, read lazily.

    Attributes:
        header: the column titles, trimmed.
        estimate: the approximate number of rows, for progress.
        rows: the rows after the header, without empty ones.
    """

    header: list[str]
    estimate: int
    rows: Iterator[Row]


def read(content: bytes) -> Table:
    """Open a file.

    Raises:
        BrokenFileError: now, or while the rows are read.
    """
    content = _unpacked(content)
    numbered, estimate = _workbook(content) if content.startswith(_XLSX) else _csv(content)
    rows = (row for row in numbered if any(row.cells))
    header = next(rows, None)
    if header is None:
        raise BrokenFileError(_("Le fichier est vide."))
    return Table([cell.strip() for cell in header.cells], estimate, rows)


def _limit() -> int:
    return 8 * settings.UPLOAD_MAX_BYTES


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(_GZIP):
        return content
    limit = _limit()
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            unpacked = packed.read(limit + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise BrokenFileError(_("Le fichier compressé est incomplet ou abîmé.")) from error
    if len(unpacked) > limit:
        raise BrokenFileError(_("Le fichier est trop grand une fois décompressé."))
    return unpacked


def _workbook(content: bytes) -> tuple[Iterator[Row], int]:
    with tempfile.TemporaryFile() as file:
        command = [sys.executable, "-I", workbook.__file__, str(_limit())]
        finished = subprocess.run(  # noqa: S603 - a program of ours
            command, input=content, stdout=file, stderr=subprocess.DEVNULL, check=False
        )
        file.seek(0)
        rows = file.read()
    if finished.returncode == workbook.BROKEN:
        raise BrokenFileError(_("Ce classeur ne peut pas être lu : il est incomplet ou abîmé."))
    if finished.returncode:
        raise BrokenFileError(_("Le fichier est trop grand une fois décompressé."))
    return _csv_rows(rows, "utf-8", ","), rows.count(b"\n")


def _csv(content: bytes) -> tuple[Iterator[Row], int]:
    encoding = _encoding(content)
    sample = content[:_SAMPLE].decode(encoding, errors="ignore")
    return _csv_rows(content, encoding, _delimiter(sample)), content.count(b"\n")


def _csv_rows(content: bytes, encoding: str, delimiter: str) -> Iterator[Row]:
    text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 1
    try:
        for number, cells in enumerate(reader, 1):
            lines.row_ended(number)
            yield Row(number, [visible(cell).strip() for cell in cells])
            start = reader.line_num + 1
    except csv.Error as error:
        message = _("Le fichier est abîmé à partir de la ligne %(line)d (guillemet non refermé ?).")
        raise BrokenFileError(lambda: message % {"line": start}) from error


class _Lines:
    """An iterator over the lines of a file that bounds the length and the number of rows."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._row = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(_LONGEST_ROW + 1)
        self._row += len(line)
        if self._row > _LONGEST_ROW:
            raise BrokenFileError(_("Ce fichier a une ligne trop longue pour un tableau."))
        if not line:
            raise StopIteration
        # PostgreSQL refuses NUL in a text.
        return line.replace("\0", "")

    def row_ended(self, number: int) -> None:
        """Count row ``number`` as complete."""
        self._row = 0
        if number > MAX_ROWS:
            message = _("Ce fichier a plus de %(count)s lignes. Envoyez-le en plusieurs parties.")
            raise BrokenFileError(lambda: message % {"count": number_format(MAX_ROWS, force_grouping=True)})


def _encoding(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in content:
        raise BrokenFileError(_("Ce fichier n’est ni un CSV ni un classeur XLSX."))
    try:
        _check_utf8(content)
    except UnicodeDecodeError as error:
        head = content[: error.start]
        # Accented letters decoded as UTF-8 so far rule out other encodings: the file is damaged.
        if not head.isascii():
            message = _("Le fichier est abîmé à la ligne %(line)d : un caractère y est illisible.")
            raise BrokenFileError(lambda: message % {"line": head.count(b"\n") + 1}) from error
        around = content[max(0, error.start - _SAMPLE) : error.start + _SAMPLE]
        found = charset_normalizer.from_bytes(around, cp_isolation=_ENCODINGS).best()
        return found.encoding if found else "cp1252"
    return "utf-8-sig"


def _check_utf8(content: bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(content)
    for start in range(0, len(view), _SAMPLE):
        try:
            decoder.decode(view[start : start + _SAMPLE], final=start + _SAMPLE >= len(view))
        except UnicodeDecodeError as error:
            pending = len(error.object) - len(view[start : start + _SAMPLE])
            place = start - pending + error.start
            msg = "utf-8"
            raise UnicodeDecodeError(msg, content, place, place + 1, error.reason) from error


def _delimiter(sample: str) -> str:
    """Return the delimiter that cuts the first lines into the most even rows.

    ``csv.Sniffer`` counts characters, so it takes the commas inside addresses and points for
    the delimiter of a file that uses semicolons.
    """
    return max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    # The last row of a sample may be cut short.
    widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row]
    widths = widths[:-1] if len(widths) > 2 else widths  # noqa: PLR2004
    if not widths or widths[0] == 1:
        return 0.0, 0
    return sum(width == widths[0] for width in widths) / len(widths), widths[0]
