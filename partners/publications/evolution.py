"""How published levels moved from one publication of a circle to the next."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from partners.models import Publication, PublishedSite

# A published site points at no record: it is known again by its landlord, commune and name.
Identity = tuple[int, str, str]


class Way(TextChoices):
    """How a site's level compares with the publication before."""

    RISEN = "risen", _("en hausse")
    FALLEN = "fallen", _("en baisse")
    SAME = "same", _("inchangé")
    NEW = "new", _("nouveau")


@dataclass(frozen=True, slots=True)
class Evolution:
    """What moved since ``previous``: by rank, the level before and by how much it changed.

    Where recording stopped, a lower level is no improvement: it is in ``unheard``, not in ``change``.
    """

    previous: Publication
    before: dict[int, int]
    change: dict[int, int]
    unheard: list[int]

    @property
    def risen(self) -> int:
        """How many sites have a higher level."""
        return len(self.ranks(Way.RISEN))

    @property
    def fallen(self) -> int:
        """How many sites have a lower level."""
        return len(self.ranks(Way.FALLEN))

    def ranks(self, way: str) -> list[int]:
        """Return the ranks of the sites that moved that way; of new ones nothing is known."""
        asked = {Way.RISEN: 1, Way.FALLEN: -1, Way.SAME: 0}[Way(way)]
        return [rank for rank, by in self.change.items() if (by > 0) - (by < 0) == asked]


def states(publication: Publication) -> QuerySet[Publication]:
    """Return every publication to the same circle, oldest first."""
    return Publication.objects.filter(circle_id=publication.circle_id).order_by("as_of")


def evolution(publication: Publication) -> Evolution | None:
    """Compare with the publication before it to the same circle; None for the first."""
    previous = states(publication).filter(as_of__lt=publication.as_of).last()
    if previous is None:
        return None
    levels = frozen_levels([previous.pk, publication.pk])
    before, now = levels[previous.pk], levels[publication.pk]
    moves = [(rank, before[key][1], level) for key, (rank, level) in now.items() if key in before]
    silent = set(publication.sites.filter(silent=True).values_list("rank", flat=True))
    unheard = [rank for rank, then, level in moves if rank in silent and level < then]
    return Evolution(
        previous=previous,
        before={rank: then for rank, then, _level in moves},
        change={rank: level - then for rank, then, level in moves if rank not in unheard},
        unheard=unheard,
    )


def frozen_levels(publications: Iterable[int]) -> dict[int, dict[Identity, tuple[int, int]]]:
    """Return rank and level by site, by publication; two sites that are called alike are left out."""
    rows = PublishedSite.objects.filter(publication__in=publications).order_by().values_list(
        "publication_id", "shared_by_id", "commune", "name", "rank", "level"
    )  # fmt: skip
    found: dict[int, list[tuple[Identity, tuple[int, int]]]] = defaultdict(list)
    for publication, landlord, commune, name, rank, level in rows:
        found[publication].append(((landlord, commune, name), (rank, level)))
    alike = {pk: Counter(key for key, _at in pairs) for pk, pairs in found.items()}
    levels = {pk: {key: at for key, at in pairs if alike[pk][key] == 1} for pk, pairs in found.items()}
    return defaultdict(dict, levels)
