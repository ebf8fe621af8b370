"""Copy the stored file of an import to a temporary one, in parts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.db.models import BinaryField, Func, Value

from sites.models import ImportFile, ImportRun

# In bytes: the whole of an upload, twice over in memory, would leave too little of it for reading.
_PART = 4 * 1024**2


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
