"""Store the file of an import, and copy it back to a temporary one, in parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.db import connection
from django.db.models import BinaryField, Func, Value

from sites.models import ImportFile, ImportRun

# In bytes: the whole of an upload, twice over in memory, would leave too little of it for reading.
_PART = 4 * 1024**2


def store_file(run: ImportRun, content: IO[bytes]) -> None:
    """Store what is left to read of ``content`` as the file of ``run``."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.file_parts")
        cursor.execute("CREATE TEMPORARY TABLE file_parts (number serial, part bytea) ON COMMIT DROP")
        while part := content.read(_PART):
            cursor.execute("INSERT INTO file_parts (part) VALUES (%b)", [part])
        cursor.execute(
            f"INSERT INTO {ImportFile._meta.db_table} (run_id, content)"
            " SELECT %s, coalesce(string_agg(part, '' ORDER BY number), '') FROM file_parts",
            [run.pk],
        )
        cursor.execute("DROP TABLE file_parts")


@contextmanager
def stored_file(run: ImportRun) -> Iterator[Path]:
    """Yield a copy of the run's file, which may be opened in the block and read after it.

    Raises:
        ImportFile.DoesNotExist: the file is forgotten.
    """
    with NamedTemporaryFile() as file:
        start = 1
        while part := _part(run, start):
            start += file.write(part)
        file.flush()
        yield Path(file.name)


def _part(run: ImportRun, start: int) -> bytes:
    part = Func("content", Value(start), Value(_PART), function="substr", output_field=BinaryField())
    return bytes(ImportFile.objects.values_list(part, flat=True).get(run=run))
