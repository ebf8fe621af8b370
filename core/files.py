"""Write lists to files: CSV and XLSX without formulas, GeoJSON where there are points."""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from operator import itemgetter
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import django_tables2 as tables
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from .cells import harmless

# The label of a column, and the function that reads its value from a row.
Column = tuple[str, Callable[[Any], Any]]

# The most rows a worksheet holds, its header included.
XLSX_MAX_ROWS = 1_048_576
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}
# The file formats of a list, by the value of ``export`` in its address.
KINDS = {"csv": "CSV", "xlsx": "XLSX"}
KINDS_WITH_POINTS = KINDS | {"geojson": "GeoJSON"}
# The function that reads a row's longitude and latitude, in degrees; (None, None) where it has no point.
Point = Callable[[Any], tuple[float | None, float | None]]
_FRENCH_DAY = "dd/mm/yyyy"
# How many rows are measured for the widths of columns; then the least width, the most, and the margin, in characters.
_MEASURED, _NARROWEST, _WIDEST, _MARGIN = 200, 6, 60, 3
_IN_MEMORY = 5 * 1024 * 1024


def csv_file(rows: Iterable[Any], columns: Sequence[Column]) -> IO[bytes]:
    """Return a file that French spreadsheets open as it is: UTF-8 with BOM, semicolons."""
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the response
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(label for label, _read in columns)
    writer.writerows([_written(read(row)) for _label, read in columns] for row in rows)
    text.flush()
    text.detach()
    file.seek(0)
    return file


def csv_part(rows: Iterable[Any], columns: list[Column], *, header: bool) -> bytes:
    """Return a part of a :func:`csv_file` as bytes, for a file that is sent in parts.

    Args:
        rows: the rows of this part.
        columns: the same for every part.
        header: True for the first part, which names the columns.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    if header:
        text.write("\ufeff")
        writer.writerow(label for label, _read in columns)
    writer.writerows([_written(read(row)) for _label, read in columns] for row in rows)
    return text.getvalue().encode()


def xlsx_file(rows: Iterable[Any], columns: Sequence[Column], title: str) -> IO[bytes]:
    """Return a workbook of one sheet, in which numbers and dates keep their types."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    labels = [label for label, _read in columns]
    lines = ([read(row) for _label, read in columns] for row in rows)
    first = list(islice(lines, _MEASURED))
    # openpyxl, writing row by row, needs the widths before the first row.
    for number, cells in enumerate(zip(labels, *first, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = _width(cells)
    sheet.append(labels)
    last = 1
    for line in chain(first, lines):
        sheet.append([_cell(sheet, value) for value in line])
        last += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(labels))}{last}"
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the response
    book.save(file)
    file.seek(0)
    return file


def geojson_file(rows: Iterable[Any], columns: Sequence[Column], point: Point) -> IO[bytes]:
    """Write the rows that have a point to a FeatureCollection (RFC 7946)."""
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the response
    file.write(b'{"type":"FeatureCollection","features":[')
    separator = ""
    for row in rows:
        if None not in (place := point(row)):
            geometry = {"type": "Point", "coordinates": place}
            properties = {label: read(row) for label, read in columns}
            feature = {"type": "Feature", "geometry": geometry, "properties": properties}
            file.write(f"{separator}{json.dumps(feature, default=str)}".encode())
            separator = ",\n"
    file.write(b"]}")
    file.seek(0)
    return file


def asked_kind(request: HttpRequest, kinds: Iterable[str] = KINDS) -> str:
    """Return the format of file that the address of a list asks for; empty for its page."""
    kind = request.GET.get("export", "")
    return kind if kind in kinds else ""


def table_file(table: tables.Table, kind: str, title: str) -> IO[bytes]:
    """Return all rows of ``table``, in the order and with the columns it shows, as CSV or XLSX.

    Columns named in its ``in_files`` are hidden on the page, which shows them in another way, and stand in the file.
    """
    kept = getattr(table, "in_files", ())
    hidden = [
        column.name for column in table.columns.iterall() if not column.visible and column.name not in kept
    ]
    rows = table.as_values(exclude_columns=hidden)
    columns = [(str(label), itemgetter(number)) for number, label in enumerate(next(rows))]
    return csv_file(rows, columns) if kind == "csv" else xlsx_file(rows, columns, title)


def attachment(file: IO[bytes], name: str, kind: str) -> FileResponse:
    """Return ``file`` as a download called ``<name>-<today>.<kind>``."""
    filename = f"{name}-{timezone.localdate():%Y-%m-%d}.{kind}"
    return FileResponse(file, as_attachment=True, filename=filename, content_type=TYPES[kind])


def streamed(parts: Iterator[bytes], name: str, kind: str) -> StreamingHttpResponse:
    """Return ``parts`` as a download called ``<name>-<today>.<kind>``, each part sent once it is made."""
    filename = f"{name}-{timezone.localdate():%Y-%m-%d}.{kind}"
    disposition = f'attachment; filename="{filename}"'
    return StreamingHttpResponse(
        parts, content_type=TYPES[kind], headers={"Content-Disposition": disposition}
    )


def _width(cells: Iterable[Any]) -> int:
    """Return the width, in characters, of a column that shows ``cells``."""
    longest = max(len(_FRENCH_DAY) if isinstance(cell, dt.date) else len(str(cell or "")) for cell in cells)
    return min(max(longest, _NARROWEST) + _MARGIN, _WIDEST)


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    # The label of a choice, translated when it is read.
    value = str(value) if isinstance(value, Promise) else value
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        cell = WriteOnlyCell(sheet)
        cell.value = value
        cell.number_format = _FRENCH_DAY
        return cell
    if not isinstance(value, str):
        return value
    # openpyxl refuses control characters: a single one in a name would fail the whole file.
    cell = WriteOnlyCell(sheet, harmless(ILLEGAL_CHARACTERS_RE.sub("", value)))
    cell.data_type = "s"
    return cell


def _written(value: Any) -> Any:
    if isinstance(value, str | Promise):
        return harmless(str(value))
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return value
