"""Run a job of the whole installation once at a time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from .jobs import lock_number

_LOGGER = logging.getLogger("palier.jobs")


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Hold the turn of the job called ``name`` while the block runs; yield False when another worker holds it.

    A broker gives a message that is not acknowledged within an hour to a second worker, while the first still works. The
    lock is held by a connection of its own: it ends with the block, or with the process.
    """
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [lock_number(f"alone {name}")])
            free: bool = cursor.fetchone()[0]
        if not free:
            _LOGGER.warning("%s runs already: not run a second time", name)
        yield free
    finally:
        own.close()
