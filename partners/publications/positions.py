"""Number the sites of a publication as its reader sees them.

A publication is ranked once, over all its sites. Where an agreement has ended since, the sites of that landlord are hidden,
and the gaps that they left in the ranks would tell their levels: a reader is shown positions among what is visible, in pages,
files and on the map, and addresses of sites hold neither.
"""

import uuid
from bisect import bisect_left
from collections.abc import Collection

from django.db.models import Count, Q

from partners.models import PublishedSite


def positions_of(publication_id: int, ranks: Collection[int]) -> dict[int, int]:
    """Return rank → position of a few visible sites of a publication, in one row whatever the publication holds."""
    if not ranks:
        return {}
    before = {f"n{rank}": Count("pk", filter=Q(rank__lte=rank)) for rank in ranks}
    counted = PublishedSite.objects.filter(publication=publication_id).aggregate(**before)
    return {rank: counted[f"n{rank}"] for rank in ranks}


class Positions:
    """The positions of all visible sites of a publication, the first of the ranking being 1."""

    def __init__(self, publication_id: int) -> None:
        visible = PublishedSite.objects.filter(publication=publication_id).order_by("rank")
        self._ranks = list(visible.values_list("rank", flat=True))

    def of(self, rank: int) -> int:
        """Return the position of the visible site of that rank."""
        return bisect_left(self._ranks, rank) + 1


def name_of(pk: int, key: uuid.UUID | None) -> uuid.UUID:
    """Return what names a published site in addresses: its key, or for one without a digest of its number."""
    return key or uuid.uuid5(uuid.NAMESPACE_OID, f"palier published site {pk}")


def find(publication_id: int, name: uuid.UUID) -> int | None:
    """Return the number of the visible site that :func:`name_of` gives that name."""
    visible = PublishedSite.objects.filter(publication=publication_id)
    found = visible.filter(key=name).values_list("pk", flat=True).first()
    if found is not None:
        return found
    without = visible.filter(key=None).values_list("pk", flat=True)
    return next((pk for pk in without if name_of(pk, None) == name), None)
