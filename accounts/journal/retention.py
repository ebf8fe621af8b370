"""Erase what is old from the front of the journals; what is left stays verifiable."""

import datetime as dt
from collections.abc import Collection

from django.db import connection, transaction
from django.utils import timezone

from accounts.scope import system_scope


@transaction.atomic
def cut_before(day: dt.date, *, journals: Collection[int] | None = None) -> dict[int, int]:
    """Erase the entries linked before ``day``, and return how many of each journal that lost some.

    Each of these journals gets an entry about it, in the same transaction, on which the first entry left rests. The last entry
    of a journal is kept whatever its age.

    Args:
        day: the first day that is kept, here; the database refuses one within the last year.
        journals: the organisations whose journals are cut, 0 for that of the installation; None for all.
    """
    before = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    with system_scope("retention"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT cut, erased FROM palier_cut_journals(%s, %s::bigint[])",
            [before, None if journals is None else list(journals)],
        )
        return dict(cursor.fetchall())
