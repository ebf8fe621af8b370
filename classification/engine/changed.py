"""Keep which residences had their records changed, on which day, and from which day on these records speak.

What was given to a circle is compared with the levels of the same day as they are known now. Evaluating a territory
anew for that would cost a page seconds: only the residences named here can have another level.
"""

import datetime as dt
from collections.abc import Collection

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.scope import system_scope
from classification.models import RecordChange

# Longer than any publication is looked back at.
KEPT_DAYS = 400


def note_change(residence_ids: Collection[int], *, since: dt.date | None = None) -> None:
    """Note that records of residences changed today.

    Args:
        residence_ids: the residences.
        since: the first day that the records speak of, when all of them are new; None where it may be any.
    """
    with system_scope("evaluation"), connection.cursor() as cursor:
        cursor.execute(
            _NOTE, {"ids": list(residence_ids), "day": timezone.localdate(), "since": since or dt.date.min}
        )


def changed_since(day: dt.date, as_of: dt.date) -> QuerySet[RecordChange]:
    """Return the changes made on ``day`` or later to records that may speak of ``as_of`` or before."""
    return RecordChange.objects.filter(day__gte=day, since__lte=as_of).order_by()


def forget_old_changes(today: dt.date) -> None:
    """Delete the changes of more than :data:`KEPT_DAYS` ago."""
    with system_scope("evaluation"):
        RecordChange.objects.filter(day__lt=today - dt.timedelta(KEPT_DAYS)).delete()


_NOTE = """
INSERT INTO classification_recordchange AS known (landlord_id, commune_id, residence_id, day, since)
SELECT landlord_id, commune_id, id, %(day)s, %(since)s FROM sites_residence
WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id
ON CONFLICT (residence_id, day) DO UPDATE SET since = least(known.since, excluded.since)
"""
