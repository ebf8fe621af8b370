"""Work out at night what each residence had at the end of the last months, where that is not known or changed."""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from django.db import connection
from django.db.models import F, Min, Q
from django.utils import timezone

from accounts.scope import system_scope
from classification import engine
from classification.engine.nightly import slices
from classification.engine.services import by_grid, lock
from classification.models import GridVersion, MonthLevel
from core.dates import month_ends
from incidents.models import Incident
from sites.models import Residence

# Records are kept for three years at least, and a level looks back a year: none of these months can miss any.
MONTHS = 24
# Residences of one transaction, which locks them: an entry at one of them waits until all their months are computed.
_AT_ONCE = 25
_LOGGER = logging.getLogger("palier.evaluation")
_WANTED = (Path(__file__).with_name("wanted.sql")).read_text(encoding="utf-8")


class HistoryIncompleteError(Exception):
    """The error raised when the months of some landlords were not worked out; those of all others were."""


def remember_everything(*, today: dt.date | None = None) -> int:
    """Complete the last months of every residence, landlord by landlord, and forget older ones.

    Returns:
        How many levels were worked out.

    Raises:
        HistoryIncompleteError: a landlord failed and keeps its former rows; all others were worked out.
    """
    days = month_ends(today or timezone.localdate(), MONTHS)
    with system_scope("evaluation"):
        MonthLevel.objects.filter(day__lt=days[0]).delete()
        landlords = list(
            Residence.objects.order_by("landlord_id").values_list("landlord_id", flat=True).distinct()
        )
    worked_out, failed = 0, 0
    for landlord_id in landlords:
        try:
            worked_out += sum(
                remember(ids[first : first + _AT_ONCE], today=today)
                for ids in slices(landlord_id)
                for first in range(0, len(ids), _AT_ONCE)
            )
        except Exception:
            failed += 1
            _LOGGER.exception("the months of a landlord were not worked out")
    if failed:
        message = f"the months of {failed} of {len(landlords)} landlords were not worked out"
        raise HistoryIncompleteError(message)
    return worked_out


def remember(residence_ids: Collection[int], *, today: dt.date | None = None) -> int:
    """Complete the last months of residences; return how many levels were worked out."""
    day = today or timezone.localdate()
    days = month_ends(day, MONTHS)
    with system_scope("evaluation"):
        lock(residence_ids)
        over = Q(residence__merged_into__isnull=False) | Q(residence__closed_on__lte=F("day"))
        MonthLevel.objects.filter(over, residence__in=residence_ids).delete()
        rows = [
            row
            for version, ids in by_grid(residence_ids, day)
            for row in _worked_out(version, list(ids or ()), days)
        ]
        MonthLevel.objects.bulk_create(
            rows,
            batch_size=2_000,
            update_conflicts=True,
            unique_fields=["residence", "day"],
            update_fields=["grid_version", "mark", "heard", "stale"],
        )
    return len(rows)


def _worked_out(version: GridVersion, residence_ids: list[int], days: list[dt.date]) -> list[MonthLevel]:
    wanted = _wanted(version, residence_ids, days)
    places = {pk: place for of_day in wanted.values() for pk, place in of_day.items()}
    facts = Incident.objects.current().filter(residence__in=list(places)).order_by()
    first_days = dict(facts.values_list("residence").annotate(first=Min("day")))
    rows = []
    for day, of_day in wanted.items():
        marks = engine.residence_marks(version, day, list(of_day))
        rows += [
            MonthLevel(
                landlord_id=of_day[pk][0], commune_id=of_day[pk][1], residence_id=pk, grid_version=version, day=day,
                mark=mark, heard=pk in first_days and first_days[pk] <= day,
            )
            for pk, mark in marks.items()
        ]  # fmt: skip
    return rows


def _wanted(
    version: GridVersion, residence_ids: list[int], days: list[dt.date]
) -> dict[dt.date, dict[int, tuple[int, int]]]:
    """Return the landlord and the commune of the residences whose level is to be worked out, by day and residence id."""
    found: dict[dt.date, dict[int, tuple[int, int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, {"ids": residence_ids, "days": days, "grid": version.pk})
        for day, residence, landlord, commune in cursor.fetchall():
            found[day][residence] = landlord, commune
    return found
