"""Row-level security: apply a file of policies, act in a system scope below the apps that know people."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, migrations, transaction


def policies(migration_file: str, name: str) -> migrations.RunSQL:
    """Return the operation that runs ``policies/<name>.sql`` of the migration's app.

    Policies fall with their tables, hence nothing to undo. The test suite replays these
    files and compares the outcome with what the database holds.
    """
    path = Path(migration_file).resolve().parent.parent / "policies" / f"{name}.sql"
    return migrations.RunSQL(path.read_text(encoding="utf-8"), migrations.RunSQL.noop)


@contextmanager
def as_system(name: str) -> Iterator[None]:
    """Run a block, in a transaction, with what the policies open to the system scope ``name``.

    Inside another transaction, what its scope opens stays open beside it.
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
