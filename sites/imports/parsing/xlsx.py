"""Read XLSX workbooks row by row, in memory that does not grow with them.

calamine and openpyxl hold a sheet, or its shared strings, in memory: a million rows take 800 MB. openpyxl
also refuses the workbooks of many programs for their styles, of which only the formats of numbers matter here.
"""

import os
import posixpath
import re
import zipfile
from array import array
from collections.abc import Iterator
from functools import lru_cache, partial
from tempfile import TemporaryFile
from typing import BinaryIO

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_datetime, is_timedelta_format
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel
from openpyxl.utils.escape import unescape

from sites.imports.parsing.cells import spread, text
from sites.imports.parsing.contract import MAX_COLUMN, MAX_ROW, Merge, Sheet, TooLargeError
from sites.imports.parsing.markup import BLOCK, fed, parse

# The largest part of a workbook, in bytes: a full sheet of twenty columns has half of it.
_LARGEST = 2 * 1024**3
_MOST_MERGES = 100_000
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?[A-Z]{1,3}\$?(\d{1,7})[\"']"
)
_LONGEST_MERGE = 200
# A number format that writes figures with leading zeros: a postcode, a code of INSEE.
_ZEROS = re.compile(r"0{2,}")
_SAMPLE_ROWS = 50
# No program writes a longer number format; what tells dates apart takes minutes on a very long one.
_LONGEST_FORMAT = 255


def sheets(file: BinaryIO) -> Iterator[Sheet]:
    """Yield the visible worksheets.

    Raises:
        ValueError: the file is damaged, or no workbook.
    """
    archive = zipfile.ZipFile(file)
    if any(info.file_size > _LARGEST for info in archive.infolist()):
        raise TooLargeError
    book = _Book(archive)
    for name, path in book.sheets:
        merges = _merges(archive, path)
        rows = partial(_rows, archive, path, book)
        yield Sheet(name, _height(archive, path, book), bool(merges), partial(spread, rows, merges))


class _Book:
    """What the sheets of a workbook share: their names, the strings, the formats of numbers."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.epoch = CALENDAR_WINDOWS_1900
        self._named: list[tuple[str, str]] = []
        parse(archive, "xl/workbook.xml", self._start)
        targets = _targets(archive)
        self.sheets = [(name, targets[key]) for name, key in self._named if key in targets]
        strings = next((path for path in archive.namelist() if path.lower() == "xl/sharedstrings.xml"), "")
        self.strings = _Strings(archive, strings)
        self.formats = _formats(archive)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            key = next((value for label, value in attributes.items() if label.endswith(":id")), "")
            self._named.append((attributes["name"], key))
        elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            self.epoch = CALENDAR_MAC_1904


def _targets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the path of each worksheet by its key in the workbook."""
    found: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes["Type"].endswith("/worksheet"):
            found[attributes["Id"]] = posixpath.normpath(posixpath.join("/xl", attributes["Target"]))[1:]

    parse(archive, "xl/_rels/workbook.xml.rels", start)
    return found


class _Strings:
    """The shared strings of a workbook: parsed as far as one is asked for, and kept in a file."""

    def __init__(self, archive: zipfile.ZipFile, path: str) -> None:
        self._file = TemporaryFile(buffering=BLOCK)  # noqa: SIM115 - as long as the process
        self._ends = array("Q", [0])
        self._written = 0
        self._parts: list[str] = []
        self._kept = self._phonetic = False
        self._blocks = fed(archive, path, self._start, self._end, self._data) if path else iter(())
        self.at = lru_cache(4096)(self._at)

    def _at(self, position: int) -> str:
        while position + 2 > len(self._ends):
            if next(self._blocks, None) is None:
                message = "a cell names a string that is not there"
                raise ValueError(message)
        start, end = self._ends[position], self._ends[position + 1]
        if end > self._written:
            self._file.flush()
            self._written = self._ends[-1]
        return os.pread(self._file.fileno(), end - start, start).decode("utf-8", "replace")

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._kept = not self._phonetic

    def _data(self, data: str) -> None:
        if self._kept:
            self._parts.append(data)

    def _end(self, name: str) -> None:
        if name == "t":
            self._kept = False
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            size = self._file.write(unescape("".join(self._parts)).encode("utf-8", "replace"))
            self._ends.append(self._ends[-1] + size)
            self._parts.clear()


