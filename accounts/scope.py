"""Set the scope of a transaction: who acts, and so which rows the database lets them see.

The row-level-security policies read settings local to the transaction. This module and the database
functions it calls are the only writers of these settings. Without a scope there are no rows. An app that
adds to what a person may see registers a *part*: a database function that computes further settings from
tables. Parts are called in order of registration, each under the policies that the earlier ones opened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from core import limits

from .enums import Role

if TYPE_CHECKING:
    from .models import Organisation, User

SystemScope = Literal[
    "authentication",
    "token",
    "invitation",
    "proposals",
    "journal",
    "readers",
    "naming",
    "mail",
    "installation",
    "evaluation",
    "stock_import",
    "incident_import",
    "jobs",
    "outbox",
    "backup",
    "sessions",
    "verification",
    "retention",
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

_parts: list[str] = []


@dataclass(frozen=True)
class Scope:
    """The scope of the current transaction: who acts, and in which roles.

    Attributes:
        user_id: the person, or None for a program or a system scope.
        roles: role → ids of the organisations in which it is held today.
        system: name of the system scope, "api" for a program, empty for people.
    """

    user_id: int | None
    roles: dict[Role, list[int]]
    system: str = ""

    def has(self, *roles: Role) -> bool:
        """Say whether at least one of ``roles`` is held."""
        return any(self.roles.get(role) for role in roles)

    @property
    def person_id(self) -> int:
        """Return the id of the person who acts.

        Raises:
            PermissionDenied: a program acts, or a system scope.
        """
        if self.user_id is None:
            raise PermissionDenied
        return self.user_id

    @property
    def is_admin(self) -> bool:
        """True for an administrator; for templates, which cannot pass a role to :meth:`has`."""
        return self.has(Role.ADMIN)


# The scope of a person not logged in. Nothing is set for it: without settings there are no rows.
NOBODY = Scope(user_id=None, roles={})


def register_part(settings: list[str], function: str) -> None:
    """Add a database function that sets ``settings`` from what the acting user may already see."""
    _SETTINGS.extend(name for name in settings if name not in _SETTINGS)
    if function not in _parts:
        _parts.append(function)


@contextmanager
def acting_as(user: "User", *, still: bool = False) -> Iterator[Scope]:
    """Run a block, in a transaction, with exactly the rows that ``user`` may see today: none once the account is closed.

    With ``still``, the transaction has the isolation level REPEATABLE READ: all its statements see the same
    state of the database, for figures that must agree.

    Raises:
        RuntimeError: ``still`` was asked for inside another transaction, which may have read already.
    """
    opening = "palier_scope_person" if user.is_active else ""
    with _entered({"palier.user_id": str(user.pk)}, opening, still=still) as roles:
        yield Scope(user_id=user.pk, roles=roles)


@contextmanager
def acting_for(organisation: "Organisation") -> Iterator[Scope]:
    """Run a block as a program of ``organisation``, with what its security lead may see."""
    with _entered({"palier.organisation_id": str(organisation.pk)}, "palier_scope_program") as roles:
        yield Scope(user_id=None, roles=roles, system="api")


@contextmanager
def system_scope(name: SystemScope) -> Iterator[Scope]:
    """Run a block in the system scope ``name``; the policies say which rows it opens."""
    with _entered({"palier.system": name}, "") as roles:
        yield Scope(user_id=None, roles=roles, system=name)


def load_user(user_id: int | None) -> "User":
    """Return the user for whom a task works; tasks take ids, not objects.

    Raises:
        User.DoesNotExist: there is no such account.
    """
    accounts = get_user_model()
    if user_id is None:
        raise accounts.DoesNotExist
    with system_scope("authentication"):
        return accounts.objects.get(pk=user_id)


@contextmanager
def _entered(
    identity: dict[str, str], opening: str, *, still: bool = False
) -> Iterator[dict[Role, list[int]]]:
    nested = connection.in_atomic_block
    if still and nested:
        message = "REPEATABLE READ needs a transaction of its own, and one is open already"
        raise RuntimeError(message)
    # A failed block rolls back to its savepoint, which restores the settings.
    with transaction.atomic(), connection.cursor() as cursor:
        if still:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if not nested:
            identity = limits.of_transaction() | identity
        before, roles = _enter(cursor, identity, [opening, *_parts] if opening else [])
        yield roles if opening else {}
        if nested:
            cursor.execute(*_writing(before))


def _enter(
    cursor: CursorWrapper, identity: dict[str, str], functions: list[str]
) -> tuple[dict[str, str], dict[Role, list[int]]]:
    """Write the settings; return their former values and the roles now held, in one round trip."""
    reading = ", ".join(f"current_setting('{name}', true)" for name in _SETTINGS)
    writing, params = _writing(identity)
    held = ", ".join(f"palier_ids('palier.{role.value}_of')" for role in Role)
    selected = [*(f"{function}()" for function in functions), held]
    cursor.execute(";".join([f"SELECT {reading}", writing, *(f"SELECT {each}" for each in selected)]), params)
    before = {name: value or "" for name, value in zip(_SETTINGS, cursor.fetchone(), strict=True)}
    while cursor.nextset():
        pass
    return before, dict(zip(Role, cursor.fetchone(), strict=True))


def _writing(values: dict[str, str]) -> tuple[str, list[str]]:
    values = {"palier.today": timezone.localdate().isoformat()} | values
    values = dict.fromkeys(_SETTINGS, "") | values
    params = [item for pair in values.items() for item in pair]
    return f"SELECT {', '.join('set_config(%s, %s, true)' for _ in values)}", params
