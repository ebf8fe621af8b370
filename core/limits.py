"""Limit how long a statement, a wait for a lock and a pause within a transaction may last.

Processes that serve people have the limits of the database role, set by ``bootstrap_database``: somebody
waits for each answer, and others for the locks it holds. Work that nobody waits for – a task of the
worker, a command – sets longer ones in each of its transactions. The role that owns the tables has none:
a migration or a backup takes the time that it takes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# The slowest statement of a page takes 0.6 s on 60,000 places.
SERVING = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "1min",
}
# An evaluation of everything at once takes 30 s for 10 million facts; a large file is read for minutes.
WORKING = {
    "statement_timeout": "30min",
    "lock_timeout": "10min",
    "idle_in_transaction_session_timeout": "15min",
}
# The space one process may fill with temporary files, to sort or join; only a superuser may raise it.
TEMPORARY_FILES = {"temp_file_limit": "10GB"}
# Every session of the role could read in pg_stat_activity the statements of the others, with what people typed.
UNSEEN = {"track_activities": "off"}

_in_work: ContextVar[bool] = ContextVar("in_work", default=False)


@contextmanager
def long_work() -> Iterator[None]:
    """Give the transactions begun within the block the limits of work that nobody waits for."""
    token = _in_work.set(True)
    try:
        yield
    finally:
        _in_work.reset(token)


def of_transaction() -> dict[str, str]:
    """Return the settings that a transaction begun now takes in place of the role's."""
    return WORKING if _in_work.get() else {}
