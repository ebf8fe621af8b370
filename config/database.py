"""Find a PostgreSQL server: the embedded one by default, or the one named by DATABASE_URL.

There are two roles, neither a superuser, neither with BYPASSRLS. ``palier_owner`` owns the schema and runs
migrations. ``palier`` is the role the application connects as: it reads and writes rows as the policies
allow, and cannot change the tables.
"""

import os
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from core.limits import SERVING, TEMPORARY_FILES

ROOT = Path(__file__).resolve().parent.parent
OWNER_ROLE = "palier_owner"
RUNTIME_ROLE = "palier"
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


def bootstrap(superuser_uri: str, database: str, runtime_password: str = "") -> None:
    """Create the two roles with their limits, the database and the extensions; safe to repeat.

    Args:
        superuser_uri: connection string of a superuser, used for nothing else.
        database: name of the database to create, owned by ``palier_owner``.
        runtime_password: password for both roles; empty where the server trusts its socket.
    """
    with psycopg.connect(superuser_uri, autocommit=True) as connection:
        for role in (OWNER_ROLE, RUNTIME_ROLE):
            if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}").format(
                        sql.Identifier(role), sql.Literal(runtime_password or None)
                    )
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


def _limit(connection: psycopg.Connection) -> None:
    """Set the limits of the runtime role for every database of the server; a single database may override them.

    A limit is written only where it differs, so that two processes that start together do not update the same
    row of the catalog.
    """
    query = "SELECT setconfig FROM pg_db_role_setting WHERE setdatabase = 0 AND setrole = %s::regrole"
    found = connection.execute(query, [RUNTIME_ROLE]).fetchone()
    held = dict(setting.split("=", 1) for setting in (found[0] if found else ()))
    for name, value in {**SERVING, **TEMPORARY_FILES}.items():
        if held.get(name) != value:
            statement = sql.SQL("ALTER ROLE {} SET {} = {}")
            try:
                connection.execute(
                    statement.format(sql.Identifier(RUNTIME_ROLE), sql.Identifier(name), sql.Literal(value))
                )
            except psycopg.errors.InsufficientPrivilege:
                # A managed server gives no true superuser; it bounds its disk itself.
                if name not in TEMPORARY_FILES:
                    raise


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


_GRANTS = f"""
ALTER SCHEMA public OWNER TO {OWNER_ROLE};
GRANT USAGE ON SCHEMA public TO {RUNTIME_ROLE};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {RUNTIME_ROLE};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER_ROLE} IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO {RUNTIME_ROLE};
"""
