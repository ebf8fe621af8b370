"""Refuse to serve with settings that would break what the product promises."""

import io
import os
import sys

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connections

from core.rls import as_system

_KEYS = (
    "DATABASE_OWNER_URL", "SUPERUSER_DATABASE_URL", "BACKUP_DATABASE_URL",
    "PALIER_DB_PASSWORD", "PALIER_DB_OWNER_PASSWORD", "PALIER_DB_BACKUP_PASSWORD",
)  # fmt: skip


def refuse_unfit() -> None:
    """Exit, with every reason, unless the process is fit to serve; in production only.

    All reasons are given at once, so that the operator need not correct one setting after the other.
    """
    if not settings.PRODUCTION:
        return
    fit = False
    try:
        _check(tags=["palier"])
        _refuse_keys()
        _refuse_unknown_seal()
        _check(deploy=True)
        fit = True
    except CommandError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201 - the log writes no such text
    finally:
        # The server forks: its children must not share a connection.
        connections.close_all()
        if not fit:
            # Celery ignores an exception of a signal handler, so exit after any error.
            sys.exit(1)


def refuse_pooler() -> None:
    """Exit, with the reason, if there is a pooler between a worker and the database; in production only."""
    if settings.PRODUCTION and settings.DATABASE_POOLED:
        message = (
            "DATABASE_POOLER must not be set for a worker, because it holds its jobs by a lock of its connection; "
            "unset it, and give it the address of PostgreSQL itself."
        )
        print(message, file=sys.stderr, flush=True)  # noqa: T201 - as above
        sys.exit(1)


def _check(**options: object) -> None:
    # The message of success does not belong in the log.
    call_command("check", databases=["default"], fail_level="WARNING", stdout=io.StringIO(), **options)


def _refuse_keys() -> None:
    held = [name for name in _KEYS if os.environ.get(name)]
    if held:
        message = (
            f"{' and '.join(held)} must not be set for a process that serves, because it would open every "
            "row to whoever takes that process over; set it for migrations, backup and restore alone."
        )
        raise CommandError(message)


def _refuse_unknown_seal() -> None:
    try:
        with as_system("sessions"):
            pass
    except ProgrammingError as error:
        message = (
            "SECRET_KEY is not the one that the database checks scopes with, so nobody would see anything; run "
            "`manage.py migrate --database owner`, which tells the database."
        )
        raise CommandError(message) from error
