"""Set the scope of a transaction: who acts, and so which rows the database lets them see.

The row-level-security policies read the scope from a table of the schema's owner, which functions of the database write
(:mod:`core.seal`). Without a scope there are no rows. An app that adds to what a person may see registers a *part*: a
database function that computes further settings from tables. Parts are called in order of registration, each under the
policies that the earlier ones opened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from core import limits
from core.seal import Acting, enter, leave

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
    "withdrawing",
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
    "factor_reset",
    "settled",
    "verification",
    "retention",
    "seeding",
]

_parts: list[str] = []


@dataclass(frozen=True)
class Scope:
    """The scope of the current transaction: who acts, and in which roles.

    Attributes:
        user_id: the person, or None for a program or a system scope.
        roles: role → ids of the organisations in which it is held today.
        system: name of the system scope, "api" for a program, empty for people.
        acting: the roles in which an act may be done; a page narrows them to those it is for.
        program: name of the token of the program that acts, "" for all others.
    """

    user_id: int | None
    roles: dict[Role, list[int]]
    system: str = ""
    acting: tuple[Role, ...] = tuple(Role)
    program: str = ""

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


def register_part(function: str) -> None:
    """Add a database function that holds further settings (``palier_hold``), from what the acting user may already see."""
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
    parts = ["palier_scope_person", *_parts] if user.is_active else []
    with _entered(Acting(user_id=user.pk, parts=parts), still=still) as roles:
        yield Scope(user_id=user.pk, roles=roles)


@contextmanager
def acting_for(organisation: "Organisation", program: str = "") -> Iterator[Scope]:
    """Run a block as a program of ``organisation``, by the name of its token, with what its security lead may see."""
    acting = Acting(organisation_id=organisation.pk, parts=["palier_scope_program", *_parts])
    with _entered(acting) as roles:
        yield Scope(user_id=None, roles=roles, system="api", program=program)


@contextmanager
def system_scope(name: SystemScope) -> Iterator[Scope]:
    """Run a block in the system scope ``name``; the policies say which rows it opens."""
    with _entered(Acting(system=name)):
        yield Scope(user_id=None, roles={}, system=name)


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
def _entered(acting: Acting, *, still: bool = False) -> Iterator[dict[Role, list[int]]]:
    nested = connection.in_atomic_block
    if still and nested:
        message = "REPEATABLE READ needs a transaction of its own, and one is open already"
        raise RuntimeError(message)
    # A failed block rolls back to its savepoint, which restores the scope.
    with transaction.atomic(), connection.cursor() as cursor:
        if still:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        held = enter(cursor, acting, {} if nested else limits.of_transaction())
        yield {role: held.get(f"palier.{role.value}_of", []) for role in Role} if acting.parts else {}
        if nested:
            leave(cursor)
