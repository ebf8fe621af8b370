"""Note which ends of months may have another level, in the transaction that changed records or places."""

import datetime as dt
from collections.abc import Collection

from django.db import connection
from django.utils import timezone

from accounts.scope import system_scope
from core.dates import month_ends

from .nightly import MONTHS


def note_stale(residence_ids: Collection[int], *, since: dt.date | None = None) -> None:
    """Have the next night work out the months of residences again; until then they count as they were known.

    Args:
        residence_ids: the residences.
        since: the first day that the changed records speak of, when all of them are new; None where it may be any.
    """
    kept = month_ends(timezone.localdate(), MONTHS)
    last = kept[-1]
    if not residence_ids or (since and since > last):
        return
    with system_scope("evaluation"), connection.cursor() as cursor:
        # Older months are for the night to delete: it never waits for a row that is updated here.
        cursor.execute(_NOTE, {"ids": list(residence_ids), "since": max(since or kept[0], kept[0])})


_NOTE = """
UPDATE classification_monthlevel SET stale = true
WHERE residence_id = ANY(%(ids)s::bigint[]) AND day >= %(since)s AND NOT stale
"""
