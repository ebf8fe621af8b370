"""Have the database note what an import writes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from sites.models import ImportRun


@contextmanager
def recording(run: ImportRun) -> Iterator[None]:
    """Note in :class:`sites.models.ImportChange` what the block, in a transaction, writes to the tables of places and facts.

    An error in the block must roll its transaction or savepoint back, which ends the noting as well.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NAME, [str(run.pk)])
        yield
        cursor.execute(_NAME, [""])


_NAME = "SELECT set_config('palier.import_run', %s, true)"
