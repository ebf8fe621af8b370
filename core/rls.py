"""Migration operation that applies a file of row-level-security policies."""

from pathlib import Path

from django.db import migrations


def policies(migration_file: str, name: str) -> migrations.RunSQL:
    """Return the operation that runs ``policies/<name>.sql`` of the migration's app.

    Policies fall with their tables, hence nothing to undo. The test suite replays these
    files and compares the outcome with what the database holds.
    """
    path = Path(migration_file).resolve().parent.parent / "policies" / f"{name}.sql"
    return migrations.RunSQL(path.read_text(encoding="utf-8"), migrations.RunSQL.noop)
