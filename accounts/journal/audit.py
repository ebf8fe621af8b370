"""The journal of who did what: one function, called in the transaction of the act."""

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
    """Append an entry, to the journal of each organisation that it belongs to.

    Args:
        scope: who acts.
        action: what was done.
        subject: the object it was done to, or the name of a page or a list.
        organisation_id: whose journal it belongs to; every organisation in which the person
            acts when it is not said. One of them alone would leave the others without a
            trace, and whoever gives a person a role could draw their entries away.
        acting_in: the roles in which the person acts.
        concerns: the landlords whose sites are read, sent out or published: the entry belongs to
            their journals too, so that they know who saw what of theirs.
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
    # Not through the ORM: it would read the row back, and most may append but not read.
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values | {"journals": list(dict.fromkeys([*own, *concerns]))})


# As JSON writes it, after no or a whole number of backslashes; a jsonb column takes none.
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
