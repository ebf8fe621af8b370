"""Write entries of the journal, in the transaction of the act."""

import json
import re
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, models

from accounts.enums import AuditAction, Role
from accounts.scope import Scope


def write_entry(
    scope: Scope,
    action: AuditAction,
    subject: models.Model | str,
    *,
    organisation_id: int | None = None,
    acting_in: Collection[Role] = tuple(Role),
    concerns: Iterable[int] = (),
    **detail: Any,
) -> None:
    """Append an entry to the journal of each organisation that it belongs to.

    Args:
        scope: who acts.
        action: what was done.
        subject: the object acted on, or the name of a page, a list or a file.
        organisation_id: the organisation whose journal gets the entry; by default, each
            organisation in which the person acts. With a single one of them, the others would have
            no trace, and giving a person a role would divert their entries.
        acting_in: the roles in which the person acts, for that default.
        concerns: the landlords whose sites are read, sent out or published: their journals get
            the entry too, so that they know who saw what of theirs.
        detail: small, JSON-serialisable, never free text typed by people.
    """
    values = {
        "actor_id": scope.user_id,
        "system": scope.system,
        "action": str(action),
        "object_type": subject if isinstance(subject, str) else subject._meta.label_lower,
        "object_id": "" if isinstance(subject, str) else str(subject.pk),
        "detail": _NUL.sub(r"\1", json.dumps(detail)),
    }
    own = [organisation_id] if organisation_id else _own_organisations(scope, acting_in)
    # The ORM would read the row back, and most people may append entries but not read them.
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values | {"journals": list(dict.fromkeys([*own, *concerns]))})


# NUL as JSON escapes it, the backslash itself not escaped; a jsonb column refuses it.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_INSERT = """
INSERT INTO accounts_auditentry
    (at, actor_id, system, organisation_id, action, object_type, object_id, detail)
SELECT clock_timestamp(), %(actor_id)s, %(system)s, journal, %(action)s,
    %(object_type)s, %(object_id)s, %(detail)s
FROM unnest(%(journals)s::bigint[]) WITH ORDINALITY AS journals (journal, place) ORDER BY place
"""


def _own_organisations(scope: Scope, roles: Collection[Role]) -> list[int | None]:
    own = {pk for role in roles for pk in scope.roles.get(role, ())}
    return [*sorted(own)] or [None]
