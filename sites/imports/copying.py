"""Copy rows into a temporary table by COPY, and read them back without holding them all."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

_ROWS, _FETCHED = 5_000, 2_000
_T = TypeVar("_T")


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


def rows_of(query: str, name: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query through a cursor of the server's, which is called ``name``."""
    with connection.connection.cursor(name=name) as cursor:
        cursor.itersize = _FETCHED
        cursor.execute(query)
        yield from cursor


def in_batches(rows: Iterator[_T], size: int = _FETCHED) -> Iterator[list[_T]]:
    """Yield rows in lists of at most ``size``."""
    while batch := list(islice(rows, size)):
        yield batch
