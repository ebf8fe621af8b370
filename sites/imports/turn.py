"""Let imports of one kind into one landlord, neither of which sees what the other is about to write, take turns."""

import time

from django.db import connection

from core.jobs import JobPostponedError, lock_number
from sites.models import ImportRun

_LOCK_SPACE = 0x1A9027
_PAUSE_S = 0.5


def take_turn(run: ImportRun) -> None:
    """Take the turn of a landlord's import until the end of the transaction.

    Imports into different landlords run at once. The operator's, which may be into any, runs alone: it asks
    again until none runs, and meanwhile keeps no other from running.

    Raises:
        JobPostponedError: another import of this kind into this landlord runs, or the operator's.
    """
    if run.organisation_id is not None:
        if not _taken(run):
            raise JobPostponedError
        return
    while not _taken(run):
        time.sleep(_PAUSE_S)


def _taken(run: ImportRun) -> bool:
    """Take the locks of the run's turn, as far as they are free, and say whether all were."""
    kind = lock_number(run.kind)
    with connection.cursor() as cursor:
        if run.organisation_id is None:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, kind])
        else:
            own = lock_number(f"{run.kind} of {run.organisation_id}")
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock_shared(%(space)s, %(kind)s)"
                " AND pg_try_advisory_xact_lock(%(kind)s, %(own)s)",
                {"space": _LOCK_SPACE, "kind": kind, "own": own},
            )
        taken: bool = cursor.fetchone()[0]
        return taken
