"""Grant the runtime role, table by table, what the policies open and no more; the owner of the tables does so after ``migrate``."""

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from .perimeter import declared

RUNTIME_ROLE = "palier"
_VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Tables without policies that the product writes: counters of login attempts, under digests.
_WRITTEN = {"palier_cache": frozenset(_VERBS)}


def granted(table: str) -> frozenset[str]:
    """Return the privileges that the runtime role has on a table.

    They are the commands of its policies that bind everybody; a table without policies is read alone.
    """
    policies = declared().get(table)
    if policies is None:
        return _WRITTEN.get(table, frozenset({"SELECT"}))
    commands = {policy.command for policy in policies if policy.role == "PUBLIC"}
    return frozenset(_VERBS if "ALL" in commands else commands)


def grant(cursor: CursorWrapper) -> None:
    """Give the runtime role its privileges on every table of the schema, and take any other from it."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    role = sql.Identifier(RUNTIME_ROLE)
    for (name,) in cursor.fetchall():
        table, verbs = sql.Identifier(name), sorted(granted(name))
        cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(table, role))
        if verbs:
            given = sql.SQL(", ").join(map(sql.SQL, verbs))
            cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(given, table, role))
