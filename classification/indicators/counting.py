"""Count facts, days of disruption and standing observations in two periods: aggregates of the database, never rows."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Case, DateField, ExpressionWrapper, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Least

from incidents.changes import lasts
from incidents.models import Disruption, Incident, StandingObservation
from sites.perimeter import is_own
from sites.zones import today_of

from .periods import Period

# How many residences are listed, those with the most facts first.
MOST = 15
_WEEK, _DAILY_UP_TO, _WEEKLY_UP_TO = 7, 31, 200
_STRUCTURED = ("fact_type_id", "residence_id", "landlord_id", "place_kind", "day", "span_end")
_READ = ("source", "time", "complaint_filed", "damage_cost")
_COLUMNS = {field.name: field for field in Incident._meta.concrete_fields}
_PLACEHOLDER = re.compile("%[s%]")
_OWN = """count(*) FILTER (WHERE own) AS own_facts, count(*) FILTER (WHERE complaint_filed) AS complaints,
    sum(damage_cost)::text AS cost, count(damage_cost) AS costed"""
_NOT_READ = "0 AS own_facts, 0 AS complaints, NULL AS cost, 0 AS costed"
_HERE = Path(__file__).parent
_FACTS = (_HERE / "facts.sql").read_text(encoding="utf-8")
_DISRUPTIONS = (_HERE / "disruptions.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Sum:
    """How many facts have certain values in common; ``which`` is 0 in the period, 1 in the one compared with.

    ``own_facts`` are those that the acting person may read in full: ``complaints``, ``cost``, ``source`` and ``hour``
    are theirs alone.
    """

    which: int
    kind: str
    facts: int
    own_facts: int
    complaints: int
    cost: Decimal
    costed: int
    fact_type_id: int | None
    place_kind: str | None
    weekday: int | None
    hour: int | None
    own: bool | None
    source: str | None
    landlord_id: int | None
    part: int | None
    residence_id: int | None


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """The facts at a residence, in the period and before; ``dwellings`` is 0 where their number is not known."""

    residence_id: int
    landlord_id: int
    name: str
    dwellings: int
    now: int
    before: int


@dataclass(frozen=True, slots=True)
class FactCounts:
    """What is counted of facts.

    Attributes:
        sums: by type and kind of place ("nature"); weekday, hour and source ("moment"); landlord and part ("part").
        most: the residences with the most facts.
        housed: by landlord, the facts at residences whose number of dwellings is known, in the period and before.
        places: how many residences have a fact in one of the periods.
    """

    sums: list[Sum]
    most: list[PlaceCount]
    housed: dict[int, tuple[int, int]]
    places: int

    def of(self, kind: str) -> list[Sum]:
        """Return the sums of a kind."""
        return [one for one in self.sums if one.kind == kind]


@dataclass(frozen=True, slots=True)
class Cut:
    """How periods are cut into parts to show their course: ``days`` of a part, 0 for months, and the number of parts."""

    days: int
    parts: int
    parts_before: int


def cut(period: Period, compared: Period) -> Cut:
    """Return how to cut a period, and the one that it is compared with in the same way.

    The last week takes the few days left over, or lacks some: a part of one day would look like a fall.
    """
    length = (period.last - period.first).days + 1
    days = 1 if length <= _DAILY_UP_TO else _WEEK if length <= _WEEKLY_UP_TO else 0
    return Cut(days, _parts(period, days), _parts(compared, days))


def _parts(period: Period, days: int) -> int:
    first, last = period.first, period.last
    if days == 0:
        return (last.year - first.year) * 12 + last.month - first.month + 1
    return max(1, round(((last - first).days + 1) / days))


def count_facts(
    facts: QuerySet[Incident], period: Period, compared: Period, *, reads_own: bool
) -> FactCounts:
    """Count the facts of two periods.

    Args:
        facts: the facts to count of.
        period: the period.
        compared: the period that it is compared with.
        reads_own: whether the person holds a landlord's role; without one the confidential columns are not even read.
    """
    parts = cut(period, compared)
    read = [
        _readable(
            found.annotate(which=Value(which), first=Value(one.first), parts=Value(number)),
            reads_own=reads_own,
        )
        for which, (one, number) in enumerate(((period, parts.parts), (compared, parts.parts_before)))
        for found in _within(facts, one)
    ]
    values = {"first": period.first, "part_days": parts.days, "most": MOST}
    statement = _FACTS.replace("{own}", _OWN if reads_own else _NOT_READ)
    (row,) = _rows(statement, "facts", read, values)
    sums, most, housed, places = row
    return FactCounts(
        sums=[Sum(**{**one, "cost": Decimal(one["cost"] or 0)}) for one in sums],
        most=[PlaceCount(**one) for one in most],
        housed={one["landlord_id"]: (one["now"], one["before"]) for one in housed},
        places=places,
    )


def count_disruption_days(
    disruptions: QuerySet[Disruption], period: Period, compared: Period
) -> dict[str | None, tuple[int, int]]:
    """Return the days of disruption in two periods by service, and of any service under None.

    They are days of residences: two residences disrupted on one day are two. Nothing goes on after today at the place.
    """
    closed = Least("residence__closed_on", "address__closed_on", output_field=DateField())
    found = disruptions.annotate(today=today_of("commune__department"), closed=closed)
    read = found.order_by().values_list("residence_id", "service", "starts_on", "ends_on", "today", "closed")
    counted: dict[str | None, list[int]] = {None: [0, 0]}
    for which, service, days in _rows(_DISRUPTIONS, "disruptions", [read], _days(period, compared)):
        counted.setdefault(service, [0, 0])[which] = days
    return {service: (now, before) for service, (now, before) in counted.items()}


def count_in_force(observations: QuerySet[StandingObservation], day: Any) -> int:
    """Count the standing observations in force on a day: begun, not ended, and confirmed not too long before.

    Args:
        observations: the observations to count of.
        day: the day; today at the place where that is to come.
    """
    on = Least(Value(day), today_of("commune__department"), output_field=DateField())
    closed = Least("residence__closed_on", "address__closed_on", output_field=DateField())
    begun = observations.order_by().annotate(on=on, closed=closed).filter(
        Q(ended_on=None) | Q(ended_on__gte=F("on")), Q(closed=None) | Q(closed__gt=F("on")), since__lte=F("on")
    )  # fmt: skip
    confirmed = Max("confirmations__day", filter=Q(confirmations__day__lte=F("on")))
    until = ExpressionWrapper(F("confirmed_on") + lasts("residence"), DateField())
    counted = begun.annotate(confirmed_on=confirmed).annotate(counts_until=until)
    return counted.filter(counts_until__gte=F("on")).count()


def _within(facts: QuerySet[Incident], period: Period) -> Iterator[QuerySet[Incident]]:
    """Yield the facts of known day in a period, and those of a span that touches it: each set has a partial index of its own."""
    yield facts.filter(span_end=None, day__gte=period.first, day__lte=period.last)
    yield facts.filter(span_end__gte=period.first, day__lte=period.last)


def _readable(facts: QuerySet[Incident], *, reads_own: bool) -> QuerySet[Incident, Any]:
    """Read the columns to count by; the confidential ones of the person's own facts alone."""
    mine = When(is_own(), then=Value(True))
    mark = Case(mine, default=Value(False)) if reads_own else Value(False)
    columns = {
        f"own_{name}": Case(When(is_own(), then=F(name))) if reads_own else Cast(Value(None), _COLUMNS[name])
        for name in _READ
    }
    return (
        facts.order_by()
        .annotate(own=mark, **columns)
        .values_list("which", "first", "parts", *_STRUCTURED, "own", *columns)
    )


def _rows(
    statement: str, name: str, read: Iterable[QuerySet[Any, Any]], values: Mapping[str, object]
) -> list[tuple[Any, ...]]:
    """Run a statement over the rows of querysets, one after the other, in the place that it names."""
    given: dict[str, Any] = dict(values)

    def kept(found: re.Match[str], params: Iterator[object]) -> str:
        if found[0] == "%%":
            return found[0]
        given[(key := f"read_{len(given)}")] = next(params)
        return f"%({key})s"

    texts = []
    for queryset in read:
        sql, params = queryset.query.sql_with_params()
        texts.append(_PLACEHOLDER.sub(partial(kept, params=iter(params)), sql))
    union = " UNION ALL ".join(f"({text})" for text in texts)
    with connection.cursor() as cursor:
        cursor.execute(statement.replace(f"{{{name}}}", union), given)
        return list(cursor.fetchall())


def _days(period: Period, compared: Period) -> dict[str, object]:
    return {
        "first": period.first, "last": period.last,
        "first_before": compared.first, "last_before": compared.last,
    }  # fmt: skip
