"""Lists as files that spreadsheets open: CSV and XLSX in which no formula can hide."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from django.http import FileResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from .cells import harmless

# What a column is called, and how to read it from a row.
Column = tuple[str, Callable[[Any], Any]]

# A sheet holds no more rows, its header included.
XLSX_MAX_ROWS = 1_048_576
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
_IN_MEMORY = 5 * 1024 * 1024


def csv_file(rows: Iterable[Any], columns: list[Column]) -> BinaryIO:
    """Return a file that French spreadsheets open as is: UTF-8 with BOM, semicolons."""
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the response
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(label for label, _read in columns)
    writer.writerows([_written(read(row)) for _label, read in columns] for row in rows)
    text.flush()
    text.detach()
    file.seek(0)
    return file


def xlsx_file(rows: Iterable[Any], columns: list[Column], title: str) -> BinaryIO:
    """Return a workbook of one sheet whose numbers and dates are numbers and dates."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append([label for label, _read in columns])
    for row in rows:
        sheet.append([_cell(sheet, read(row)) for _label, read in columns])
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the response
    book.save(file)
    file.seek(0)
    return file


def attachment(file: BinaryIO, name: str, kind: str) -> FileResponse:
    """Return ``file`` as a download called ``<name>-<today>.<kind>``."""
    filename = f"{name}-{timezone.localdate():%Y-%m-%d}.{kind}"
    return FileResponse(file, as_attachment=True, filename=filename, content_type=TYPES[kind])


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, harmless(value))
    cell.data_type = "s"
    return cell


def _written(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return value
