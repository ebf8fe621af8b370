"""The first page of a coordinator: one territory, in a fixed number of queries.

Narrowed to what is shared with that very territory, as publications are: a coordinator of two
reads each on its own page.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from classification.models import Finding, SiteLevel
from classification.movements import Move, bars, levels_on, moves, spread
from classification.wording import long_date
from sites.models import SharingAgreement, Territory

from .models import Circle, Publication, PublishedSite, SynthesisNote
from .snapshot import shared_residences

HALF_YEAR_DAYS = 182
AGREEMENT_DAYS = 90
TOP = 10
SHOWN = 8

_Key = tuple[int, str, str]


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
    sites = list(_ranked(territory))
    before = levels_on(today - dt.timedelta(HALF_YEAR_DAYS), sites)
    counts, counts_before = spread(s.level for s in sites), spread(before.values())
    circles = _circles(territory)
    frozen = _frozen({circle.last.pk for circle in circles if circle.last})
    for circle in circles:
        circle.risen = len(_risen(sites, frozen[circle.last.pk])) if circle.last else 0
    published = max((c.last for c in circles if c.last), key=lambda p: (p.as_of, p.pk), default=None)
    agreements = list(SharingAgreement.objects.live().filter(territory=territory).select_related("landlord"))
    return Dashboard(
        territory=territory,
        residences=len(sites),
        silent=sum(site.silent for site in sites),
        counts=counts,
        counts_before=counts_before,
        top=sites[:TOP],
        published=published,
        since_publication=_risen(sites, frozen[published.pk]) if published else [],
        since_half_year=[move for move in moves(sites, before) if move.rose],
        over_time=_over_time(counts_before, published, frozen, counts),
        by_landlord=_by(sites, lambda site: site.landlord.name),
        by_commune=_by(sites, lambda site: site.commune.name),
        by_neighbourhood=_by(sites, _neighbourhood),
        circles=circles,
        ending=_ending(agreements, today),
        agreements=len(agreements),
    )


def _ranked(territory: Territory) -> QuerySet[SiteLevel]:
    """Return the levels now, in the order of :func:`.snapshot.ranked`."""
    deciding = (
        Finding.objects.filter(residence=OuterRef("residence"), address=None, level=OuterRef("level"))
        .order_by()
        .values("residence")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        SiteLevel.objects.filter(residence__in=shared_residences(territory).order_by(), address=None)
        .select_related("residence", "landlord", "commune")
        .annotate(deciding=Coalesce(Subquery(deciding, output_field=IntegerField()), 0))
        .order_by("-level", "-deciding", "-residence__dwellings", "residence__name", "landlord__name")
    )


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


def _frozen(publications: set[int]) -> dict[int, dict[_Key, int]]:
    """Return the levels as published, by publication and by what names a residence.

    A published site points at no record: it is known again by its landlord, name and commune,
    and left out where two are called alike.
    """
    rows = PublishedSite.objects.filter(publication__in=publications).order_by()
    found: dict[int, list[tuple[_Key, int]]] = defaultdict(list)
    for publication, landlord, name, commune, level in rows.values_list(
        "publication_id", "shared_by_id", "name", "commune", "level"
    ):
        found[publication].append(((landlord, name, commune), level))
    alike = {pk: Counter(key for key, _level in pairs) for pk, pairs in found.items()}
    levels = {pk: {key: level for key, level in pairs if alike[pk][key] == 1} for pk, pairs in found.items()}
    return defaultdict(dict, levels)


def _risen(sites: list[SiteLevel], frozen: dict[_Key, int]) -> list[Move]:
    before = {site.residence_id: frozen[key] for site in sites if (key := _key(site)) in frozen}
    return [move for move in moves(sites, before) if move.rose]


def _key(site: SiteLevel) -> _Key:
    return site.landlord_id, site.residence.name, site.commune.name


def _over_time(
    before: list[int],
    published: Publication | None,
    frozen: dict[int, dict[_Key, int]],
    now: list[int],
) -> list[dict[str, object]]:
    rows = [(_("Il y a six mois"), before)]
    if published:
        label = _("Publié au %(day)s") % {"day": long_date(published.as_of)}
        rows.append((label, spread(frozen[published.pk].values())))
    return bars([*rows, (_("Aujourd'hui"), now)])


def _by(sites: list[SiteLevel], group: Callable[[SiteLevel], str]) -> list[dict[str, object]]:
    """Count levels by group: the groups with the most residences of high level first."""
    levels: dict[str, list[int]] = defaultdict(list)
    for site in sites:
        levels[group(site)].append(site.level)
    counts = [(name, spread(found)) for name, found in levels.items()]
    return bars(sorted(counts, key=lambda row: (*(-n for n in reversed(row[1])), row[0])))


def _neighbourhood(site: SiteLevel) -> str:
    return _("En QPV") if site.residence.in_priority_neighbourhood else _("Hors QPV")


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
