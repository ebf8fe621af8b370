"""Return published sites as points of a map, and count them by level."""

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from classification.method.scale import Level
from classification.residence.wording import listing, typeset
from partners.models import PublishedSite


def points_of(sites: QuerySet[PublishedSite]) -> list[dict[str, Any]]:
    """Return the data of the map for each site that has a point, in the order of the ranks."""
    labels = {level.value: _("Niveau %(n)s") % {"n": level.value} for level in Level}
    rows = placed(sites).order_by("rank")
    return [
        {
            "at": [latitude, longitude],
            "level": level,
            "label": labels[level],
            "rank": rank,
            "name": name,
            "url": reverse("partners:site", args=[publication, rank]),
        }
        for publication, rank, level, name, latitude, longitude in rows.values_list(
            "publication_id", "rank", "level", "name", "latitude", "longitude"
        )
    ]


def placed(sites: QuerySet[PublishedSite]) -> QuerySet[PublishedSite]:
    """Keep the sites that have a point."""
    return sites.filter(longitude__isnull=False)


def counts_of(sites: QuerySet[PublishedSite]) -> list[tuple[Level, int]]:
    """Count the sites of each level, the highest first."""
    found = dict(sites.order_by().values_list("level").annotate(n=Count("pk")))
    return [(level, found.get(level, 0)) for level in reversed(Level)]


def summary_of(sites: QuerySet[PublishedSite]) -> str:
    """Return the number of sites of each level, in words."""
    said = [
        _("%(n)s de niveau %(level)s") % {"n": n, "level": level.value} for level, n in counts_of(sites) if n
    ]
    return str(typeset(listing(said)))
