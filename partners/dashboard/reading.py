"""Read the dashboard of one territory, in a fixed number of queries.

It is restricted to the records shared with that territory, as publications are: a coordinator of two
territories has a page for each.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from classification.engine.services import HALF_YEAR_DAYS
from classification.home.movements import LevelledT, Move, bars, levels_on, moves, spread
from classification.home.reading import Few
from classification.method.scale import mark_of, shown_level
from classification.models import SiteLevel
from core.dates import long_date
from core.order import in_french
from partners.models import Circle, Publication, PublishedSite, SynthesisNote
from partners.publications.drift import Drift, drifts_of
from partners.publications.evolution import frozen_levels
from partners.publications.keys import site_key
from partners.snapshot import shared_residences
from sites.models import Commune, SharingAgreement, Territory
from sites.perimeter import in_force
from sites.sharing.terms import standings

AGREEMENT_DAYS = 90
TOP = 10
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Unpublished(Move[LevelledT]):
    """A change of level that was not yet published to the circles named."""

    circles: tuple[str, ...]


class _Site(NamedTuple):
    """The current level of a residence, with the columns needed to rank and count thousands of them."""

    pk: int
    residence_id: int
    opaque_id: uuid.UUID
    landlord_id: int
    commune_id: int
    grid_version_id: int
    level: int
    retained: int | None
    mark: int
    silent: bool
    name: str
    dwellings: int
    in_qpv: bool
    landlord_name: str
    commune_name: str

    @property
    def shown_level(self) -> int:
        """The level that the landlord retained, else the proposed one."""
        return self.retained or self.level


@dataclass(frozen=True, slots=True)
class CircleNow:
    """A circle, its last publication and note, and the changes of level since that publication.

    ``drift`` says which of its sites have another level now for the day that was published.
    """

    pk: int
    name: str
    members: int
    last: Publication | None
    note: SynthesisNote | None
    moved: list[Move[_Site]]
    drift: Drift | None = None

    @property
    def risen(self) -> int:
        """The number of residences whose level rose since the last publication."""
        return sum(move.rose for move in self.moved)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The dashboard of a territory.

    Attributes:
        counts: the numbers of residences by level, as :func:`classification.home.movements.spread`.
        counts_before: the same by the proposed levels of half a year ago, for the landlords that recorded facts by then.
        counts_compared: the same today by the proposed levels, for the residences of ``counts_before`` alone.
        top: the first residences of the ranking.
        published: the last publication to any circle that names sites.
        since_publication: the first changes of level since the last publication to each circle.
        risen: how many of these changes are rises.
        fallen: how many are falls, residences whose recording stopped left out.
        stopped: how many are residences whose recording stopped.
        since_half_year: the first rises since half a year ago.
        agreements: how many agreements share something today.
        unanswered: how many landlords have not answered what is asked of them.
    """

    territory: Territory
    residences: int
    silent: int
    counts: list[int]
    counts_before: list[int]
    counts_compared: list[int]
    top: list[SiteLevel]
    published: Publication | None
    since_publication: Few
    risen: int
    fallen: int
    stopped: int
    since_half_year: Few
    over_time: list[dict[str, object]]
    by_landlord: list[dict[str, object]]
    by_commune: list[dict[str, object]]
    by_neighbourhood: list[dict[str, object]]
    circles: list[CircleNow]
    ending: list[SharingAgreement]
    agreements: int
    unanswered: int

    @property
    def compares(self) -> bool:
        """True when a landlord had recorded facts half a year ago."""
        return any(self.counts_before)

    @property
    def high(self) -> int:
        """The number of residences of level 3 or 4."""
        return sum(self.counts[2:4])


