"""Plant entries of the journal with a moment of one's own, seal them, and tamper with them, in the test's transaction."""

import datetime as dt
from typing import Any

from django.db import connection
from psycopg import ClientCursor

from accounts.migrations import __name__ as _migrations
from accounts.models import AuditEntry

_SEAL = __import__(f"{_migrations}.0021_seal_journal", fromlist=["SEAL"]).SEAL


def tamper(statement: str, *params: Any) -> None:
    """Run a statement as somebody whom neither triggers nor policies stop."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        written = ClientCursor(connection.connection).mogrify(statement, params) if params else statement
        cursor.execute("SELECT planting.run(%s)", [written])


def plant_entries(actor: Any, organisation: Any, number: int, at: str | dt.datetime) -> None:
    """Plant entries of one moment by ``actor`` in the journal of ``organisation``, numbered from 1; no link yet."""
    tamper(
        "INSERT INTO accounts_auditentry (at, actor_id, actor_name, acting_name, system, organisation_id, action,"
        " object_type, object_id, detail) SELECT %s, %s, %s, %s, '', %s, 'publish', 'planted', n::text, '{}'"
        " FROM generate_series(1, %s) n",
        at, actor.pk, str(actor), str(organisation), organisation.pk, number,
    )  # fmt: skip


def seal() -> None:
    """Link what the transaction wrote, as its commit would; and what was planted, each at its own moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    tamper(_SEAL)


def entries(**about: Any) -> list[AuditEntry]:
    """Return the entries of all journals that ``about`` picks, oldest first."""
    from accounts.scope import system_scope

    with system_scope("verification"):
        return list(AuditEntry.objects.filter(**about).order_by("id"))
