"""Copy rows into a temporary table by COPY."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

_ROWS = 5_000


def copy_in_parts(
    cursor: Any, table: str, names: Sequence[str], rows: Iterable[Sequence[Any]], *, size: int = _ROWS
) -> None:
    """Copy rows into a table, some thousands in a statement: one for a large file would outlast the limit on it.

    Args:
        cursor: a cursor in the transaction of the table.
        table: its name.
        names: its columns, in the order of the rows' values.
        rows: the rows, made one by one as they are needed.
        size: how many rows one statement copies.
    """
    columns = ", ".join(f'"{name}"' for name in names)
    remaining = iter(rows)
    while part := list(islice(remaining, size)):
        with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
            for row in part:
                copy.write_row(row)
