"""Read the sites that a campaign froze, as plain data to give to a circle: what it froze, and nothing worked out anew.

Everything is read in the scope of the acting coordinator and restricted to the territory of the campaign, as in
:mod:`partners.snapshot`: sites of landlords whose agreement with it is in force, in the communes that it opens.
"""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from classification.campaigns.reading import frozen_sites, open_to
from classification.method.scale import Mark, mark_of
from classification.models import Assessment, Closing
from classification.residence.snapshot import findings_as_given
from core.dates import month_ends
from partners.models import Circle, Publication

from .snapshot import MONTHS, Previewed, Site, by_level, in_order, middle, ranked, shared_residences

_ADDRESS = ("label", "dwellings", "level", "silent", "level_before", "longitude", "latitude")


def given_sites(closing: Closing) -> QuerySet[Assessment]:
    """Return the sites of a version of a campaign that can be given to a circle of its territory today.

    An agreement opens them by the landlord and the commune that they were frozen with, and by those that they have today. A
    residence that was taken back is shared by nobody any more.
    """
    rows = frozen_sites(closing, manages=True).filter(residence__in=shared_residences(closing.territory))
    return rows.select_related("landlord", "commune", "residence").order_by("pk")


def holds_all_shared(closing: Closing) -> bool:
    """Say whether a version can give sites of the very landlords and communes that agreements open to its territory today."""
    given = given_sites(closing).order_by().values_list("landlord_id", "commune_id")
    shared = shared_residences(closing.territory).open_on(closing.campaign.as_of).order_by()
    return {*given.distinct()} == {*shared.values_list("landlord_id", "commune_id").distinct()}


def sites_of(closing: Closing, circle: Circle) -> list[Site]:
    """Return the ranked sites of a version of a campaign to give to a circle, as :func:`partners.snapshot.sites_at` does.

    Their ``trend`` is what the circle was given of the campaigns of the last twelve months. They are read by several statements: for
    consistent results the caller needs a transaction of isolation level REPEATABLE READ.
    """
    rows = list(given_sites(closing))
    trends = _trends(closing, circle, [row.residence_id for row in rows])
    findings = findings_as_given(row.findings for row in rows)
    return ranked(
        _site(closing, row, found, trends[row.residence_id])
        for row, found in zip(rows, findings, strict=True)
    )


def previewed_of(closing: Closing) -> list[Previewed]:
    """Return the sites of :func:`sites_of` without their evidence, as :func:`partners.snapshot.preview_at` does."""
    rows = given_sites(closing).defer("addresses", "findings", "disruptions")
    return by_level([_previewed(closing, row) for row in rows])


def middles_of(closing: Closing) -> dict[int, tuple[float, float]]:
    """Return longitude and latitude of the middle of each site's addresses, by residence id; without any point it is left out."""
    found = {row.residence_id: _middle(row) for row in given_sites(closing).defer("findings", "disruptions")}
    return {pk: (x, y) for pk, (x, y) in found.items() if x is not None and y is not None}


def _site(
    closing: Closing, row: Assessment, findings: list[dict[str, Any]], trend: list[tuple[str, int]]
) -> Site:
    longitude, latitude = _middle(row)
    return Site(
        opaque_id=row.residence.opaque_id,
        shared_by_id=row.landlord_id,
        shared_in_id=row.commune_id,
        landlord=row.landlord.name,
        name=row.name,
        commune=row.commune.name,
        dwellings=row.dwellings,
        in_priority_neighbourhood=row.in_priority_neighbourhood,
        level=row.level,
        facts_level=row.facts_level,
        impact_level=row.impact_level,
        silent=row.silent,
        level_before=row.level_before,
        retained=row.retained,
        decided_on=row.decided_on,
        decision_reason=row.decision_reason,
        closed_on=_closed_on(closing, row),
        unseen=row.unseen,
        longitude=longitude,
        latitude=latitude,
        addresses=in_order(_address(address) for address in row.addresses),
        findings=findings,
        disruptions=row.disruptions,
        trend=[*trend, (row.as_of.isoformat(), mark_of(row.level, silent=row.silent))],
    )


def _previewed(closing: Closing, row: Assessment) -> Previewed:
    return Previewed(
        residence_id=row.residence_id,
        opaque_id=row.residence.opaque_id,
        name=row.name,
        landlord_id=row.landlord_id,
        landlord=row.landlord.name,
        commune_id=row.commune_id,
        commune=row.commune.name,
        in_priority_neighbourhood=row.in_priority_neighbourhood,
        level=row.level,
        mark=Mark(row.mark),
        silent=row.silent,
        level_before=row.level_before,
        unseen=row.unseen,
        retained=row.retained,
        decided_on=row.decided_on,
        expected_on=None,
        closed_on=_closed_on(closing, row),
    )


def _closed_on(closing: Closing, row: Assessment) -> dt.date | None:
    """Return the day on which a campaign was closed while nobody had decided about a site; None of one that was decided."""
    return timezone.localdate(closing.read_at) if row.decided_on is None and closing.read_at else None


def _address(frozen: dict[str, Any]) -> dict[str, Any]:
    said = {name: frozen[name] for name in _ADDRESS}
    return said | {"mark": mark_of(frozen["level"], silent=frozen["silent"])}


def _middle(row: Assessment) -> tuple[float | None, float | None]:
    return middle((address["longitude"], address["latitude"]) for address in row.addresses)


def _trends(closing: Closing, circle: Circle, residence_ids: list[int]) -> dict[int, list[tuple[str, int]]]:
    """Return the day and the mark of the proposed level of each earlier campaign of the last twelve months, the oldest first.

    Only of those that the circle was given, by the version that it was given: it is told of no other campaign.
    """
    as_of = closing.campaign.as_of
    first = month_ends(as_of, MONTHS)[0]
    stand = Publication.objects.filter(circle=circle, withdrawn_at=None, closing__isnull=False)
    earlier = stand.filter(as_of__gte=first, as_of__lt=as_of).order_by()
    rows = Assessment.objects.filter(
        open_to(closing.territory_id, manages=True),
        closing__in=earlier.values("closing"),
        residence__in=residence_ids,
    )
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for pk, day, level, silent in rows.order_by("as_of").values_list(
        "residence_id", "as_of", "level", "silent"
    ):
        found[pk].append((day.isoformat(), mark_of(level, silent=silent)))
    return found
