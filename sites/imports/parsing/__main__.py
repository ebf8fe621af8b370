"""Answer one command about the file on standard input, on standard output.

Arguments: the command, its argument, the largest output in bytes.

Commands:
    inspect: what a ZIP file is: JSON with "format" (that of a workbook, or "zip") and "members", the files of
        an archive by name, with true for those under a password.
    extract NAME: the bytes of a file of an archive.
    heads FORMAT COUNT: the first rows of each visible sheet, long texts cut: JSON, a list of {"name", "rows", "height", "merged"}.
    rows FORMAT SHEET: the rows of a sheet as CSV, in UTF-8 with commas.
"""

import csv
import errno
import json
import resource
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers.expat import ExpatError

# An isolated interpreter does not look where this program lies.
sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from sites.imports.parsing.contract import (
    BROKEN,
    LOCKED,
    LONGEST_NAME,
    MOST_PARTS,
    NOT_A_TABLE,
    TOO_LARGE,
    TOO_MANY,
    NotATableError,
    Sheet,
    TooLargeError,
    TooManyError,
)

# Address space in bytes, of which the libraries take 40 MB: what starts the process may take as much again, and
# both together stay under 300 MB.
MAX_MEMORY = 150 * 1024**2
# Processor time in seconds: a million rows take about 60, what is at the head of a file a few.
MAX_SECONDS = {"rows": 600}
_SECONDS = 120
_HEAD_CELLS, _HEAD_TEXT = 50_000, 500
_READERS = {"xlsx": "xlsx", "geojson": "geojson"}
_BLOCK = 64 * 1024
_FORMATS = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb"}
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_ENCRYPTED = 0x1
_BROKEN = (
    OSError,
    ValueError,
    LookupError,
    zipfile.BadZipFile,
    EOFError,
    RuntimeError,
    ExpatError,
    zlib.error,
)


def main(command: str, arguments: list[str], largest: int) -> int:
    """Answer one command; return the exit code."""
    # openpyxl imports numpy where it is installed, which takes more memory than all else here.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    limits = {
        resource.RLIMIT_AS: MAX_MEMORY,
        resource.RLIMIT_CPU: MAX_SECONDS.get(command, _SECONDS),
        resource.RLIMIT_FSIZE: largest,
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))
    try:
        _COMMANDS[command](sys.stdin.buffer, *arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough.
        sys.stdout = None
    except (TooLargeError, MemoryError):
        return TOO_LARGE
    except NotATableError:
        return NOT_A_TABLE
    except TooManyError:
        return TOO_MANY
    except _BROKEN as error:
        if getattr(error, "errno", 0) == errno.EFBIG:
            return TOO_LARGE
        return LOCKED if "password" in str(error).lower() else BROKEN
    return 0


def _inspect(file: BinaryIO) -> None:
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        found = next((kind for member, kind in _FORMATS.items() if member in names), "zip")
        if "mimetype" in names and archive.open("mimetype").read(len(_ODS)) == _ODS:
            found = "ods"
        members = {
            info.filename: bool(info.flag_bits & _ENCRYPTED) for info in archive.infolist() if _is_file(info)
        }
    if found == "zip":
        for before, name in enumerate(members):
            _check_part(name, before)
    json.dump({"format": found, "members": members}, sys.stdout)


def _is_file(info: zipfile.ZipInfo) -> bool:
    # macOS puts a file of its own beside each.
    return not (info.is_dir() or info.filename.startswith("__MACOSX/") or "/." in f"/{info.filename}")


def _check_part(name: str, before: int) -> None:
    """Check that a person can choose this file or sheet among those ``before`` it, and that a process can be given its name.

    Raises:
        TooManyError: there are too many.
        ValueError: the name is longer than any that a program writes.
    """
    if before >= MOST_PARTS:
        raise TooManyError
    if len(name) > LONGEST_NAME:
        message = "a name is too long"
        raise ValueError(message)


def _extract(file: BinaryIO, name: str) -> None:
    with zipfile.ZipFile(file) as archive, archive.open(name) as member:
        while block := member.read(_BLOCK):
            sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()


def _heads(file: BinaryIO, kind: str, count: str) -> None:
    heads: list[dict[str, Any]] = []
    for sheet in _sheets(file, kind):
        _check_part(sheet.name, len(heads))
        heads.append({**sheet._asdict(), "rows": _head(sheet, int(count))})
    json.dump(heads, sys.stdout)


def _head(sheet: Sheet, count: int) -> list[list[str]]:
    kept, left = [], _HEAD_CELLS
    for row in islice(sheet.rows(), count):
        kept.append([cell[:_HEAD_TEXT] for cell in row[:left]])
        left -= len(row)
        if left < 0:
            break
    return kept


def _rows(file: BinaryIO, kind: str, wanted: str) -> None:
    rows = next(sheet.rows for sheet in _sheets(file, kind) if sheet.name == wanted)
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    csv.writer(sys.stdout).writerows(rows())


def _sheets(file: BinaryIO, kind: str) -> Iterator[Sheet]:
    # One reader alone is imported, since each takes memory.
    reader = import_module(f"sites.imports.parsing.{_READERS.get(kind, 'others')}")
    found: Iterator[Sheet] = reader.sheets(file)
    return found


_COMMANDS: dict[str, Callable[..., None]] = {
    "inspect": _inspect, "extract": _extract, "heads": _heads, "rows": _rows,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:-1], int(sys.argv[-1])))
