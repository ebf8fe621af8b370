"""Read the workbooks that calamine reads: XLS, XLSB and ODS, each sheet whole in memory."""

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from sites.imports.parsing.cells import spread, text
from sites.imports.parsing.contract import Sheet


def sheets(file: BinaryIO) -> Iterator[Sheet]:
    """Yield the visible sheets.

    Raises:
        ValueError: the file is no workbook, or damaged.
    """
    try:
        book = CalamineWorkbook.from_filelike(file)
        for about in book.sheets_metadata:
            if about.visible == SheetVisibleEnum.Visible:
                sheet = book.get_sheet_by_name(about.name)
                merges = [
                    (first[0] + 1, first[1] + 1, last[0] + 1)
                    for first, last in sheet.merged_cell_ranges or ()
                    if last[0] > first[0]
                ]
                rows = partial(spread, partial(_rows, sheet), merges)
                yield Sheet(about.name, sheet.total_height, bool(merges), rows)
    except CalamineError as error:
        raise ValueError(str(error)) from error


def _rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    # Rows come from the first of the sheet, but cells from the first column with any.
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield [*left, *map(text, row)]
