"""Read the workbooks that calamine reads: XLS, XLSB and ODS, each sheet whole in memory."""

import zipfile
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from sites.imports.parsing.cells import spread, text
from sites.imports.parsing.contract import Merge, Sheet
from sites.imports.parsing.markup import parse

_COUNTED = {"table", "table-row", "table-cell", "covered-table-cell"}


def sheets(file: BinaryIO) -> Iterator[Sheet]:
    """Yield the visible sheets.

    Raises:
        ValueError: the file is no workbook, or damaged.
    """
    spans = _ods_merges(file) if zipfile.is_zipfile(file) else {}
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        for about in book.sheets_metadata:
            if about.visible == SheetVisibleEnum.Visible:
                sheet = book.get_sheet_by_name(about.name)
                merges = spans.get(about.name) or _merges(sheet)
                rows = partial(spread, partial(_rows, sheet), merges)
                yield Sheet(about.name, sheet.total_height, bool(merges), rows)
    except CalamineError as error:
        raise ValueError(str(error)) from error


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    # Rows come from the first of the sheet, but cells from the first column with any.
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield [*left, *map(text, row)]


def _merges(sheet: CalamineSheet) -> list[Merge]:
    return [
        (first[0] + 1, first[1] + 1, last[0] + 1)
        for first, last in sheet.merged_cell_ranges or ()
        if last[0] > first[0]
    ]


def _ods_merges(file: BinaryIO) -> dict[str, list[Merge]]:
    """Return the merges of an ODS workbook by the name of their sheet: calamine does not tell them."""
    with zipfile.ZipFile(file) as archive:
        if "content.xml" not in archive.namelist():
            return {}
        spans = _Spans()
        parse(archive, "content.xml", spans.start, spans.end)
    return spans.found


class _Spans:
    """The handlers of an ODS workbook's XML, which count rows and columns to place merged cells."""

    def __init__(self) -> None:
        self.found: dict[str, list[Merge]] = {}
        self._merges: list[Merge] = []
        self._row = self._column = 1
        self._rows = 1

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _COUNTED:
            return
        said = {label.rpartition(":")[2]: value for label, value in attributes.items()}
        if name == "table":
            self._row = 1
            self._merges = self.found.setdefault(said.get("name", ""), [])
        elif name == "table-row":
            self._column, self._rows = 1, int(said.get("number-rows-repeated", 1))
        else:
            height = int(said.get("number-rows-spanned", 1))
            if height > 1:
                self._merges.append((self._row, self._column, self._row + height - 1))
            self._column += int(said.get("number-columns-repeated", 1))

    def end(self, name: str) -> None:
        if name == "table-row":
            self._row += self._rows