def dashboard_of(territory: Territory) -> Dashboard:
    """Read the dashboard of ``territory``, which the acting person coordinates."""
    today = timezone.localdate()
    sites = _ranked(territory)
    before = levels_on(today - dt.timedelta(HALF_YEAR_DAYS), sites)
    counts, counts_before = spread(s.mark for s in sites), spread(before.values())
    circles = _circles(territory, sites)
    named = (c.last for c in circles if c.last and not c.last.by_neighbourhood)
    published = max(named, key=lambda p: (p.as_of, p.pk), default=None)
    agreements = list(
        SharingAgreement.objects.filter(in_force(), territory=territory).select_related("landlord")
    )
    since_publication = _unpublished(circles)
    since_half_year = [move for move in moves(sites, before) if move.rose]
    moved = [*since_publication[:SHOWN], *since_half_year[:SHOWN]]
    shown = _loaded([*sites[:TOP], *(move.site for move in moved)])
    return Dashboard(
        territory=territory,
        residences=len(sites),
        silent=sum(site.silent for site in sites),
        counts=counts,
        counts_before=counts_before,
        counts_compared=spread(
            mark_of(site.level, silent=site.silent) for site in sites if site.residence_id in before
        ),
        top=[shown[site.pk] for site in sites[:TOP]],
        published=published,
        since_publication=_first(since_publication, shown),
        risen=sum(move.rose for move in since_publication),
        fallen=sum(not move.rose and not move.site.silent for move in since_publication),
        stopped=sum(not move.rose and move.site.silent for move in since_publication),
        since_half_year=_first(since_half_year, shown),
        over_time=_over_time(counts_before, published, counts),
        by_landlord=_by(sites, lambda site: site.landlord_name),
        by_commune=_by(sites, lambda site: site.commune_name),
        by_neighbourhood=_by_neighbourhood(sites),
        circles=circles,
        ending=_ending(agreements, today),
        agreements=len(agreements),
        unanswered=_unanswered(territory),
    )


def _ranked(territory: Territory) -> list[_Site]:
    """Return the current levels, in the order of :func:`partners.snapshot.ranked`."""
    levels = SiteLevel.objects.filter(residence__in=shared_residences(territory).order_by(), address=None)
    landlords = dict(Organisation.objects.values_list("pk", "name"))
    communes = dict(Commune.objects.filter(territories=territory).values_list("pk", "name"))
    rows = levels.order_by().values_list(
        "pk", "residence_id", "residence__opaque_id", "landlord_id", "commune_id", "grid_version_id", "level", "retained", "mark", "silent",
        "residence__name", "residence__dwellings", "residence__in_priority_neighbourhood",
    )  # fmt: skip
    sites = [_Site(*row, landlords[row[3]], communes[row[4]]) for row in rows]
    deciding = _deciding(levels)
    in_order = {name: in_french(name) for name in landlords.values()}
    return sorted(
        sites,
        key=lambda s: (
            -s.shown_level,
            -deciding.get(s.residence_id, 0),
            -s.dwellings,
            in_french(s.name),
            in_order[s.landlord_name],
            s.pk,
        ),
    )


def _deciding(levels: QuerySet[SiteLevel]) -> dict[int, int]:
    """Return how many fact types have the level that their residence is shown with, by residence id; without any, it is left out."""
    # One join for all residences: a subquery for each took three times as long.
    found = levels.filter(residence__findings__address=None, residence__findings__level=shown_level())
    counted = found.order_by().values("residence").annotate(types=Count("residence__findings"))
    return dict(counted.values_list("residence", "types"))


def _loaded(sites: list[_Site]) -> dict[int, SiteLevel]:
    rows = SiteLevel.objects.select_related("residence", "landlord", "commune")
    return rows.in_bulk([site.pk for site in sites])


def _first(found: Sequence[Move[_Site]], loaded: dict[int, SiteLevel]) -> Few:
    # The moves keep the additional fields of their class.
    return Few([replace(move, site=loaded[move.site.pk]) for move in found[:SHOWN]], len(found))  # type: ignore[arg-type]  # of one kind of site a move of another


