"""Refusing to serve with settings that would not keep what the product promises."""

import io
import os
import sys

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

_KEYS = ("DATABASE_OWNER_URL", "SUPERUSER_DATABASE_URL", "BACKUP_DATABASE_URL")


def refuse_unfit() -> None:
    """End this process, saying why, unless it is fit to serve; only in production.

    Everything at once, so that nobody mends one setting after the other.
    """
    if not settings.PRODUCTION:
        return
    fit = False
    try:
        _check(tags=["palier"])
        _refuse_keys()
        _check(deploy=True)
        fit = True
    except CommandError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201 - the log writes no such text
    finally:
        # The server forks: its children must not share a connection.
        connections.close_all()
        if not fit:
            # Whatever else went wrong: Celery goes on after an error of whom it tells that it starts.
            sys.exit(1)


def refuse_pooler() -> None:
    """End this process, saying why, if a pooler stands between it and the database; only in production."""
    if settings.PRODUCTION and settings.DATABASE_POOLED:
        message = (
            "DATABASE_POOLER must not be set for a worker, because it holds its jobs by a lock of its connection; "
            "unset it, and give it the address of PostgreSQL itself."
        )
        print(message, file=sys.stderr, flush=True)  # noqa: T201 - as above
        sys.exit(1)


def _check(**options: object) -> None:
    # What it says of success is not for the log.
    call_command("check", databases=["default"], fail_level="WARNING", stdout=io.StringIO(), **options)


def _refuse_keys() -> None:
    held = [name for name in _KEYS if os.environ.get(name)]
    if held:
        message = (
            f"{' and '.join(held)} must not be set for a process that serves, because it would open every "
            "row to whoever takes that process over; set it for migrations, backup and restore alone."
        )
        raise CommandError(message)
