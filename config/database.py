"""Find a PostgreSQL server: the embedded one by default, or the one named by DATABASE_URL.

There are three roles, none a superuser, each with a password of its own. ``palier_owner`` owns the schema and
runs migrations. ``palier`` is the role the application connects as: it reads and writes rows as the policies
allow, and cannot change the tables. ``palier_backup`` reads every row, past the policies, and writes none.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import LiteralString
from urllib.parse import quote

import psycopg
from psycopg import sql

from core.limits import SERVING, TEMPORARY_FILES, UNSEEN

ROOT = Path(__file__).resolve().parent.parent
OWNER_ROLE = "palier_owner"
RUNTIME_ROLE = "palier"
BACKUP_ROLE = "palier_backup"
EXTENSIONS = ("cube", "earthdistance", "btree_gist", "unaccent")


class DatabaseUnavailableError(RuntimeError):
    """The error raised when the embedded server does not start; the message says what to look at."""


def ensure_database() -> None:
    """Set DATABASE_URL and DATABASE_OWNER_URL; start the embedded server if neither names another.

    The server stops when the last process that called this one exits.
    """
    if os.environ.get("DATABASE_URL"):
        os.environ.setdefault("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
        return
    from .embedded import start_embedded

    superuser_uri = start_embedded(ROOT / "var" / "postgres")
    bootstrap(superuser_uri, "palier")
    os.environ["DATABASE_URL"] = embedded_url(superuser_uri, "palier", RUNTIME_ROLE)
    os.environ["DATABASE_OWNER_URL"] = embedded_url(superuser_uri, "palier", OWNER_ROLE)


def socket_directory(superuser_uri: str) -> str:
    """Return the directory of the server's Unix socket."""
    return str(psycopg.conninfo.conninfo_to_dict(superuser_uri)["host"])


def embedded_url(superuser_uri: str, database: str, role: str) -> str:
    """Return a URL for ``role`` on ``database`` through the server's Unix socket."""
    return f"postgresql://{role}@{quote(socket_directory(superuser_uri), safe='')}/{database}"


# What a session prepares (classification.engine) is planned once; by default the first five times anew, which for one
# residence takes ten times as long as running it.
PLANNING = {"plan_cache_mode": "force_generic_plan"}


def bootstrap(superuser_uri: str, database: str, passwords: Mapping[str, str] | None = None) -> None:
    """Create the roles with their limits, the database and the extensions; safe to repeat.

    Args:
        superuser_uri: connection string of a superuser, used for nothing else.
        database: name of the database to create, owned by ``palier_owner``.
        passwords: role → password, given again to a role that exists. None where the server trusts its socket.
            The backup's role is created only if it has a password.
    """
    passwords = passwords or {}
    with psycopg.connect(superuser_uri, autocommit=True) as connection:
        _create_role(connection, OWNER_ROLE, "NOBYPASSRLS", passwords.get(OWNER_ROLE))
        _create_role(connection, RUNTIME_ROLE, "NOBYPASSRLS", passwords.get(RUNTIME_ROLE))
        if BACKUP_ROLE in passwords:
            _create_role(
                connection, BACKUP_ROLE, "BYPASSRLS IN ROLE pg_read_all_data", passwords[BACKUP_ROLE]
            )
        _limit(connection)
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", database):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(database), sql.Identifier(OWNER_ROLE)
                )
            )
    with psycopg.connect(superuser_uri, dbname=database, autocommit=True) as connection:
        for extension in EXTENSIONS:
            connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        connection.execute(_GRANTS)
        _close(connection, database)


def _create_role(
    connection: psycopg.Connection, name: str, powers: LiteralString, password: str | None
) -> None:
    """Create a role that is no superuser, or give the one that exists its password."""
    role, secret = sql.Identifier(name), sql.Literal(password)
    if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
        statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER PASSWORD {} " + powers)
        connection.execute(statement.format(role, secret))
    elif password:
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, secret))


def _limit(connection: psycopg.Connection) -> None:
    """Set the limits of the runtime role, and how it plans, for every database of the server; a single one may override them.

    A limit is written only where it differs, so that two processes that start together do not update the same
    row of the catalog.
    """
    query = "SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = 0 AND setrole = %s::regrole"
    found = connection.execute(query, [RUNTIME_ROLE]).fetchone()
    held = dict(setting.split("=", 1) for setting in (found[0] if found else ()))
    for name, value in {**SERVING, **TEMPORARY_FILES, **UNSEEN, **PLANNING}.items():
        if held.get(name) != value:
            statement = sql.SQL("ALTER ROLE {} SET {} = {}")
            try:
                connection.execute(
                    statement.format(sql.Identifier(RUNTIME_ROLE), sql.Identifier(name), sql.Literal(value))
                )
            except psycopg.errors.InsufficientPrivilege:
                # A managed server gives no true superuser; it bounds its disk itself.
                if name in SERVING:
                    raise


def _close(connection: psycopg.Connection, database: str) -> None:
    """Let nobody but the product's roles connect to the database; like a limit, a right is given only where it lacks."""
    named = sql.Identifier(database)
    by_all = """SELECT 1 FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
        WHERE d.datname = %s AND a.grantee = 0"""
    if _exists(connection, by_all, database):
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(named))
    # An import sorts what it reads in temporary tables.
    for role, right in ((RUNTIME_ROLE, "TEMPORARY"), (RUNTIME_ROLE, "CONNECT"), (BACKUP_ROLE, "CONNECT")):
        lacks = f"SELECT 1 FROM pg_roles WHERE rolname = %s AND NOT has_database_privilege(oid, current_database(), '{right}')"
        if _exists(connection, lacks, role):
            given = sql.SQL("GRANT {} ON DATABASE {} TO {}")
            connection.execute(given.format(sql.SQL(right), named, sql.Identifier(role)))


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


# Privileges on tables are given after each migrate (core/grants.py).
_GRANTS = f"""
ALTER SCHEMA public OWNER TO {OWNER_ROLE};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {RUNTIME_ROLE};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} IN SCHEMA public REVOKE ALL ON TABLES FROM {RUNTIME_ROLE};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO {RUNTIME_ROLE};
"""
