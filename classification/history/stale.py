"""Note which ends of months may have another level, in the transaction that changed records or places."""

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from accounts.scope import system_scope
from classification.models import MonthLevel
from core.dates import month_ends


def note_stale(residence_ids: Collection[int], *, since: dt.date | None = None) -> None:
    """Have the next night work out the months of residences again; until then they count as they were known.

    Args:
        residence_ids: the residences.
        since: the first day that the changed records speak of, when all of them are new; None where it may be any.
    """
    last = month_ends(timezone.localdate(), 1)[0]
    if not residence_ids or (since and since > last):
        return
    with system_scope("evaluation"):
        rows = MonthLevel.objects.filter(residence__in=list(residence_ids), stale=False)
        rows = rows.filter(day__gte=since) if since else rows
        rows.update(stale=True)
