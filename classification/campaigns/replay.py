"""Compute what a closing froze anew from the records of now, and name each difference with its cause.

The product does so in the scope of the evaluation: whatever is shared today, it sees the records of every landlord.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from classification.method.scale import Frequency, Gravity
from classification.models import Closing, RecordChange
from incidents.models import Disruption, FactType, Incident, StandingObservation
from incidents.retention.horizon import landlords_erased
from sites.models import Address, Residence

from .freezing import assessed

Row = dict[str, Any]
# What is compared: all that the level of a site rests on, bit for bit, and what was decided about it.
COMPUTED = (
    "level", "facts_level", "impact_level", "last_day", "silent", "level_before", "unseen", "findings", "disruptions", "addresses",
)  # fmt: skip
DECIDED = ("retained", "decided_on", "decision_reason")
_OF_ADDRESS = ("id", "level", "facts_level", "impact_level", "silent", "level_before")
_COUNTS = ("code", "observed", "in_daily", "in_regular", "in_occasional")
_RECORDS = (Incident, Disruption, StandingObservation)


class Cause(StrEnum):
    """Why a site is another one now."""

    REMOVED = "removed"
    MERGED = "merged"
    CLOSED = "closed"
    PURGED = "purged"
    GRID = "grid changed"
    CANCELLED = "cancelled"
    ADDED = "recorded since"
    CORRECTED = "corrected"
    SEEN = "disruption seen since"
    REBUILT = "addresses added, merged, split or moved"
    DECIDED = "decision ended or made since"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Difference:
    """A site that comes out otherwise now.

    Attributes:
        changed: what differs, by the name of the column: what was frozen, and what is computed now.
    """

    name: str
    residence_id: int
    changed: dict[str, tuple[Any, Any]]
    causes: tuple[Cause, ...]


def replay(closing: Closing) -> list[Difference]:
    """Return the sites of a closing that the records of now give otherwise; empty where all are the same bit for bit."""
    frozen = _frozen(closing)
    present = Residence.objects.filter(pk__in=list(frozen), merged_into=None).order_by("pk")
    ids = list(present.values_list("pk", flat=True))
    rows = map(json.loads, assessed(closing.campaign, ids)) if ids else ()
    now = {row["residence_id"]: row for row in rows}
    changed = {pk: found for pk, row in frozen.items() if (found := _changed(row, now.get(pk)))}
    causes = _Causes(closing, frozen, now, list(changed))
    return [Difference(frozen[pk]["name"], pk, found, causes.of(pk, found)) for pk, found in changed.items()]


def _frozen(closing: Closing) -> dict[int, Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_jsonb(a)::text FROM classification_assessment a WHERE closing_id = %s ORDER BY residence_id",
            [closing.pk],
        )
        rows = [json.loads(row[0]) for row in cursor.fetchall()]
    return {row["residence_id"]: row for row in rows}


def _changed(before: Row, after: Row | None) -> dict[str, tuple[Any, Any]]:
    if after is None:
        return {"level": (before["level"], None)}
    pairs = {name: (_said(before, name), _said(after, name)) for name in (*COMPUTED, *DECIDED)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _said(row: Row, name: str) -> Any:
    """Return a column as it is compared: of the addresses, their levels and not what they are called."""
    if name != "addresses":
        return row[name]
    return [{key: door[key] for key in _OF_ADDRESS} for door in row["addresses"]]


class _Causes:
    """What happened since to the sites that differ, read in a fixed number of queries."""

    def __init__(
        self, closing: Closing, frozen: dict[int, Row], now: dict[int, Row], residence_ids: list[int]
    ) -> None:
        self.frozen, self.now, self.version = frozen, now, closing.campaign.grid_version
        self.gravities = dict(FactType.objects.values_list("code", "gravity"))
        as_of, read_at = closing.campaign.as_of, closing.read_at or timezone.now()
        rows = Residence.objects.filter(pk__in=residence_ids)
        self.places = {row.pk: row for row in rows}
        self.erased = landlords_erased(as_of)
        self.records = _records_since(residence_ids, as_of, read_at)
        self.joined = _joined_since(residence_ids, timezone.localdate(read_at))

    def of(self, pk: int, changed: Collection[str]) -> tuple[Cause, ...]:
        """Return why a site is another one now; the place itself first."""
        if pk not in self.now:
            return (self._of_place(pk),)
        found = list(self._of_records(pk)) if set(changed) & set(COMPUTED) else []
        if set(changed) & set(COMPUTED) and not found:
            found.append(Cause.UNKNOWN)
        # A decision is about a level: where that moved, it counts no more.
        if set(changed) & set(DECIDED) and not {"level", "silent"} & set(changed):
            found.append(Cause.DECIDED)
        return tuple(found)

    def _of_place(self, pk: int) -> Cause:
        place = self.places.get(pk)
        if place is None:
            return Cause.REMOVED
        return Cause.MERGED if place.merged_into_id else Cause.CLOSED

    def _of_records(self, pk: int) -> Iterable[Cause]:
        if self.frozen[pk]["landlord_id"] in self.erased:
            yield Cause.PURGED
        if self._is_judged_otherwise(self.frozen[pk], self.now[pk]):
            yield Cause.GRID
        if pk in self.joined or _doors(self.frozen[pk]) != _doors(self.now[pk]):
            yield Cause.REBUILT
        yield from sorted(self.records[pk])

    def _is_judged_otherwise(self, before: Row, after: Row) -> bool:
        """Say whether the grid of now judges otherwise what was frozen: a type as it was counted then, or a disruption."""
        counts = self.version.disruption_days - 1
        return (
            reclassified(before["findings"], after["findings"])
            or any(self._judged(row) != (row["frequency"], row["level"]) for row in before["findings"])
            or any(
                row["ends_on"] and row["counts_until"] != _day_after(row["ends_on"], counts)
                for row in before["disruptions"]
            )
        )

    def _judged(self, finding: Row) -> tuple[int, int]:
        grid, counted = (
            self.version.grid,
            (finding["in_daily"], finding["in_regular"], finding["in_occasional"]),
        )
        found = grid.frequency(in_28_days=counted[0], in_91_days=counted[1], in_365_days=counted[2])
        frequency = max(found or 0, finding["observed"] or 0)
        if not frequency:
            return 0, 0
        return frequency, grid.level(Gravity(self.gravities[finding["code"]]), Frequency(frequency))


def _day_after(day: str, days: int) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days)).isoformat()


def _doors(row: Row) -> set[int]:
    return {door["id"] for door in row["addresses"]}


def reclassified(before: list[Row], after: list[Row]) -> bool:
    """Say whether a type that was counted alike has another frequency or level, as another grid gives it."""
    known = {tuple(row[name] for name in _COUNTS): (row["frequency"], row["level"]) for row in before}
    return any(
        known.get(key, said) != said
        for row in after
        for key, said in [(tuple(row[name] for name in _COUNTS), (row["frequency"], row["level"]))]
    )


def _records_since(residence_ids: list[int], as_of: dt.date, read_at: dt.datetime) -> dict[int, set[Cause]]:
    """Return what happened since ``read_at`` to records that may speak of ``as_of``, by residence id."""
    found: dict[int, set[Cause]] = defaultdict(set)
    since = {
        Cause.CANCELLED: Q(cancelled_at__gt=read_at),
        Cause.ADDED: Q(created_at__gt=read_at, cancelled_at=None),
        Cause.CORRECTED: Q(changed_at__gt=read_at, created_at__lte=read_at, cancelled_at=None),
    }
    for model in _RECORDS:
        for cause, condition in since.items():
            rows = model._default_manager.filter(condition, residence__in=residence_ids).order_by()
            for pk in rows.values_list("residence_id", flat=True).distinct():
                found[pk].add(cause)
    seen = Disruption.objects.filter(seen_at__gt=read_at, cancelled_at=None, residence__in=residence_ids)
    for pk in seen.order_by().values_list("residence_id", flat=True).distinct():
        found[pk].add(Cause.SEEN)
    # A record that was moved away, or put right in a way that leaves no mark on it.
    noted = RecordChange.objects.filter(
        residence__in=residence_ids, day__gte=timezone.localdate(read_at), since__lte=as_of
    )
    for pk in noted.order_by().values_list("residence_id", flat=True).distinct():
        found[pk] = found[pk] or {Cause.CORRECTED}
    return found


def _joined_since(residence_ids: list[int], day: dt.date) -> set[int]:
    """Return the residences that another one, or an address of which, was merged into on ``day`` or later."""
    homes = Residence.objects.filter(merged_into__in=residence_ids, closed_on__gte=day)
    doors = Address.objects.filter(merged_into__residence__in=residence_ids, closed_on__gte=day)
    into = [
        *homes.order_by().values_list("merged_into", flat=True),
        *doors.order_by().values_list("merged_into__residence", flat=True),
    ]
    return {pk for pk in into if pk}
