"""Run `make drill`: rehearse the loss of the database on throw-away databases, and print how long each step takes.

The fictional territory is backed up, restored into a new database and evaluated there. Its levels must
equal those of the original, both as restored and as evaluated.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from config.backup import backup, restore
from config.database import OWNER_ROLE, ROOT, RUNTIME_ROLE, bootstrap, embedded_url
from config.embedded import start_embedded

_ORIGINAL, _RESTORED = "palier_drill", "palier_drill_restored"
_LEVELS = (
    "SELECT residence_id, address_id, level, facts_level, impact_level FROM classification_sitelevel"
    " ORDER BY 1, 2 NULLS FIRST"
)


def main() -> int:
    """Rehearse; return 0 when the restored database gives identical levels."""
    server = start_embedded(ROOT / "var" / "postgres")
    _remove(server)
    try:
        with tempfile.TemporaryDirectory(prefix="palier-drill-") as folder:
            return _rehearse(server, Path(folder) / "palier.dump")
    finally:
        _remove(server)


def _rehearse(server: str, file: Path) -> int:
    with _step("prepare the fictional territory"):
        _prepare(server)
    with _step("back up"):
        backup(make_conninfo(server, dbname=_ORIGINAL), file)
    with _step("restore"):
        restore(server, file, _RESTORED)
    before, after = _levels(server, _ORIGINAL), _levels(server, _RESTORED)
    with _step("evaluate every place anew"):
        evaluated = _evaluate(server)
    identical = before == after == evaluated != []
    print(
        f"  {len(before)} levels, {file.stat().st_size / 1e6:.1f} MB: {'identical' if identical else 'DIFFERENT'}"
    )
    return 0 if identical else 1


@contextmanager
def _step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"  {name:<34}{time.monotonic() - began:6.1f} s", flush=True)


def _prepare(server: str) -> None:
    bootstrap(server, _ORIGINAL)
    os.environ["DATABASE_URL"] = embedded_url(server, _ORIGINAL, RUNTIME_ROLE)
    os.environ["DATABASE_OWNER_URL"] = embedded_url(server, _ORIGINAL, OWNER_ROLE)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.demo"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", database="owner", verbosity=0)
    call_command("seed_demo", verbosity=0, stdout=sys.stderr)


def _evaluate(server: str) -> list[tuple[Any, ...]]:
    from django.db import connection

    from classification.engine.services import evaluate

    connection.close()
    connection.settings_dict["NAME"] = _RESTORED
    evaluate()
    connection.close()
    return _levels(server, _RESTORED)


def _levels(server: str, database: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server, dbname=database) as connection:
        return connection.execute(_LEVELS).fetchall()


def _remove(server: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        for name in (_ORIGINAL, _RESTORED):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


if __name__ == "__main__":
    sys.exit(main())