def _formats(archive: zipfile.ZipFile) -> list[str]:
    """Return the number format of each cell style, by its position."""
    codes = dict(BUILTIN_FORMATS)
    styles: list[int] = []
    inside = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt" and "numFmtId" in attributes:
            codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "General")[:_LONGEST_FORMAT]
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            styles.append(int(attributes.get("numFmtId", 0)))

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    if "xl/styles.xml" in archive.namelist():
        parse(archive, "xl/styles.xml", start, end)
    return [codes.get(style, "General") for style in styles]


class _Cells:
    """The handlers of a worksheet's XML, which gather its rows."""

    def __init__(self, book: _Book) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self._book = book
        self._number = self._column = 0
        self._row: list[str] = []
        self._type, self._style = "n", 0
        self._parts: list[str] = []
        self._kept = self._phonetic = False
        self._number_of = lru_cache(4096)(self._written)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            place = attributes.get("r")
            self._column = _column(place.rstrip("0123456789")) if place else self._column + 1
            self._type, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
            self._parts.clear()
        elif name in {"v", "t"}:
            self._kept = not self._phonetic
        elif name == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._column, self._row = 0, []
        elif name == "rPh":
            self._phonetic = True

    def data(self, data: str) -> None:
        if self._kept:
            self._parts.append(data)

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._kept = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self.rows.append((self._number, self._row))
        elif name == "rPh":
            self._phonetic = False

    def _end_cell(self) -> None:
        said = "".join(self._parts)
        value = self._value(said) if said else ""
        if not value:
            return
        if self._column > MAX_COLUMN:
            raise TooLargeError
        self._row.extend([""] * (self._column - len(self._row)))
        self._row[self._column - 1] = value

    def _value(self, said: str) -> str:
        if self._type == "s":
            return self._book.strings.at(int(said))
        if self._type == "n":
            return self._number_of(said, self._style)
        if self._type == "b":
            return text(said == "1")
        return unescape(said).removesuffix("T00:00:00") if self._type == "d" else unescape(said)

    def _written(self, said: str, style: int) -> str:
        """Return a number as its format shows it, as far as that changes what it is: a day, an hour, zeros."""
        code = self._book.formats[style] if style < len(self._book.formats) else "General"
        value = float(said)
        if _ZEROS.fullmatch(code):
            return text(value).zfill(len(code))
        kind = is_datetime(code)
        if not kind:
            return text(value)
        try:
            moment = from_excel(value, self._book.epoch, timedelta=is_timedelta_format(code))
        except (OverflowError, ValueError):
            return said
        return text(moment.date() if kind == "date" and value.is_integer() and value >= 1 else moment)


@lru_cache(1024)
def _column(letters: str) -> int:
    return int(column_index_from_string(letters))


def _rows(archive: zipfile.ZipFile, path: str, book: _Book) -> Iterator[list[str]]:
    cells = _Cells(book)
    done = 0
    for _size in fed(archive, path, cells.start, cells.end, cells.data):
        for number, row in cells.rows:
            if number > MAX_ROW or number <= done:
                message = "rows out of order"
                raise ValueError(message)
            yield from ([] for _missing in range(done + 1, number))
            yield row
            done = number
        cells.rows.clear()


def _height(archive: zipfile.ZipFile, path: str, book: _Book) -> int:
    """Return the approximate number of rows, from the size of the first ones."""
    cells = _Cells(book)
    read = 0
    for size in fed(archive, path, cells.start, cells.end, cells.data):
        read += size
        if len(cells.rows) >= _SAMPLE_ROWS:
            return cells.rows[-1][0] * archive.getinfo(path).file_size // read
    return cells.rows[-1][0] if cells.rows else 0


def _merges(archive: zipfile.ZipFile, path: str) -> list[Merge]:
    """Return the cells merged over several rows; the file names them after the cells."""
    found: list[Merge] = []
    before = b""
    with archive.open(path) as source:
        while block := source.read(BLOCK):
            searched = before + block
            place = 0
            for match in _MERGE.finditer(searched):
                place = match.end()
                if int(match[2]) < int(match[3]):
                    found.append((int(match[2]), _column(match[1].decode()), int(match[3])))
            if len(found) > _MOST_MERGES:
                raise TooLargeError
            before = searched[max(place, len(searched) - _LONGEST_MERGE) :]
    return found
