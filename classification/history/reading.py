"""Read how many sites had each level at the ends of the last months, in a fixed number of queries."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Organisation
from accounts.scope import Scope
from classification.home.movements import spread
from classification.method.scale import Level, mark_of
from classification.models import (
    AdoptionState,
    Assessment,
    Campaign,
    Closing,
    GridAdoption,
    GridVersion,
    MonthLevel,
    SiteLevel,
)
from core.dates import month_ends
from core.jobs import JobState
from incidents.retention import horizon
from sites.models import Commune, Residence, SharingAgreement, Territory
from sites.perimeter import in_force, is_led, is_shared_with

# A territory has a campaign a quarter; those of the last months are marked, up to this many.
MOST_CAMPAIGNS = 12


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose sites are counted.

    Attributes:
        rows: the condition on rows with a landlord and a commune.
        landlords: the landlords, by name.
        territory: the territory, None for the landlords that a person leads.
        commune: the one commune that is counted, None for all.
    """

    rows: Q
    landlords: Sequence[Organisation]
    territory: Territory | None = None
    commune: Commune | None = None

    def of(self, landlord: Organisation | None, commune: Commune | None) -> "Reach":
        """Return what is left of it for one landlord, one commune."""
        landlords = [one for one in self.landlords if landlord is None or one == landlord]
        return replace(self, landlords=landlords, commune=commune)

    def among(self, model: type[Model]) -> QuerySet[Any]:
        """Return the rows of a model that are counted, of all communes."""
        ids = [one.pk for one in self.landlords]
        return model._default_manager.filter(self.rows, landlord__in=ids).order_by()

    @property
    def number(self) -> Count:
        """How many rows of a group are of the commune."""
        return Count("pk", filter=Q(commune=self.commune)) if self.commune else Count("pk")


