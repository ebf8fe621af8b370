"""Read what awaits a security lead, for all landlords they lead, in a fixed number of queries."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from classification.decisions.reading import lapsed_since
from classification.engine.services import MOVED_DAYS
from classification.models import SiteLevel
from core.jobs import JobState
from incidents.models import Disruption, Incident, StandingObservation
from incidents.ongoing.seeing import to_see
from incidents.ongoing.services import followed, to_confirm, to_reread
from sites.enums import ImportStage, Outcome
from sites.geocoding.placing import waiting
from sites.models import ImportRun
from sites.perimeter import is_led

from .movements import levels_on, moves, spread

FILES_DAYS = 14
ENTERED_DAYS = 7
SHOWN = 8
# A fact entered this week rarely happened earlier; with this bound the index of the list limits the rows read.
_LOOKED_BACK = 365


@dataclass(frozen=True, slots=True)
class Few:
    """The first rows of a list, and the total number of its rows."""

    rows: list[Any]
    total: int

    @property
    def more(self) -> bool:
        """True when the list has more rows than these."""
        return self.total > len(self.rows)


@dataclass(frozen=True, slots=True)
class Awaiting:
    """The content of a lead's first page; ``counts`` are the numbers of residences by level, as :func:`.movements.spread`."""

    residences: int
    counts: list[int]
    moved: Few
    silent: Few
    lapsing: Few
    disruptions: Few
    to_reread: Few
    imports: list[ImportRun]
    to_place: int
    to_see: Few
    entered: int
    undecided: int
    lapsed: Few

    @property
    def nothing(self) -> bool:
        """True when there is nothing to look at or to do."""
        lists = (
            self.to_see,
            self.moved,
            self.silent,
            self.lapsing,
            self.disruptions,
            self.to_reread,
            self.lapsed,
        )
        return not (any(few.total for few in lists) or self.imports or self.to_place or self.undecided)


def awaiting() -> Awaiting:
    """Read what awaits the acting lead."""
    today = timezone.localdate()
    sites = list(_sites())
    moved = moves(sites, levels_on(today - dt.timedelta(MOVED_DAYS), sites))
    silent = [site for site in sites if site.silent]
    return Awaiting(
        residences=len(sites),
        counts=spread(site.mark for site in sites),
        moved=_first(moved),
        silent=_first(silent),
        lapsing=_lapsing(today),
        disruptions=_few(_open_disruptions(today)),
        to_reread=_few(_to_reread()),
        imports=_imports_gone_wrong(today),
        to_place=waiting().count(),
        to_see=_few(_unseen()),
        entered=_entered(today),
        undecided=sum(site.decided_on is None for site in sites),
        lapsed=_few(lapsed_since(today - dt.timedelta(MOVED_DAYS)).filter(is_led())),
    )


def _sites() -> QuerySet[SiteLevel]:
    rows = SiteLevel.objects.filter(is_led(), address=None).select_related("residence", "commune")
    return rows.order_by("-level", "residence__name__french", "pk")


def _lapsing(today: dt.date) -> Few:
    """Return the standing observations to confirm again: they stop counting soon, or have stopped already."""
    rows = followed(StandingObservation.objects.current().filter(is_led())).filter(to_confirm(today))
    few = _few(rows.select_related("fact_type", "residence", "address").order_by("confirmed_on", "pk"))
    for row in few.rows:
        row.lapsed = row.counts_until is None or row.counts_until < today
    return few


def _unseen() -> QuerySet[Disruption]:
    rows = to_see(Disruption.objects.filter(is_led()))
    return rows.select_related("residence", "address").order_by("-starts_on", "-pk")


def _open_disruptions(today: dt.date) -> QuerySet[Disruption]:
    rows = Disruption.objects.current().filter(
        Q(ends_on=None) | Q(ends_on__gte=today), is_led(), starts_on__lte=today
    )
    return rows.select_related("residence", "address").order_by("starts_on", "pk")


def _to_reread() -> QuerySet[Disruption]:
    rows = to_reread(Disruption.objects.current().filter(is_led()))
    return rows.select_related("residence", "address").order_by("-starts_on", "pk")


def _imports_gone_wrong(today: dt.date) -> list[ImportRun]:
    """Return the recent imports that failed or rejected rows, and that no later import has made up for.

    A failed import wrote nothing: any later import of the same kind that succeeded makes up for it. Rejected
    rows are in their file alone: only a later import of a file of the same name without any makes up for them.
    """
    faults = Q(counts__has_key=Outcome.REJECTED.value)
    later = ImportRun.objects.filter(
        stage=ImportStage.IMPORT,
        organisation=OuterRef("organisation"),
        pk__gt=OuterRef("pk"),
        state=JobState.DONE,
    )
    followed = later.filter(kind=OuterRef("kind"))
    corrected = followed.filter(filename=OuterRef("filename")).exclude(faults)
    recent = ImportRun.objects.filter(created_at__date__gte=today - dt.timedelta(FILES_DAYS))
    # Of a file that could not be read, nobody knows the kind.
    unread = Q(kind="") & Exists(later)
    failed = Q(state=JobState.FAILED) & ~Exists(followed) & ~unread
    wrong = recent.filter(failed | (Q(stage=ImportStage.IMPORT) & faults & ~Exists(corrected)))
    return list(wrong.defer("report", "rejected", "analysis").order_by("-id")[:SHOWN])


def _entered(today: dt.date) -> int:
    since = timezone.now() - dt.timedelta(ENTERED_DAYS)
    facts = Incident.objects.current().filter(is_led(), day__gte=today - dt.timedelta(_LOOKED_BACK))
    return facts.filter(created_at__gte=since, import_run=None).count()


def _first(rows: list[Any]) -> Few:
    return Few(rows[:SHOWN], len(rows))


def _few(rows: QuerySet[Any]) -> Few:
    found = list(rows[: SHOWN + 1])
    total = len(found) if len(found) <= SHOWN else rows.count()
    return Few(found[:SHOWN], total)
