"""Store the file of an import and what is given back of it, and copy them to temporary files, in parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Literal

from django.db import connection
from django.db.models import BinaryField, Func, Model, QuerySet, Value

from sites.models import ImportFile, ImportRun

# In bytes: the whole of an upload, twice over in memory, would leave too little of it for reading.
_PART = 4 * 1024**2
_WHOLE = "(SELECT coalesce(string_agg(part, '' ORDER BY number), '') FROM file_parts)"

Column = Literal["report", "rejected"]


def light_runs() -> QuerySet[ImportRun]:
    """Return the imports without their columns that may be large, which are read when they are asked for."""
    return ImportRun.objects.defer("report", "rejected")


def store_file(run: ImportRun, content: IO[bytes]) -> None:
    """Store what is left to read of ``content`` as the file of ``run``."""
    _store(f"INSERT INTO {ImportFile._meta.db_table} (run_id, content) SELECT %s, {_WHOLE}", run, content)


def store_column(run: ImportRun, column: Column, content: IO[bytes]) -> None:
    """Store what is left to read of ``content`` as a column of ``run``, which is read when it is next asked for."""
    _store(f"UPDATE {ImportRun._meta.db_table} SET {column} = {_WHOLE} WHERE id = %s", run, content)
    vars(run).pop(column, None)


@contextmanager
def stored_file(run: ImportRun) -> Iterator[Path]:
    """Yield a copy of the run's file, which may be opened in the block and read after it.

    Raises:
        ImportFile.DoesNotExist: the file is forgotten.
    """
    with NamedTemporaryFile() as file:
        _copy(ImportFile.objects.filter(run=run), "content", file)
        yield Path(file.name)


def stored_column(run: ImportRun, column: Column) -> IO[bytes]:
    """Return a copy of a column of the run as an open temporary file; an empty one where there is nothing."""
    file = TemporaryFile()  # noqa: SIM115 - the caller closes it
    _copy(ImportRun.objects.filter(pk=run.pk), column, file)
    file.seek(0)
    return file


def _store(statement: str, run: ImportRun, content: IO[bytes]) -> None:
    """Execute a statement about ``run`` with the parts of ``content`` in a temporary table.

    They go there by COPY: the driver keeps the text of the last hundred statements, and with it what they hold.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.file_parts")
        cursor.execute("CREATE TEMPORARY TABLE file_parts (number serial, part bytea) ON COMMIT DROP")
        while part := content.read(_PART):
            with cursor.copy("COPY file_parts (part) FROM STDIN (FORMAT BINARY)") as copy:
                copy.write_row([part])
        cursor.execute(statement, [run.pk])
        cursor.execute("DROP TABLE file_parts")


def _copy(rows: QuerySet[Model], column: str, file: IO[bytes]) -> None:
    """Write the column of the one row to ``file``."""
    start = 1
    while part := _part(rows, column, start):
        start += file.write(part)
    file.flush()


def _part(rows: QuerySet[Model], column: str, start: int) -> bytes:
    part = Func(column, Value(start), Value(_PART), function="substr", output_field=BinaryField())
    return bytes(rows.values_list(part, flat=True).get() or b"")