class Point(NamedTuple):
    """How many sites had each mark on a day, as :func:`classification.home.movements.spread` counts them."""

    day: dt.date
    counts: list[int]

    @property
    def total(self) -> int:
        """How many sites were counted."""
        return sum(self.counts)

    @property
    def high(self) -> int:
        """How many of them had level 3 or 4."""
        return sum(self.counts[Level.DELINQUENCY - 1 : Level.TENSION])

    def share(self, number: int) -> float | None:
        """Return a number of its sites in percent; None where none was counted."""
        return 100 * number / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a closed campaign froze of the sites, by the levels that it shows; ``follows`` says that another one is before it."""

    campaign: Campaign
    point: Point
    follows: bool


@dataclass(frozen=True, slots=True)
class History:
    """How the sites were spread over the levels at the ends of the last months, and are today.

    Attributes:
        points: oldest first; the last one is today's.
        begun: the landlords that had recorded nothing on the first day, with the day from which they are counted, None
            for never.
        stale: whether records changed since the last night.
        grids: the versions by which the months are computed.
        adoptions: the adoptions of these that began in between.
        diagnoses: the campaigns closed in between, oldest first.
        erased: the last day of which records were erased that a month would count; None where all are there.
    """

    points: list[Point]
    begun: list[tuple[str, dt.date | None]]
    stale: bool
    grids: list[GridVersion]
    adoptions: list[GridAdoption]
    diagnoses: list[Diagnosis]
    erased: dt.date | None

    @property
    def nothing(self) -> bool:
        """True where no site is counted on any day."""
        return not any(point.total for point in self.points)


def led_by(scope: Scope) -> Reach:
    """Return the reach of a lead: the landlords that they lead."""
    landlords = Organisation.objects.filter(pk__in=scope.roles.get(Role.LEAD, ()))
    return Reach(Q(is_led()), list(landlords.order_by("name__french", "pk")))


def shared_with(territory: Territory) -> Reach:
    """Return the reach of a territory: what agreements in force open to it."""
    rows = Q(is_shared_with(territory.pk))
    agreements = SharingAgreement.objects.filter(in_force(), territory=territory).order_by()
    open_to_it = Exists(Residence.objects.filter(rows, landlord=OuterRef("pk")).order_by())
    landlords = Organisation.objects.filter(open_to_it, pk__in=agreements.values("landlord"))
    return Reach(rows, list(landlords.order_by("name__french", "pk")), territory)


def history(reach: Reach, months: int) -> History:
    """Read the history of so many months."""
    today = timezone.localdate()
    days = month_ends(today, months)
    then, grids, stale = _by_month(reach, days)
    now = _now(reach, then.get(days[-1], {}))
    counted = {**then, today: now}
    erased = horizon.erased_since(days[0] - horizon.LOOKS_BACK)
    kept = {
        day: {pk: one for pk, one in counted.get(day, {}).items() if _is_whole(erased, pk, day)}
        for day in (*days, today)
    }
    return History(
        points=[Point(day, _spread(of_day.values())) for day, of_day in kept.items()],
        begun=_begun(reach, kept),
        stale=stale,
        grids=list(GridVersion.objects.filter(pk__in=grids).order_by("name__french", "pk")),
        adoptions=_adoptions(reach, grids, days[0]),
        diagnoses=_diagnoses(reach, days[0]),
        erased=max(
            (erased[pk] for day in days for pk in counted.get(day, {}) if not _is_whole(erased, pk, day)),
            default=None,
        ),
    )


# The sites of a landlord by mark, of the landlords from which facts had been heard by a day.
_Marks = Counter[int]
_ByLandlord = dict[int, _Marks]


def _by_month(reach: Reach, days: list[dt.date]) -> tuple[dict[dt.date, _ByLandlord], set[int], bool]:
    """Return the marks by day and landlord, the grids, and whether any of it is to be worked out again.

    A landlord is left out of the days by which it had recorded no fact: that says nothing of its sites.
    """
    rows = reach.among(MonthLevel).filter(day__gte=days[0], day__lte=days[-1])
    found = rows.values_list("day", "landlord_id", "mark", "grid_version_id").annotate(
        number=reach.number, was_heard=BoolOr("heard"), is_stale=BoolOr("stale")
    )
    marks: dict[dt.date, dict[int, _Marks]] = defaultdict(lambda: defaultdict(Counter))
    heard: set[tuple[dt.date, int]] = set()
    grids: set[int] = set()
    stale = False
    for day, landlord, mark, grid, number, was_heard, is_stale in found:
        marks[day][landlord][mark] += number
        grids.add(grid)
        stale = stale or is_stale
        if was_heard:
            heard.add((day, landlord))
    return (
        {day: {pk: one for pk, one in of_day.items() if (day, pk) in heard} for day, of_day in marks.items()},
        grids,
        stale,
    )


def _now(reach: Reach, before: _ByLandlord) -> _ByLandlord:
    """Return the same of today, by the proposed levels as the months; who was heard ``before`` still is."""
    rows = reach.among(SiteLevel).filter(address=None)
    found = rows.values_list("landlord_id", "level", "silent").annotate(
        number=reach.number, heard=BoolOr(Q(last_day__isnull=False))
    )
    marks: dict[int, _Marks] = defaultdict(Counter)
    heard = set(before)
    for landlord, level, silent, number, was_heard in found:
        marks[landlord][mark_of(level, silent=silent)] += number
        if was_heard:
            heard.add(landlord)
    return {pk: one for pk, one in marks.items() if pk in heard}


def _is_whole(erased: Mapping[int, dt.date], landlord: int, day: dt.date) -> bool:
    """Say whether all records of a landlord are there that a level of a day would count."""
    return landlord not in erased or erased[landlord] < day - horizon.LOOKS_BACK


def _spread(marks: Any) -> list[int]:
    total: _Marks = Counter()
    for one in marks:
        total.update(one)
    return spread(total.elements())


def _begun(reach: Reach, kept: Mapping[dt.date, _ByLandlord]) -> list[tuple[str, dt.date | None]]:
    first = next(iter(kept))
    since = {
        one.name: next((day for day, of_day in kept.items() if one.pk in of_day), None)
        for one in reach.landlords
    }
    return [(name, day) for name, day in since.items() if day != first]


def _adoptions(reach: Reach, grids: set[int], first: dt.date) -> list[GridAdoption]:
    """Return the adoptions of the grids that began since a day, where the sites are."""
    communes = reach.among(SiteLevel).values("commune")
    here = Q(territory=reach.territory) if reach.territory else Q(territory__communes__in=communes)
    rows = GridAdoption.objects.filter(
        here, state=AdoptionState.ADOPTED, grid_version__in=grids, starts_on__gt=first, starts_on__lte=timezone.localdate(),
    )  # fmt: skip
    return list(rows.select_related("grid_version", "territory").order_by("starts_on", "pk").distinct())


def _diagnoses(reach: Reach, first: dt.date) -> list[Diagnosis]:
    """Return what the last versions of the campaigns since a day say of the sites; those that hold none are left out."""
    rows = Closing.objects.filter(state=JobState.DONE, campaign__as_of__gte=first)
    rows = rows.filter(territory=reach.territory) if reach.territory else rows
    closings = rows.select_related("campaign__grid_version", "campaign__territory").order_by(
        "campaign__as_of", "campaign_id", "number"
    )
    last = {one.campaign_id: one for one in closings}
    shown = list(last.values())[-MOST_CAMPAIGNS:]
    frozen = reach.among(Assessment).filter(closing__in=[one.pk for one in shown])
    marks: dict[int, _Marks] = defaultdict(Counter)
    for closing, mark, number in frozen.values_list("closing_id", "mark").annotate(number=reach.number):
        marks[closing][mark] += number
    before = Counter(one.campaign.territory_id for one in shown)
    found = []
    for one in reversed(shown):
        before[one.campaign.territory_id] -= 1
        point = Point(one.campaign.as_of, _spread([marks[one.pk]]))
        found.append(Diagnosis(one.campaign, point, follows=before[one.campaign.territory_id] > 0))
    return [one for one in reversed(found) if one.point.total]
