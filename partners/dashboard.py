"""The first page of a coordinator: one territory, in a fixed number of queries.

Narrowed to what is shared with that very territory, as publications are: a coordinator of two
reads each on its own page.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation
from classification.models import Finding, SiteLevel
from classification.movements import Move, bars, levels_on, moves, spread
from classification.wording import long_date
from sites.models import Commune, SharingAgreement, Territory

from .evolution import Identity, frozen_levels
from .models import Circle, Publication, SynthesisNote
from .snapshot import shared_residences

HALF_YEAR_DAYS = 182
AGREEMENT_DAYS = 90
TOP = 10
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A territory now. ``published`` is its last publication to any circle.

    ``counts`` are the residences of level 1, 2, 3 and 4, ``counts_before`` the same half a year
    ago; ``top`` starts the ranking; ``since_publication`` and ``since_half_year`` are what rose.
    """

    territory: Territory
    residences: int
    silent: int
    counts: list[int]
    counts_before: list[int]
    top: list[SiteLevel]
    published: Publication | None
    since_publication: list[Move]
    since_half_year: list[Move]
    over_time: list[dict[str, object]]
    by_landlord: list[dict[str, object]]
    by_commune: list[dict[str, object]]
    by_neighbourhood: list[dict[str, object]]
    circles: list[Circle]
    ending: list[SharingAgreement]
    agreements: int


def dashboard_of(territory: Territory) -> Dashboard:
    """Read the dashboard of ``territory``, which the acting person coordinates."""
    today = timezone.localdate()
    sites = _ranked(territory)
    before = levels_on(today - dt.timedelta(HALF_YEAR_DAYS), sites)
    counts, counts_before = spread(s.level for s in sites), spread(before.values())
    circles = _circles(territory)
    frozen = frozen_levels({circle.last.pk for circle in circles if circle.last})
    for circle in circles:
        circle.risen = len(_risen(sites, frozen[circle.last.pk])) if circle.last else 0
    published = max((c.last for c in circles if c.last), key=lambda p: (p.as_of, p.pk), default=None)
    agreements = list(SharingAgreement.objects.live().filter(territory=territory).select_related("landlord"))
    since_publication = _risen(sites, frozen[published.pk]) if published else []
    since_half_year = [move for move in moves(sites, before) if move.rose]
    shown = [*sites[:TOP], *(m.site for m in (*since_publication[:SHOWN], *since_half_year[:SHOWN]))]
    prefetch_related_objects(shown, "residence", "landlord", "commune")
    return Dashboard(
        territory=territory,
        residences=len(sites),
        silent=sum(site.silent for site in sites),
        counts=counts,
        counts_before=counts_before,
        top=sites[:TOP],
        published=published,
        since_publication=since_publication,
        since_half_year=since_half_year,
        over_time=_over_time(counts_before, published, frozen, counts),
        by_landlord=_by(sites, lambda site: site.landlord_name),
        by_commune=_by(sites, lambda site: site.commune_name),
        by_neighbourhood=_by(sites, _neighbourhood),
        circles=circles,
        ending=_ending(agreements, today),
        agreements=len(agreements),
    )


def _ranked(territory: Territory) -> list[SiteLevel]:
    """Return the levels now, in the order of :func:`.snapshot.ranked`, with what every row needs alone.

    A row has its ``key`` among published sites, ``landlord_name``, ``commune_name`` and ``in_qpv``;
    the residences themselves are loaded for the few that are shown.
    """
    deciding = (
        Finding.objects.filter(residence=OuterRef("residence"), address=None, level=OuterRef("level"))
        .order_by()
        .values("residence")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = (
        SiteLevel.objects.filter(residence__in=shared_residences(territory).order_by(), address=None)
        .only("residence", "landlord", "commune", "level", "silent", "grid_version")
        .annotate(
            deciding=Coalesce(Subquery(deciding, output_field=IntegerField()), 0),
            name=F("residence__name"),
            in_qpv=F("residence__in_priority_neighbourhood"),
        )
        .order_by("-level", "-deciding", "-residence__dwellings", "residence__name", "landlord__name")
    )
    landlords = dict(Organisation.objects.values_list("pk", "name"))
    communes = dict(Commune.objects.filter(territories=territory).values_list("pk", "name"))
    sites = list(rows)
    for site in sites:
        site.landlord_name = landlords[site.landlord_id]
        site.commune_name = communes[site.commune_id]
        site.key = (site.landlord_id, site.commune_name, site.name)
    return sites


def _circles(territory: Territory) -> list[Circle]:
    today = timezone.localdate()
    live = Q(mandates__starts_on__lte=today) & (Q(mandates__ends_on=None) | Q(mandates__ends_on__gt=today))
    rows = Circle.objects.live().filter(territory=territory)
    circles = list(rows.annotate(members=Count("mandates", filter=live)).order_by("name", "pk"))
    publications = Publication.objects.filter(circle__in=circles).order_by("circle_id", "-as_of")
    notes = SynthesisNote.objects.filter(circle__in=circles).defer("content")
    last = {row.circle_id: row for row in publications.distinct("circle_id")}
    issued = {row.circle_id: row for row in notes.order_by("circle_id", "-issued_at").distinct("circle_id")}
    for circle in circles:
        circle.last, circle.note = last.get(circle.pk), issued.get(circle.pk)
    return circles


def _risen(sites: list[SiteLevel], frozen: dict[Identity, tuple[int, int]]) -> list[Move]:
    before = {site.residence_id: frozen[site.key][1] for site in sites if site.key in frozen}
    return [move for move in moves(sites, before) if move.rose]


def _over_time(
    before: list[int],
    published: Publication | None,
    frozen: dict[int, dict[Identity, tuple[int, int]]],
    now: list[int],
) -> list[dict[str, object]]:
    rows = [(_("Il y a six mois"), before)]
    if published:
        label = _("Publié au %(day)s") % {"day": long_date(published.as_of)}
        rows.append((label, spread(level for _rank, level in frozen[published.pk].values())))
    return bars([*rows, (_("Aujourd’hui"), now)])


def _by(sites: list[SiteLevel], group: Callable[[SiteLevel], str]) -> list[dict[str, object]]:
    """Count levels by group: the groups with the most residences of high level first."""
    levels: dict[str, list[int]] = defaultdict(list)
    for site in sites:
        levels[group(site)].append(site.level)
    counts = [(name, spread(found)) for name, found in levels.items()]
    return bars(sorted(counts, key=lambda row: (*(-n for n in reversed(row[1])), row[0])))


def _neighbourhood(site: SiteLevel) -> str:
    return _("En QPV") if site.in_qpv else _("Hors QPV")


def _ending(agreements: list[SharingAgreement], today: dt.date) -> list[SharingAgreement]:
    limit = today + dt.timedelta(AGREEMENT_DAYS)
    ending = [agreement for agreement in agreements if agreement.ends_on and agreement.ends_on <= limit]
    return sorted(ending, key=lambda agreement: (agreement.ends_on, agreement.landlord.name))


def change(now: list[int], before: list[int]) -> list[dict[str, Any]]:
    """Return level, count and difference for each level, the highest first."""
    return [
        {"level": level, "count": now[level - 1], "change": now[level - 1] - before[level - 1]}
        for level in (4, 3, 2, 1)
    ]
