"""The journal of who did what: one function, called in the transaction of the act."""

import json
from typing import Any

from django.db import connection, models

from .enums import AuditAction
from .scope import Scope


def record(
    scope: Scope,
    action: AuditAction,
    subject: models.Model | str,
    *,
    organisation_id: int | None = None,
    **detail: Any,
) -> None:
    """Append an entry.

    Args:
        scope: who acts.
        action: what was done.
        subject: the object it was done to, or the name of a page or a list.
        organisation_id: whose journal it belongs to; the acting person's own
            organisation when there is only one and nothing else is said.
        detail: small, JSON-serialisable, never free text typed by people.
    """
    is_name = isinstance(subject, str)
    values = {
        "actor_id": scope.user_id,
        "system": scope.system,
        "organisation_id": organisation_id or _own_organisation(scope),
        "action": str(action),
        "object_type": subject if is_name else subject._meta.label_lower,
        "object_id": "" if is_name else str(subject.pk),
        "detail": json.dumps(detail),
    }
    # Not through the ORM: it would read the row back, and most may append but not read.
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)


_INSERT = """
INSERT INTO accounts_auditentry
    (at, actor_id, system, organisation_id, action, object_type, object_id, detail)
VALUES (clock_timestamp(), %(actor_id)s, %(system)s, %(organisation_id)s, %(action)s,
    %(object_type)s, %(object_id)s, %(detail)s)
"""


def _own_organisation(scope: Scope) -> int | None:
    ids = [pk for organisations in scope.roles.values() for pk in organisations]
    return ids[0] if ids else None
