"""The acting-user scope: what the database lets the current transaction see.

Row-level security reads settings that are local to the transaction. This module is the
only place that writes them. No scope set: no rows. Each app that adds something to what
a person may see registers a *part*: SQL that computes further settings from tables, run
in order of registration, under the policies that the earlier parts already opened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.db import connection, transaction
from django.utils import timezone

from .enums import Role

if TYPE_CHECKING:
    from .models import Organisation, User

SystemScope = Literal[
    "authentication",
    "invitation",
    "journal",
    "naming",
    "evaluation",
    "stock_import",
    "incident_import",
    "jobs",
    "backup",
    "seeding",
]

_SETTINGS = [
    "palier.user_id",
    "palier.organisation_id",
    "palier.system",
    "palier.today",
    *(f"palier.{role.value}_of" for role in Role),
    "palier.organisations",
]

_MEMBERSHIPS = "\n".join(
    f"""
SELECT set_config('palier.{role.value}_of', coalesce(array_agg(organisation_id), '{{}}')::text, true)
FROM accounts_membership
WHERE role = '{role.value}' AND user_id = palier_user()
    AND starts_on <= palier_today() AND (ends_on IS NULL OR ends_on > palier_today());"""
    for role in Role
)

_PROGRAM = "SELECT set_config('palier.lead_of', array[palier_organisation()]::text, true);"

_OWN_ORGANISATIONS = """
SELECT set_config('palier.organisations', (
    palier_ids('palier.agent_of') || palier_ids('palier.lead_of')
    || palier_ids('palier.coordinator_of') || palier_ids('palier.partner_of')
    || palier_ids('palier.admin_of') || palier_ids('palier.dpo_of'))::text, true);
"""

_parts: list[str] = []


@dataclass(frozen=True)
class Scope:
    """Who acts in this transaction.

    Attributes:
        user_id: the person, or None for a program or a system scope.
        roles: role → ids of the organisations in which it is held today.
        system: name of the system scope, "api" for a program, empty for people.
    """

    user_id: int | None
    roles: dict[Role, list[int]]
    system: str = ""

    def has(self, *roles: Role) -> bool:
        """Say whether any of ``roles`` is held."""
        return any(self.roles.get(role) for role in roles)

    @property
    def is_admin(self) -> bool:
        """True for an administrator; templates cannot pass a role to :meth:`has`."""
        return self.has(Role.ADMIN)


def register_part(settings: list[str], sql: str) -> None:
    """Add SQL that sets ``settings`` from what the acting user may already see."""
    _SETTINGS.extend(name for name in settings if name not in _SETTINGS)
    if sql not in _parts:
        _parts.append(sql)


@contextmanager
def acting_as(user: "User", *, still: bool = False) -> Iterator[Scope]:
    """Run a block, in a transaction, with exactly what ``user`` may see today.

    With ``still``, every statement of the transaction sees the database as at its first:
    for figures that must agree with each other. It has no effect inside another transaction.
    """
    with _entered({"palier.user_id": str(user.pk)}, _MEMBERSHIPS, still=still) as roles:
        yield Scope(user_id=user.pk, roles=roles)


@contextmanager
def acting_for(organisation: "Organisation") -> Iterator[Scope]:
    """Run a block as a program of ``organisation``: what its security lead may see."""
    with _entered({"palier.organisation_id": str(organisation.pk)}, _PROGRAM) as roles:
        yield Scope(user_id=None, roles=roles, system="api")


@contextmanager
def system_scope(name: SystemScope) -> Iterator[Scope]:
    """Run a block as the product itself; the policies say what each name opens."""
    with _entered({"palier.system": name}, "") as roles:
        yield Scope(user_id=None, roles=roles, system=name)


@contextmanager
def _entered(
    identity: dict[str, str], opening: str, *, still: bool = False
) -> Iterator[dict[Role, list[int]]]:
    nested = connection.in_atomic_block
    # A failed block rolls back to its savepoint, and the settings made in it with it.
    with transaction.atomic(), connection.cursor() as cursor:
        if still and not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        before = _read(cursor) if nested else {}
        _write(cursor, identity)
        if opening:
            cursor.execute(opening + _OWN_ORGANISATIONS + "".join(_parts))
        yield _roles(cursor) if opening else {}
        if nested:
            _write(cursor, before)


def _read(cursor) -> dict[str, str]:
    columns = ", ".join(f"current_setting('{name}', true)" for name in _SETTINGS)
    cursor.execute(f"SELECT {columns}")
    return {name: value or "" for name, value in zip(_SETTINGS, cursor.fetchone(), strict=True)}


def _write(cursor, values: dict[str, str]) -> None:
    values = {"palier.today": timezone.localdate().isoformat()} | values
    calls = ", ".join("set_config(%s, %s, true)" for _ in _SETTINGS)
    params = [item for name in _SETTINGS for item in (name, values.get(name, ""))]
    cursor.execute(f"SELECT {calls}", params)


def _roles(cursor) -> dict[Role, list[int]]:
    columns = ", ".join(f"palier_ids('palier.{role.value}_of')" for role in Role)
    cursor.execute(f"SELECT {columns}")
    return dict(zip(Role, cursor.fetchone(), strict=True))
