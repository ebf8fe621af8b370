"""Grant the runtime role what the policies open, table by table, and the functions; the owner does so after ``migrate``."""

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


# PostgreSQL lets everybody call a new function. One that a migration has closed is open to nobody here.
_OPEN_FUNCTIONS = """
SELECT p.oid::regprocedure::text, p.prorettype = 'trigger'::regtype FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = current_user::regrole
    AND has_function_privilege('public', p.oid, 'EXECUTE')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
"""


def grant(cursor: CursorWrapper) -> None:
    """Give the runtime role its privileges on every table and function of the schema, and take others from everybody."""
    _grant_tables(cursor)
    _grant_functions(cursor)


def _grant_functions(cursor: CursorWrapper) -> None:
    """Have the functions that everybody may call be the runtime role's alone; triggers run without such a privilege."""
    cursor.execute(_OPEN_FUNCTIONS)
    for name, is_trigger in cursor.fetchall():
        # As PostgreSQL writes it, quotes included.
        function = sql.SQL(name)
        cursor.execute(sql.SQL("REVOKE EXECUTE ON ROUTINE {} FROM PUBLIC").format(function))
        if not is_trigger:
            cursor.execute(
                sql.SQL("GRANT EXECUTE ON ROUTINE {} TO {}").format(function, sql.Identifier(RUNTIME_ROLE))
            )


def _grant_tables(cursor: CursorWrapper) -> None:
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
