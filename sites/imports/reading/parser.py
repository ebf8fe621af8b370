"""Parse workbooks and archives in a process of its own, with bounded memory, time and output.

A workbook of a few kilobytes can name a cell at the far corner of its sheet, or unpack to gigabytes; that
ends the process that reads it, whatever Python catches. This module runs as a program: the file on standard
input, the command and its argument on the command line, the answer on standard output.

Commands:
    inspect: what a ZIP file is: JSON with "format" (that of a workbook, or "zip") and "members", the files of
        an archive by name, with true for those under a password.
    extract NAME: the bytes of a file of an archive.
    heads COUNT: the first rows of each visible sheet: JSON, a list of {"name", "rows", "height"}.
    rows SHEET: the rows of a sheet as CSV, in UTF-8 with commas.
"""

import csv
import datetime as dt
import io
import json
import resource
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

# The least address space in which the libraries load, and large workbooks are read row by row.
MAX_MEMORY = 230 * 1024**2
MAX_SECONDS = 600
BROKEN, LOCKED = 3, 4
_FORMATS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb"}
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_ENCRYPTED = 0x1
_BLOCK = 64 * 1024


def main(command: str, argument: str, largest: int) -> int:
    """Answer one command; return ``BROKEN`` for input that cannot be read, ``LOCKED`` for encrypted input."""
    limits = {
        resource.RLIMIT_AS: MAX_MEMORY,
        resource.RLIMIT_CPU: MAX_SECONDS,
        resource.RLIMIT_FSIZE: largest,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))
    try:
        _COMMANDS[command](sys.stdin.buffer, argument)
    except BrokenPipeError:
        return 0
    except (OSError, ValueError, LookupError, zipfile.BadZipFile, EOFError, RuntimeError) as error:
        return LOCKED if "password" in str(error) else BROKEN
    return 0


def _inspect(file: BinaryIO, _argument: str) -> None:
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        found = next((kind for member, kind in _FORMATS.items() if member in names), "zip")
        if "mimetype" in names and archive.open("mimetype").read(len(_ODS)) == _ODS:
            found = "ods"
        members = {
            info.filename: bool(info.flag_bits & _ENCRYPTED) for info in archive.infolist() if _is_file(info)
        }
    json.dump({"format": found, "members": members}, sys.stdout)


def _is_file(info: zipfile.ZipInfo) -> bool:
    # What macOS adds beside each file.
    return not (info.is_dir() or info.filename.startswith("__MACOSX/") or "/." in f"/{info.filename}")


def _extract(file: BinaryIO, name: str) -> None:
    with zipfile.ZipFile(file) as archive, archive.open(name) as member:
        while block := member.read(_BLOCK):
            sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()


def _heads(file: BinaryIO, count: str) -> None:
    heads = [
        {"name": name, "height": height, "rows": list(islice(rows(), int(count)))}
        for name, height, rows in _sheets(file)
    ]
    json.dump(heads, sys.stdout)


def _rows(file: BinaryIO, wanted: str) -> None:
    rows = next(rows for name, _height, rows in _sheets(file) if name == wanted)
    with io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="") as text:
        csv.writer(text).writerows(rows())


_Sheet = tuple[str, int, Callable[[], Iterable[list[str]]]]


def _sheets(file: BinaryIO) -> Iterator[_Sheet]:
    try:
        book = CalamineWorkbook.from_filelike(file)
        for about in book.sheets_metadata:
            if about.visible == SheetVisibleEnum.Visible:
                sheet = book.get_sheet_by_name(about.name)
                yield about.name, sheet.total_height, partial(_calamine_rows, sheet)
    except CalamineError as error:
        raise ValueError(str(error)) from error


def _calamine_rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    # Rows come from the first of the sheet, but cells from the first column with any.
    left = [""] * (sheet.start[1] if sheet.start else 0)
    for row in sheet.iter_rows():
        yield [*left, *map(_text, row)]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    # Readers of workbooks return 75012 as 75012.0, and a day as a moment at midnight.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value).strip()


_COMMANDS: dict[str, Callable[[BinaryIO, str], None]] = {
    "inspect": _inspect, "extract": _extract, "heads": _heads, "rows": _rows,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
