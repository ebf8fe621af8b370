"""How published levels moved from one publication of a circle to the next."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from .models import Publication, PublishedSite

_IDENTITY = ("shared_by_id", "commune", "name")


@dataclass(frozen=True, slots=True)
class Evolution:
    """What moved since ``previous``: the level before by rank, and how many rose and fell."""

    previous: Publication
    before: dict[int, int]
    risen: int
    fallen: int


def states(publication: Publication) -> QuerySet[Publication]:
    """Return every publication to the same circle, oldest first."""
    return Publication.objects.filter(circle_id=publication.circle_id).order_by("as_of")


def evolution(publication: Publication) -> Evolution | None:
    """Compare with the publication before it to the same circle; None for the first."""
    previous = states(publication).filter(as_of__lt=publication.as_of).last()
    if previous is None:
        return None
    before, now = _levels(previous), _levels(publication)
    moves = [(rank, before[key][1], level) for key, (rank, level) in now.items() if key in before]
    return Evolution(
        previous=previous,
        before={rank: then for rank, then, _level in moves},
        risen=sum(level > then for _rank, then, level in moves),
        fallen=sum(level < then for _rank, then, level in moves),
    )


def _levels(publication: Publication) -> dict[tuple[int, str, str], tuple[int, int]]:
    """Return rank and level by site; a name its landlord gave twice in a commune is left out."""
    rows = list(
        PublishedSite.objects.filter(publication=publication).values_list(*_IDENTITY, "rank", "level")
    )
    times = Counter(row[:3] for row in rows)
    return {row[:3]: (row[3], row[4]) for row in rows if times[row[:3]] == 1}
