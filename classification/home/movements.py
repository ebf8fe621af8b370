"""Compare the levels of residences with those of an earlier day, and count residences by level."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organisation
from classification import engine
from classification.method.scale import Level, Mark
from classification.models import GridVersion, PastLevel
from incidents.models import Incident
from incidents.retention import horizon
from sites.models import Residence


class Levelled(Protocol):
    """The current level of a residence: a row of the table of levels, or the columns read from one."""

    @property
    def residence_id(self) -> int:
        """The id of the residence."""

    @property
    def landlord_id(self) -> int:
        """The id of its landlord."""

    @property
    def grid_version_id(self) -> int:
        """The id of the grid it is classified with."""

    @property
    def level(self) -> int:
        """The level of the residence, 1 to 4."""


LevelledT = TypeVar("LevelledT", bound=Levelled)


@dataclass(frozen=True, slots=True)
class Move(Generic[LevelledT]):
    """A residence whose level changed: from ``before`` to ``after``, 1 to 4."""

    site: LevelledT
    before: int
    after: int

    @property
    def rose(self) -> bool:
        """True when the level is higher than it was."""
        return self.after > self.before


def levels_on(day: dt.date, sites: Iterable[Levelled]) -> dict[int, int]:
    """Return the level of each residence at ``day``, by residence id, each with its own grid.

    The levels follow from the records as they stand today: read where the evaluation stored them for ``day`` and
    the residence's grid, computed elsewhere. The residences of a landlord without any fact at ``day`` or before
    are left out: the absence of records does not mean that they were quiet.
    """
    recorded = landlords_recording(day)
    known = [site for site in sites if site.landlord_id in recorded]
    stored = _stored(day, {site.landlord_id for site in known})
    levels: dict[int, int] = {}
    missing: dict[int, list[int]] = defaultdict(list)
    for site in known:
        level = stored.get((site.residence_id, site.grid_version_id))
        if level is None:
            missing[site.grid_version_id].append(site.residence_id)
        else:
            levels[site.residence_id] = level
    return levels | _computed(day, missing)


def _stored(day: dt.date, landlords: Collection[int]) -> dict[tuple[int, int], int]:
    """Return the stored level of the landlords' residences at ``day``, by residence id and grid id."""
    rows = PastLevel.objects.filter(day=day, landlord__in=landlords).order_by()
    found = rows.values_list("residence_id", "grid_version_id", "level")
    return {(residence, grid): level for residence, grid, level in found}


def _computed(day: dt.date, residences: Mapping[int, list[int]]) -> dict[int, int]:
    """Compute the level at ``day`` of ``residences``, which maps a grid id to residence ids."""
    levels: dict[int, int] = {}
    for pk, version in GridVersion.objects.in_bulk(list(residences)).items():
        levels |= engine.residence_levels(version, day, residences[pk])
    return levels


def landlords_recording(day: dt.date) -> set[int]:
    """Return the ids of the visible landlords with a fact recorded for ``day`` or before, none erased that counts there."""
    facts = Incident.objects.filter(landlord=OuterRef("pk"), day__lte=day, cancelled_at=None)
    # A fact of each landlord is looked for, instead of one at each of its residences.
    heard = Organisation.objects.filter(
        Exists(facts.order_by()), pk__in=Residence.objects.order_by().values("landlord_id")
    )
    return set(heard.order_by().values_list("pk", flat=True)) - horizon.landlords_erased(day)


def erased_since(as_of: dt.date) -> str:
    """Return the sentence that says that a level at ``as_of``, or in its year before, can be computed no more; else empty."""
    return horizon.said_of(as_of)


def is_recorded(residences: QuerySet[Residence], day: dt.date) -> bool:
    """Say whether any of ``residences`` has a fact recorded for ``day`` or before."""
    facts = Incident.objects.filter(residence=OuterRef("pk"), day__lte=day, cancelled_at=None)
    return residences.filter(Exists(facts.order_by())).exists()


def moves(
    sites: Iterable[LevelledT],
    before: Mapping[int, int],
    level: Callable[[LevelledT], int] = attrgetter("level"),
) -> list[Move[LevelledT]]:
    """Return the residences whose level differs from the one in ``before``: those that rose first, then by level.

    Args:
        sites: the current levels, in the order to keep among equals.
        before: the former level, by residence id; residences without one are left out.
        level: returns the level of a site to compare; by default the proposed one.
    """
    moved = [
        Move(site, before[site.residence_id], level(site))
        for site in sites
        if before.get(site.residence_id, level(site)) != level(site)
    ]
    return sorted(moved, key=lambda m: (not m.rose, -m.after, m.before))


def spread(levels: Iterable[int]) -> list[int]:
    """Count the levels 1, 2, 3 and 4, in this order, then the marks of recording that stopped.

    >>> spread([1, 4, 1, 0])
    [2, 0, 0, 1, 1]
    """
    found = Counter(levels)
    return [found[mark] for mark in (*Level, Mark.STOPPED)]


def bars(rows: Sequence[tuple[str, Sequence[int]]]) -> list[dict[str, object]]:
    """Return the data of ``components/level_bars.html``: the label, the five counts of :func:`spread` and the total of each bar."""
    return [{"label": label, "counts": list(counts), "total": sum(counts)} for label, counts in rows]
