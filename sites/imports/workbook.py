"""Convert the first sheet of a workbook to CSV, in a process of its own with bounded memory and output.

A workbook of a few kilobytes can name a cell at the far corner of its sheet, or unpack to gigabytes; that
ends the process that reads it, whatever Python catches. This module runs as a program: the workbook on
standard input, the largest output in bytes as its argument.
"""

import csv
import io
import resource
import sys

from python_calamine import CalamineError, CalamineWorkbook

MAX_MEMORY = 3 * 1024**3
BROKEN = 3


def main() -> int:
    """Write the rows; return ``BROKEN`` for input that is no workbook."""
    limits = {
        resource.RLIMIT_AS: MAX_MEMORY,
        resource.RLIMIT_FSIZE: int(sys.argv[1]),
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in limits.items():
        resource.setrlimit(kind, (most, most))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError):
        return BROKEN
    with io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="") as text:
        csv.writer(text).writerows([_cell(value) for value in row] for row in rows)
    return 0


def _cell(value: object) -> str:
    # Calamine returns 75012 as 75012.0, and a day as a date.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value).strip()


if __name__ == "__main__":
    sys.exit(main())
