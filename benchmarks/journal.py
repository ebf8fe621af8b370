"""Time of an entry of the journal beyond a bare INSERT of the same row, and of verifying the chains."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from .database import prepare
from .results import Figure

ENTRIES, WRITTEN, MOST_S = 200_000, 300, 0.002
# What is verified here stands for so many entries: the time per entry does not grow with them.
SCALED, SCALED_S = 10_000_000, 300
_BARE = """
CREATE TABLE bare (LIKE accounts_auditentry INCLUDING ALL);
GRANT SELECT, INSERT ON bare TO palier;
"""
_INSERT = """INSERT INTO bare (at, actor_id, system, action, object_type, object_id, detail)
VALUES (clock_timestamp(), NULL, 'backup', 'export', 'backup', '', '{"rows": 3}')"""
_PLANT = """
INSERT INTO accounts_auditentry (at, system, action, object_type, object_id, subject, detail)
SELECT now() - interval '1 second' * n, 'backup', 'export', 'backup', n::text, 'Résidence des Alizés', '{"rows": 3}'
FROM generate_series(1, %s) n
"""


def run() -> Iterator[Figure]:
    """Yield the cost of an entry, and the time of both verifiers on one journal, scaled to ten million entries."""
    uri = prepare("palier_bench_journal")
    import django

    django.setup()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(_BARE)
    entry, bare = _each(_entry), _each(_bare)
    yield Figure(
        f"An entry of the journal, beyond a bare INSERT of the same row ({WRITTEN} committed one after another)",
        max(entry - bare, 0), "limit", MOST_S,
    )  # fmt: skip
    _plant(uri)
    seconds = _timed(_verified)
    each = SCALED / ENTRIES
    yield Figure(f"Ten million entries verified, scaled from {ENTRIES:,}", seconds * each, "limit", SCALED_S)
    yield Figure("… by the verifier of the standard library", _elsewhere() * each, "limit", SCALED_S)


def _each(write: Callable[[], None]) -> float:
    write()
    return _timed(lambda: [write() for _ in range(WRITTEN)]) / WRITTEN


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _entry() -> None:
    from accounts.enums import AuditAction
    from accounts.journal.audit import write_entry
    from accounts.scope import system_scope

    with system_scope("backup") as scope:
        write_entry(scope, AuditAction.EXPORT, "backup", rows=3)


def _bare() -> None:
    from django.db import connection

    from accounts.scope import system_scope

    with system_scope("backup"), connection.cursor() as cursor:
        cursor.execute(_INSERT)


def _plant(uri: str) -> None:
    """Plant entries and link them, as those are linked that were written before there were chains."""
    from importlib import import_module

    seal = import_module("accounts.migrations.0021_seal_journal").SEAL
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_PLANT, [ENTRIES])
        connection.execute("TRUNCATE accounts_auditlink")
        connection.execute(seal)
        connection.execute("ANALYZE accounts_auditentry, accounts_auditlink")


def _verified() -> None:
    from accounts.journal.chain import verify
    from accounts.scope import system_scope

    with system_scope("verification"):
        found = verify()
    assert (found.entries >= ENTRIES, found.problems) == (True, [])


def _elsewhere() -> float:
    """Return the seconds that the second verifier takes to read an export of the journal."""
    from accounts.journal import proof
    from accounts.scope import system_scope
    from config.database import ROOT

    with TemporaryDirectory() as folder:
        export = Path(folder) / "journal-preuve.jsonl"
        with system_scope("verification"), export.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in proof.whole(0))
        command = [sys.executable, ROOT / "deploy" / "verify_journal.py", export]
        return _timed(lambda: subprocess.run(command, check=True, capture_output=True))
