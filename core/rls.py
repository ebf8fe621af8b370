"""Apply files of row-level-security policies, and act in a system scope below the apps that know people."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, migrations, transaction


def policies(migration_file: str, name: str) -> migrations.RunSQL:
    """Return the operation that runs ``policies/<name>.sql`` of the migration's app.

    It is not undone: policies fall with their tables. The tests replay these files and compare the result with
    what the database holds.
    """
    path = Path(migration_file).resolve().parent.parent / "policies" / f"{name}.sql"
    return migrations.RunSQL(path.read_text(encoding="utf-8"), migrations.RunSQL.noop)


@contextmanager
def as_system(name: str) -> Iterator[None]:
    """Run a block, in a transaction, with the rows that the policies open to the system scope ``name``.

    Inside another transaction, the rows that its scope opens stay open as well.
    """
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('palier.system', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute(_SET_SYSTEM, [name])
        yield
        if nested:
            cursor.execute(_SET_SYSTEM, [before])


_SET_SYSTEM = "SELECT set_config('palier.system', %s, true)"
