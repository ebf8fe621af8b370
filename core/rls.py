"""Apply files of row-level-security policies, and act in a system scope below the apps that know people."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections, migrations, transaction

from .seal import Acting, enter, leave


def policies(migration_file: str, name: str) -> migrations.RunSQL:
    """Return the operation that runs ``policies/<name>.sql`` of the migration's app.

    It is not undone: policies fall with their tables. The tests replay these files and compare the result with
    what the database holds.
    """
    path = Path(migration_file).resolve().parent.parent / "policies" / f"{name}.sql"
    return migrations.RunSQL(path.read_text(encoding="utf-8"), migrations.RunSQL.noop)


@contextmanager
def as_system(name: str, using: str = "default") -> Iterator[None]:
    """Run a block, in a transaction, with the rows that the policies open to the system scope ``name``, and no others."""
    nested = connections[using].in_atomic_block
    with transaction.atomic(using), connections[using].cursor() as cursor:
        enter(cursor, Acting(system=name))
        yield
        if nested:
            leave(cursor)


def acting_as(system: str, statements: str) -> str:
    """Return the statements of a data migration, to run with the rows that the policies open to a system scope.

    The policies bind the owner of the tables too. What they read depends on how far the schema is migrated.
    """
    return f"""
DO $$ BEGIN
    PERFORM set_config('palier.system', '{system}', true);
    IF to_regprocedure('palier_act_as(text)') IS NOT NULL THEN
        PERFORM palier_act_as('{system}');
    END IF;
END $$;
{statements}
DO $$ BEGIN
    PERFORM set_config('palier.system', '', true);
    IF to_regprocedure('palier_act_as(text)') IS NOT NULL THEN
        PERFORM palier_act_as('');
    END IF;
END $$;
"""
