"""Write entries of the journal, in the transaction of the act."""

import json
import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.utils.translation import override

from accounts.enums import AuditAction, Role
from accounts.scope import Scope, system_scope

if TYPE_CHECKING:
    from accounts.models import User

# Of several roles that a page is for, an act is done in the first of these that is held: through it most is seen.
_FIRST = (Role.COORDINATOR, Role.PARTNER, Role.LEAD, Role.AGENT, Role.DPO, Role.ADMIN)


def write_entry(
    scope: Scope,
    action: AuditAction,
    subject: models.Model | str,
    *,
    organisation_id: int | None = None,
    acting_in: Collection[Role] | None = None,
    concerns: Iterable[int] = (),
    places: Iterable[tuple[int, str]] = (),
    **detail: Any,
) -> None:
    """Append an entry to the journal of each organisation that it belongs to.

    These are the organisation where the act was done, and those that it concerns: never all in which a person
    happens to hold a role.

    Args:
        scope: who acts.
        action: what was done.
        subject: the object acted on, or the name of a page, a list or a file.
        organisation_id: the organisation where the act was done; by default those where the role is held in which
            it was done, and of these those that it concerns if there are any.
        acting_in: the roles in which it may have been done; by default those that the page is for.
        concerns: the landlords whose sites are read, sent out or published: their journals get
            the entry too, so that they know who saw what of theirs.
        places: the residences that were shown, by landlord and name; a landlord's journal tells of its own alone.
        detail: small, JSON-serialisable, never free text typed by people. How many ``rows`` a file has counts those of
            all landlords: the journals of those that it concerns do not tell, since each could subtract its own.
    """
    concerned = list(concerns)
    roles = scope.acting if acting_in is None else acting_in
    role, held = _role(scope, roles, organisation_id, concerned)
    own: list[int | None] = [organisation_id] if organisation_id else [*held] or [None]
    shown = [*_place_of(subject), *places]
    _append(scope, action, subject, detail, [
        _Journal(journal, role, held[0] if held else None, [
            name for landlord, name in shown if journal in own or journal == landlord
        ], knows_rows=journal in own or journal in held)
        for journal in dict.fromkeys([*own, *concerned])
    ])  # fmt: skip


def write_account_entry(
    scope: Scope, action: AuditAction, subject: models.Model | str, **detail: Any
) -> None:
    """Append an entry about a person's own account: a login, a password, a preference.

    It belongs to no role: each organisation where the person holds one has it, and learns of no other from it.
    """
    held = {pk: role for role in reversed(_FIRST) for pk in scope.roles.get(role, ())}
    journals = [_Journal(pk, held[pk], pk, []) for pk in sorted(held)]
    _append(scope, action, subject, detail, journals or [_Journal(None, None, None, [])])


def write_failed_login(meant: "User | None", roles: dict[Role, list[int]] | None = None) -> None:
    """Append an entry about a login that failed, in the product's name: nobody has proved who they are.

    Args:
        meant: the account whose address was given; None for an address without an account.
        roles: the roles of that account, whose organisations learn of it.
    """
    with system_scope("authentication"):
        scope = Scope(user_id=None, roles=roles or {}, system="authentication")
        write_account_entry(scope, AuditAction.LOGIN_FAILED, meant or "accounts.login", unknown=meant is None)


def write_link_asked(user: "User", roles: dict[Role, list[int]]) -> None:
    """Append an entry about a link for a new password that was asked for an account, in the product's name.

    Args:
        user: the account.
        roles: its roles, whose organisations learn of it.
    """
    with system_scope("authentication"):
        scope = Scope(user_id=None, roles=roles, system="authentication")
        write_account_entry(scope, AuditAction.CREATE, user, link_asked=True)


def _role(
    scope: Scope, roles: Collection[Role], organisation_id: int | None, concerned: Collection[int]
) -> tuple[Role | None, list[int]]:
    """Return the role in which an act was done, and the organisations where it is held, narrowed to those concerned.

    It is a role in the organisation of the act, where the person has one there.
    """
    held = [role for role in _FIRST if role in roles and scope.roles.get(role)]
    for role in held:
        if organisation_id in scope.roles[role]:
            return role, [organisation_id] if organisation_id else []
    if not held:
        return None, []
    where = scope.roles[held[0]]
    return held[0], sorted([pk for pk in where if pk in concerned] or where)


def _place_of(subject: models.Model | str) -> list[tuple[int, str]]:
    """Return the landlord and the residence of a record that lies at one."""
    try:
        place = getattr(subject, "journal_place", None)
    except ObjectDoesNotExist:
        return []
    return [place] if place else []


class _Journal(NamedTuple):
    """A journal that an entry belongs to, and what it says there: role, organisation, names of residences, number of rows."""

    organisation: int | None
    role: Role | None
    acting_for: int | None
    places: list[str]
    knows_rows: bool = True


def _append(
    scope: Scope,
    action: AuditAction,
    subject: models.Model | str,
    detail: dict[str, Any],
    journals: list[_Journal],
) -> None:
    """Append an entry for each journal, with the role and the organisation of whoever acts."""
    values = {
        "actor_id": scope.user_id,
        "system": scope.system,
        "action": str(action),
        "object_type": subject if isinstance(subject, str) else subject._meta.label_lower,
        "object_id": "" if isinstance(subject, str) else str(subject.pk),
        "subject": "" if isinstance(subject, str) else name_of(subject)[:300].replace("\0", ""),
        "details": [_written(detail, scope, journal) for journal in journals],
        "journals": [journal.organisation for journal in journals],
        "roles": [journal.role or "" for journal in journals],
        "acting_for": [journal.acting_for for journal in journals],
        "places": ["\n".join(dict.fromkeys(journal.places)).replace("\0", "") for journal in journals],
    }
    # The ORM would read the row back, and most people may append entries but not read them.
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)


def _written(detail: dict[str, Any], scope: Scope, journal: _Journal) -> str:
    """Return the detail of an entry as a journal holds it, as JSON."""
    told = {key: value for key, value in detail.items() if journal.knows_rows or key != "rows"}
    return _NUL.sub(r"\1", json.dumps(told | ({"program": scope.program} if scope.program else {})))


def name_of(record: models.Model) -> str:
    """Return what an entry calls a record, in French: ``journal_name``, where it has one, or its text.

    It says what the record is without the kind, which is said beside it, and never by its number alone. Empty where
    it is named after something that whoever acts does not see.
    """
    with override("fr"):
        try:
            return str(getattr(record, "journal_name", record))
        except ObjectDoesNotExist:
            return ""


# NUL as JSON escapes it, the backslash itself not escaped; a jsonb column refuses it.
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_INSERT = """
INSERT INTO accounts_auditentry (at, actor_id, role, acting_for_id, system, organisation_id, action,
    object_type, object_id, subject, places, detail)
SELECT clock_timestamp(), %(actor_id)s, role, acting_for, %(system)s, journal, %(action)s,
    %(object_type)s, %(object_id)s, %(subject)s, places, detail::jsonb
FROM unnest(%(journals)s::bigint[], %(roles)s::text[], %(acting_for)s::bigint[], %(places)s::text[], %(details)s::text[])
    WITH ORDINALITY AS journals (journal, role, acting_for, places, detail, place) ORDER BY place
"""
