"""Read how many sites had each level at the ends of the last months, in a fixed number of queries."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Q
from django.utils import timezone

from classification.method.scale import mark_of
from classification.models import AdoptionState, GridAdoption, GridVersion, MonthLevel, SiteLevel
from core.dates import month_ends
from incidents.retention import horizon
from sites.models import Residence

from .closings import Diagnosis, diagnoses
from .reach import Marks, Point, Reach, spread

# A month tells of a landlord when this part of its sites is worked out, so that a site added today hides no month.
_ENOUGH = 0.9


class Waiting(NamedTuple):
    """The landlords, by name, whose levels at the same ends of months are not worked out yet."""

    names: list[str]
    days: tuple[dt.date, ...]


@dataclass(frozen=True, slots=True)
class History:
    """How the sites were spread over the levels at the ends of the last months, and are today.

    Attributes:
        points: oldest first; the last one is today's.
        begun: the landlords that had recorded nothing on the first day, with the day from which they are counted, None
            for never.
        waiting: the landlords with ends of months that are not worked out yet.
        stale: whether records or places changed since the last night.
        grids: the versions by which the months are computed.
        adoptions: the adoptions of these that began in between.
        diagnoses: the campaigns closed in between, oldest first.
        left_out: how many more were closed before these.
        erased: the last day of which records were erased that a month would count; None where all are there.
    """

    points: list[Point]
    begun: list[tuple[str, dt.date | None]]
    waiting: list[Waiting]
    stale: bool
    grids: list[GridVersion]
    adoptions: list[GridAdoption]
    diagnoses: list[Diagnosis]
    left_out: int
    erased: dt.date | None

    @property
    def nothing(self) -> bool:
        """True where no site is counted on any day."""
        return not any(point.total for point in self.points)


def history(reach: Reach, months: int) -> History:
    """Read the history of so many months."""
    today = timezone.localdate()
    days = month_ends(today, months)
    known, counting = _by_month(reach, days), _counting(reach, days)
    counted = {**known.heard, today: _now(reach, {pk for of_day in known.heard.values() for pk in of_day})}
    erased = horizon.erased_since(days[0] - horizon.LOOKS_BACK)
    gone, missing = _untold(erased, counting, known.numbers)
    unknown = {day: gone[day] | missing[day] for day in days}
    kept = {
        day: {pk: one for pk, one in counted.get(day, {}).items() if pk not in unknown.get(day, ())}
        for day in (*days, today)
    }
    names = {one.pk: one.name for one in reach.landlords}
    campaigns, left_out = diagnoses(reach, days[0])
    return History(
        points=[
            Point(day, spread(of_day.values()), tuple(names[pk] for pk in names if pk in missing[day]))
            for day, of_day in kept.items()
        ],
        begun=_begun(reach, kept, unknown),
        waiting=_waiting(reach, missing),
        stale=known.stale or bool(counting - known.numbers),
        grids=list(GridVersion.objects.filter(pk__in=known.grids).order_by("name__french", "pk")),
        adoptions=_adoptions(reach, known.grids, days[0]),
        diagnoses=campaigns,
        left_out=left_out,
        erased=max(
            (erased[pk] for day, ids in gone.items() for pk in ids if pk in counted.get(day, {})),
            default=None,
        ),
    )


# The sites of a landlord by mark, of the landlords from which facts had been heard by a day.
_ByLandlord = dict[int, Marks]
# A day and a landlord.
_Of = tuple[dt.date, int]


class _Months(NamedTuple):
    """What is worked out: the marks of landlords that were heard, and how many sites of each landlord have a row."""

    heard: dict[dt.date, _ByLandlord]
    numbers: Counter[_Of]
    grids: set[int]
    stale: bool


def _by_month(reach: Reach, days: list[dt.date]) -> _Months:
    """Read the ends of months.

    A landlord is left out of the days by which it had recorded no fact: that says nothing of its sites.
    """
    rows = reach.among(MonthLevel).filter(day__gte=days[0], day__lte=days[-1])
    found = rows.values_list("day", "landlord_id", "mark", "grid_version_id").annotate(
        number=reach.number, was_heard=BoolOr("heard"), is_stale=BoolOr("stale")
    )
    marks: dict[dt.date, dict[int, Marks]] = defaultdict(lambda: defaultdict(Counter))
    heard: set[tuple[dt.date, int]] = set()
    months = _Months({}, Counter(), set(), stale=False)
    for day, landlord, mark, grid, number, was_heard, is_stale in found:
        marks[day][landlord][mark] += number
        months.numbers[day, landlord] += number
        months.grids.add(grid)
        months = months._replace(stale=months.stale or is_stale)
        if was_heard:
            heard.add((day, landlord))
    return months._replace(
        heard={
            day: {pk: one for pk, one in of_day.items() if (day, pk) in heard}
            for day, of_day in marks.items()
        }
    )


def _counting(reach: Reach, days: list[dt.date]) -> Counter[_Of]:
    """Return how many sites of each landlord count at each end of a month, by the rule of ``wanted.sql``."""
    rows = reach.among(Residence).filter(merged_into=None).values_list("landlord_id", "closed_on")
    counting: Counter[_Of] = Counter()
    for landlord, closed_on, number in rows.annotate(number=reach.number):
        counting.update({(day, landlord): number for day in days if closed_on is None or closed_on > day})
    return counting


def _now(reach: Reach, before: set[int]) -> _ByLandlord:
    """Return the same of today, by the proposed levels as the months; who was heard ``before`` still is."""
    rows = reach.among(SiteLevel).filter(address=None)
    found = rows.values_list("landlord_id", "level", "silent").annotate(
        number=reach.number, heard=BoolOr(Q(last_day__isnull=False))
    )
    marks: dict[int, Marks] = defaultdict(Counter)
    heard = set(before)
    for landlord, level, silent, number, was_heard in found:
        marks[landlord][mark_of(level, silent=silent)] += number
        if was_heard:
            heard.add(landlord)
    return {pk: one for pk, one in marks.items() if pk in heard}


def _is_whole(erased: Mapping[int, dt.date], landlord: int, day: dt.date) -> bool:
    """Say whether all records of a landlord are there that a level of a day would count."""
    return landlord not in erased or erased[landlord] < day - horizon.LOOKS_BACK


def _untold(
    erased: Mapping[int, dt.date], counting: Counter[_Of], worked_out: Counter[_Of]
) -> tuple[defaultdict[dt.date, set[int]], defaultdict[dt.date, set[int]]]:
    """Return the landlords that a month does not tell: by day those with erased records, and those not worked out yet."""
    gone: defaultdict[dt.date, set[int]] = defaultdict(set)
    missing: defaultdict[dt.date, set[int]] = defaultdict(set)
    for day, landlord in counting | worked_out:
        if not _is_whole(erased, landlord, day):
            gone[day].add(landlord)
        elif worked_out[day, landlord] < _ENOUGH * counting[day, landlord]:
            missing[day].add(landlord)
    return gone, missing


def _begun(
    reach: Reach, kept: Mapping[dt.date, _ByLandlord], unknown: Mapping[dt.date, set[int]]
) -> list[tuple[str, dt.date | None]]:
    """Return the landlords that had recorded nothing by a day of which this is known, with the day that counts them first."""
    begun = []
    for one in reach.landlords:
        first = next((day for day, of_day in kept.items() if one.pk in of_day), None)
        before = (day for day in kept if first is None or day < first)
        if any(one.pk not in unknown.get(day, ()) for day in before):
            begun.append((one.name, first))
    return begun


def _waiting(reach: Reach, missing: Mapping[dt.date, set[int]]) -> list[Waiting]:
    names: dict[tuple[dt.date, ...], list[str]] = defaultdict(list)
    for one in reach.landlords:
        if days := tuple(day for day, ids in missing.items() if one.pk in ids):
            names[days].append(one.name)
    return [Waiting(of_days, days) for days, of_days in names.items()]


def _adoptions(reach: Reach, grids: set[int], first: dt.date) -> list[GridAdoption]:
    """Return the adoptions of the grids that began since a day, where the sites are."""
    communes = reach.among(SiteLevel).values("commune")
    here = Q(territory=reach.territory) if reach.territory else Q(territory__communes__in=communes)
    rows = GridAdoption.objects.filter(
        here, state=AdoptionState.ADOPTED, grid_version__in=grids, starts_on__gt=first, starts_on__lte=timezone.localdate(),
    )  # fmt: skip
    return list(rows.select_related("grid_version", "territory").order_by("starts_on", "pk").distinct())
