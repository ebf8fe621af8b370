"""Wait for another thread, another connection or another process, however busy the machine is."""

import time
from collections.abc import Callable

from django.db import connection

# A bound for what hangs, not a measure: what goes well never waits for it.
PATIENCE_S = 120
_WAITED_FOR = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
)


def until(happened: Callable[[], object], what: str) -> None:
    """Return as soon as ``happened`` is true.

    Raises:
        AssertionError: it never is; the message says ``what`` was waited for.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE_S} s"
        time.sleep(0.01)


def until_another_waits_for_this_transaction() -> None:
    """Return once another connection waits for a lock that this thread's connection holds."""
    until(_is_waited_for, "another connection waits for this transaction")


def _is_waited_for() -> bool:
    # Unlike pg_stat_activity, pg_locks is read anew by each statement of a transaction.
    with connection.cursor() as cursor:
        cursor.execute(_WAITED_FOR)
        return cursor.fetchone()[0] > 0


def hold_on(event) -> None:
    """Wait for an event of ``threading``.

    Raises:
        AssertionError: it is never set.
    """
    assert event.wait(PATIENCE_S), f"not within {PATIENCE_S} s"