def _circles(territory: Territory, sites: list[_Site]) -> list[CircleNow]:
    today = timezone.localdate()
    live = Q(
        mandates__membership__isnull=False,
        mandates__council=F("territory__organisation"),
        mandates__starts_on__lte=today,
    ) & (Q(mandates__ends_on=None) | Q(mandates__ends_on__gt=today))
    rows = Circle.objects.live().filter(territory=territory)
    circles = list(rows.annotate(members=Count("mandates", filter=live)).order_by("name__french", "pk"))
    publications = Publication.objects.filter(circle__in=circles, withdrawn_at=None)
    publications = publications.select_related("territory", "grid_version", "closing").order_by(
        "circle_id", "-as_of"
    )
    notes = SynthesisNote.objects.filter(circle__in=circles, withdrawn_at=None).defer("content")
    last = {row.circle_id: row for row in publications.distinct("circle_id")}
    issued = {row.circle_id: row for row in notes.order_by("circle_id", "-issued_at").distinct("circle_id")}
    frozen = frozen_levels((publication.pk for publication in last.values()), heard=True)
    drifts = drifts_of(list(last.values()))
    return [
        CircleNow(
            pk=circle.pk,
            name=circle.name,
            members=circle.members,
            last=(given := last.get(circle.pk)),
            note=issued.get(circle.pk),
            moved=_moved(sites, circle.pk, frozen[given.pk]) if given else [],
            drift=drifts.get(given.pk) if given else None,
        )
        for circle in circles
    ]


def _moved(sites: list[_Site], circle: int, frozen: dict[uuid.UUID, int]) -> list[Move[_Site]]:
    keys = {site.residence_id: site_key(circle, site.opaque_id) for site in sites}
    before = {residence: frozen[key] for residence, key in keys.items() if key in frozen}
    return moves(sites, before, attrgetter("shown_level"))


def _unpublished(circles: list[CircleNow]) -> list[Unpublished[_Site]]:
    """Return the changes not yet published to some circle: rises first, then by level.

    Circles to which the same level was last published share a row.
    """
    unaware: dict[tuple[_Site, int, int], list[str]] = defaultdict(list)
    for circle in circles:
        for move in circle.moved:
            unaware[move.site, move.before, move.after].append(circle.name)
    found = [Unpublished(*moved, tuple(names)) for moved, names in unaware.items()]
    return sorted(found, key=lambda m: (not m.rose, -m.after, m.before))


def _over_time(before: list[int], published: Publication | None, now: list[int]) -> list[dict[str, object]]:
    rows = [(_("Il y a six mois"), before)] if any(before) else []
    if published:
        label = _("Publié au %(day)s") % {"day": long_date(published.as_of)}
        levels = PublishedSite.objects.filter(publication=published).order_by()
        rows.append((label, spread(levels.values_list("mark", flat=True))))
    return bars([*rows, (_("Aujourd’hui"), now)])


def _by(sites: list[_Site], group: Callable[[_Site], str]) -> list[dict[str, object]]:
    """Count levels by group; the groups with the most residences of the highest levels come first."""
    levels: dict[str, list[int]] = defaultdict(list)
    for site in sites:
        levels[group(site)].append(site.mark)
    counts = [(name, spread(found)) for name, found in levels.items()]
    return bars(sorted(counts, key=lambda row: (*(-n for n in reversed(row[1][:4])), in_french(row[0]))))


def _by_neighbourhood(sites: list[_Site]) -> list[dict[str, object]]:
    inside, outside = _("En QPV"), _("Hors QPV")
    return _by(sites, lambda site: inside if site.in_qpv else outside)


def _unanswered(territory: Territory) -> int:
    """Return how many agreements of the territory await their landlord's word."""
    rows = SharingAgreement.objects.to_end().filter(territory=territory)
    found = standings(list(rows.select_related("landlord", "territory")))
    return sum(standing.waits for standing in found)


def _ending(agreements: list[SharingAgreement], today: dt.date) -> list[SharingAgreement]:
    limit = today + dt.timedelta(AGREEMENT_DAYS)
    ending = [agreement for agreement in agreements if agreement.ends_on and agreement.ends_on <= limit]
    return sorted(ending, key=lambda agreement: (agreement.ends_on, in_french(agreement.landlord)))


def change(found: Dashboard) -> list[dict[str, Any]]:
    """Return the count of each level and its change since half a year ago, the highest level first.

    The change is None when no landlord had recorded facts half a year ago.
    """
    differences = [now - then for now, then in zip(found.counts_compared, found.counts_before, strict=True)]
    return [
        {
            "level": level,
            "count": found.counts[level - 1],
            "change": differences[level - 1] if found.compares else None,
        }
        for level in (4, 3, 2, 1)
    ]
