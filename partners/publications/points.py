"""Return published sites as points of a map, and count them by level."""

import datetime as dt
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from classification.method.scale import Level, Mark
from classification.residence.wording import listing, typeset
from partners.models import PublishedSite
from partners.wording import given_of

from .positions import Positions, name_of


class _Decided(NamedTuple):
    """The proposed level of a site, and what its landlord decided about it, or by when it was to, or had not."""

    level: int
    retained: int | None
    decided_on: dt.date | None
    expected_on: dt.date | None
    closed_on: dt.date | None


def points_of(sites: QuerySet[PublishedSite]) -> list[dict[str, Any]]:
    """Return the data of the map for each site that has a point, in the order of the ranks."""
    labels = {level.value: _("Niveau %(n)s") % {"n": level.value} for level in Level}
    labels[Mark.STOPPED.value] = _("Saisie interrompue")
    rows = placed(sites).order_by("rank")
    publication = rows.values_list("publication_id", flat=True).first()
    positions = Positions(publication or 0)
    return [
        {
            "at": [latitude, longitude],
            "level": level,
            "label": labels[level],
            "decision": given_of(_Decided(*decided)),
            "rank": positions.of(rank),
            "name": name,
            "url": reverse("partners:site", args=[publication, name_of(pk, key)]),
        }
        for pk, key, rank, level, name, latitude, longitude, *decided in rows.values_list(
            "pk",
            "key",
            "rank",
            "mark",
            "name",
            "latitude",
            "longitude",
            *_Decided._fields,
        )
    ]


def placed(sites: QuerySet[PublishedSite]) -> QuerySet[PublishedSite]:
    """Keep the sites that have a point."""
    return sites.filter(longitude__isnull=False)


def counts_of(sites: QuerySet[PublishedSite]) -> list[tuple[Mark, int]]:
    """Count the sites of each level, the highest first; then those whose recording stopped, if there are any."""
    found = dict(sites.order_by().values_list("mark").annotate(n=Count("pk")))
    return [(mark, found.get(mark, 0)) for mark in reversed(Mark) if mark or found.get(mark)]


def summary_of(sites: QuerySet[PublishedSite]) -> str:
    """Return the number of sites of each level, in words."""
    said = [
        _("%(n)s de niveau %(level)s") % {"n": n, "level": mark.value}
        if mark
        else _("%(n)s dont la saisie s’est interrompue") % {"n": n}
        for mark, n in counts_of(sites)
        if n
    ]
    return str(typeset(listing(said)))
