"""Say which sites of a publication have another level for the same day, as the records are known now.

Only residences whose records changed since the publication are evaluated, and no more than :data:`MOST` of them. It
does not see what changes levels without a record: addresses moved to another residence, another grid.

An agreement changes no level: it opens and closes a residence with all its addresses and records, since they lie in one
commune of one landlord (foreign keys hold that). A published site that it closed is nothing to its former readers, and a
residence that it opened since was not published.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from classification import engine
from classification.engine.changed import changed_since
from partners.models import Publication
from partners.snapshot import shared_residences
from sites.models import Residence

from .evolution import frozen_levels
from .keys import site_key

# An evaluation of as many takes a fraction of a second, of a territory seconds.
MOST = 200


@dataclass(frozen=True, slots=True)
class Moved:
    """A published site whose level for the same day is another one now."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Drift:
    """The published sites whose level is another one now; or that more than :data:`MOST` residences may have one.

    Attributes:
        moved: the highest former level first; empty where there are too many to look at.
        too_many: how many residences have changed records, where they are more than :data:`MOST`, 0 otherwise.
    """

    moved: list[Moved]
    too_many: int


def drift_of(publication: Publication) -> Drift | None:
    """Compare one publication as :func:`drifts_of` does; return None where the levels agree."""
    return drifts_of([publication]).get(publication.pk)


def drifts_of(publications: Sequence[Publication]) -> dict[int, Drift]:
    """Compare publications of one territory with the levels of their days as the acting coordinator sees them now.

    The levels of a day are computed once for all circles that were given it.

    Returns:
        The differences, by publication id; where the levels agree, it is left out.
    """
    rows, total = _changed(publications) if publications else ([], 0)
    if total > MOST:
        return {publication.pk: Drift([], total) for publication in publications}
    if not rows:
        return {}
    levels = {
        (day, grid): engine.residence_levels(version, day, [row.pk for row in rows], seen_only=True)
        for (day, grid), version in {
            (given.as_of, given.grid_version_id): given.grid_version for given in publications
        }.items()
    }
    frozen = frozen_levels(given.pk for given in publications)
    return {
        given.pk: Drift(moved, 0)
        for given in publications
        if (moved := _moved(given, rows, frozen[given.pk], levels[given.as_of, given.grid_version_id]))
    }


def _changed(publications: Sequence[Publication]) -> tuple[list[Residence], int]:
    """Return up to :data:`MOST` residences whose records changed since one of the publications, and how many did."""
    conditions = (
        Q(pk__in=changed_since(timezone.localdate(_read_at(given)), given.as_of).values("residence_id"))
        for given in publications
    )
    residences = shared_residences(publications[0].territory).filter(reduce(or_, conditions))
    rows = list(residences.only("opaque_id", "name").order_by("pk")[: MOST + 1])
    return (rows, len(rows)) if len(rows) <= MOST else ([], residences.count())


def _read_at(publication: Publication) -> dt.datetime:
    """Return the moment of which the levels of a publication are: those of a campaign were read when it was closed."""
    closing = publication.closing
    return publication.published_at if closing is None or closing.read_at is None else closing.read_at


def _moved(
    publication: Publication,
    rows: list[Residence],
    frozen: Mapping[uuid.UUID, int],
    levels: Mapping[int, int],
) -> list[Moved]:
    moved = [
        Moved(row.name, before, levels[row.pk])
        for row in rows
        if (before := frozen.get(site_key(publication.circle_id, row.opaque_id))) and before != levels[row.pk]
    ]
    return sorted(moved, key=lambda site: (-site.before, site.name))
