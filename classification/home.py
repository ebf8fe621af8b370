"""What awaits a security lead: everything of the landlords they lead, in a fixed number of queries."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.jobs import JobState
from incidents.models import Disruption, Incident, StandingObservation
from sites.enums import Outcome
from sites.models import ImportRun
from sites.perimeter import is_led
from sites.placing import waiting

from .models import SiteLevel
from .movements import Move, levels_on, moves, spread

MOVED_DAYS = 30
LAPSING_DAYS = 60
FILES_DAYS = 14
ENTERED_DAYS = 7
SHOWN = 8
# A fact entered this week seldom lies further back; the list's index then bounds the reading.
_LOOKED_BACK = 365
_CONFIRMATION_DAYS = 90


@dataclass(frozen=True, slots=True)
class Few:
    """The first rows of something, and how many there are."""

    rows: list[Any]
    total: int

    @property
    def more(self) -> bool:
        """True when there are more than the rows."""
        return self.total > len(self.rows)


@dataclass(frozen=True, slots=True)
class Awaiting:
    """The first page of a lead; ``counts`` are the residences of level 1, 2, 3 and 4."""

    residences: int
    counts: list[int]
    moved: Few
    silent: Few
    lapsing: Few
    disruptions: Few
    imports: list[ImportRun]
    to_place: int
    entered: int

    @property
    def nothing(self) -> bool:
        """True when there is nothing to look at or to do."""
        lists = (self.moved, self.silent, self.lapsing, self.disruptions)
        return not (any(few.total for few in lists) or self.imports or self.to_place)


def awaiting() -> Awaiting:
    """Read what awaits the acting lead."""
    today = timezone.localdate()
    sites = list(_sites())
    moved = moves(sites, levels_on(today - dt.timedelta(MOVED_DAYS), sites))
    silent = [site for site in sites if site.silent]
    return Awaiting(
        residences=len(sites),
        counts=spread(site.level for site in sites),
        moved=_first(moved),
        silent=_first(silent),
        lapsing=_lapsing(today),
        disruptions=_few(_open_disruptions(today)),
        imports=_imports_gone_wrong(today),
        to_place=waiting().count(),
        entered=_entered(today),
    )


def _sites() -> QuerySet[SiteLevel]:
    rows = SiteLevel.objects.filter(is_led(), address=None).select_related("residence", "commune")
    return rows.order_by("-level", "residence__name", "pk")


def _lapsing(today: dt.date) -> Few:
    """Return what nobody confirmed for a while: it stops counting, or has stopped already."""
    grid = SiteLevel.objects.filter(residence=OuterRef("residence"), address=None)
    rows = (
        StandingObservation.objects.filter(is_led(), ended_on=None)
        .annotate(
            confirmed_on=Max("confirmations__day"),
            counts_for=Subquery(grid.values("grid_version__confirmation_days")[:1]),
        )
        .filter(Q(confirmed_on=None) | Q(confirmed_on__lt=today - dt.timedelta(LAPSING_DAYS)))
        .select_related("fact_type", "residence", "address")
        .order_by("confirmed_on", "pk")
    )
    few = _few(rows)
    for row in few.rows:
        days = row.counts_for or _CONFIRMATION_DAYS
        row.counts_until = row.confirmed_on and row.confirmed_on + dt.timedelta(days)
        row.lapsed = row.counts_until is None or row.counts_until < today
    return few


def _open_disruptions(today: dt.date) -> QuerySet[Disruption]:
    rows = Disruption.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), is_led(), starts_on__lte=today)
    return rows.select_related("residence", "address").order_by("starts_on", "pk")


def _imports_gone_wrong(today: dt.date) -> list[ImportRun]:
    """Return the imports of late that failed or left rows out, and that nothing of the kind made good.

    What failed wrote nothing, and any later import that ended makes it good; for rows left out,
    one that left none.
    """
    faults = Q(counts__has_key=Outcome.REJECTED.value)
    followed = ImportRun.objects.filter(
        organisation=OuterRef("organisation"),
        kind=OuterRef("kind"),
        pk__gt=OuterRef("pk"),
        state=JobState.DONE,
    )
    recent = ImportRun.objects.filter(created_at__date__gte=today - dt.timedelta(FILES_DAYS))
    failed = Q(state=JobState.FAILED) & ~Exists(followed)
    wrong = recent.filter(failed | (faults & ~Exists(followed.exclude(faults))))
    runs = list(wrong.defer("report").order_by("-id")[:SHOWN])
    for run in runs:
        run.rejected = sum(run.counts.get(Outcome.REJECTED.value, {}).values())
    return runs


def _entered(today: dt.date) -> int:
    since = timezone.now() - dt.timedelta(ENTERED_DAYS)
    facts = Incident.objects.current().filter(is_led(), day__gte=today - dt.timedelta(_LOOKED_BACK))
    return facts.filter(created_at__gte=since, import_run=None).count()


def _first(rows: list[Move] | list[SiteLevel]) -> Few:
    return Few(rows[:SHOWN], len(rows))


def _few(rows: QuerySet[Any]) -> Few:
    found = list(rows[: SHOWN + 1])
    total = len(found) if len(found) <= SHOWN else rows.count()
    return Few(found[:SHOWN], total)
