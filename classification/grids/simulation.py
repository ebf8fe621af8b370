"""Compute which places another grid would move to another level, without writing anything.

The places, the levels and the facts are those that the acting person may see. What was stored goes through the second stage of
the engine (``classification/engine/engine.sql``) and its ``levels.sql``: the counts alone for a grid with the same windows, the
days for one with shorter ones; where these do not reach as far as the grid asks, the records go through both stages.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import Count

from classification import engine
from classification.method.scale import Frequency
from classification.models import GridVersion, SiteLevel
from core.order import French

_HERE = Path(__file__).resolve().parent
_STORED, _COUNTS, _MOVED = (
    (_HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("stored", "counts", "moved")
)
_MOVED = _MOVED.replace("{name}", French.template % {"expressions": "r.name"})
# Of the stored levels, which hold the most of a place and its addresses.
_IMPACTS = "SELECT residence_id, address_id, impact_level AS level FROM classification_sitelevel WHERE impact_level > 1"


@dataclass(frozen=True, slots=True)
class Ground:
    """What is simulated on: the visible places whose stored level is of the day that most of them have.

    Attributes:
        as_of: the day.
        versions: the grids that their levels were made with, the one of most places first.
        residences: how many of them are residences as a whole.
        addresses: how many are addresses.
        left_out: how many places have a level of another day: they are not compared.
    """

    as_of: dt.date
    versions: tuple[GridVersion, ...]
    residences: int
    addresses: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Flow:
    """How many places would go from one level to another.

    Attributes:
        whole: whether they are residences as a whole.
        decided: how many of them have a decision, which would lapse.
    """

    whole: bool
    before: int
    after: int
    places: int
    decided: int


@dataclass(frozen=True, slots=True)
class Move:
    """A place that would move, with its stored level and the level that it would have."""

    site: SiteLevel
    after: int


@dataclass(frozen=True, slots=True)
class Simulation:
    """What would move, counted by levels, and one page of the residences or of the addresses."""

    flows: tuple[Flow, ...]
    moves: tuple[Move, ...]

    def number(self, *, whole: bool) -> int:
        """Return how many residences as a whole would move, or how many addresses."""
        return sum(flow.places for flow in self.flows if flow.whole == whole)


def ground() -> Ground | None:
    """Return what can be simulated on, None where the person sees no level."""
    rows = (
        SiteLevel.objects.order_by()
        .values_list("as_of", "grid_version")
        .annotate(places=Count("pk"), addresses=Count("address"))
    )
    days: dict[dt.date, list[tuple[int, int, int]]] = {}
    for day, version, places, addresses in rows:
        days.setdefault(day, []).append((places, version, addresses))
    if not days:
        return None
    sizes = {day: sum(places for places, _version, _addresses in found) for day, found in days.items()}
    as_of = max(days, key=lambda day: (sizes[day], day))
    found = sorted(days[as_of], reverse=True)
    versions = GridVersion.objects.in_bulk([version for _places, version, _addresses in found])
    addresses = sum(number for _places, _version, number in found)
    return Ground(
        as_of=as_of,
        versions=tuple(versions[version] for _places, version, _addresses in found),
        residences=sizes[as_of] - addresses,
        addresses=addresses,
        left_out=sum(sizes.values()) - sizes[as_of],
    )


def simulate(
    version: GridVersion, on: Ground, *, whole: bool = True, page: int = 1, per_page: int | None = None
) -> Simulation:
    """Return what would move if the places were classified with ``version``, stored or not.

    Args:
        version: the other grid.
        on: of :func:`ground`.
        whole: list residences as a whole; False for addresses.
        page: which page of them, from 1; the last one where there are fewer.
        per_page: how many on a page; None for all of them.
    """
    params = engine.parameters(version, on.as_of, None)
    if not suffices(version, on.versions):
        levels = engine.levels_sql(None, params)
    elif same_windows(version, on.versions):
        levels = engine.levels_of_counts_sql(_COUNTS, _IMPACTS)
    else:
        levels = engine.levels_of_occurrences_sql(_STORED, _IMPACTS)
    params |= {"whole": whole, "page": max(1, page), "per_page": per_page or on.residences + on.addresses}
    with connection.cursor() as cursor:
        cursor.execute(levels + _MOVED, params)
        flows, listed = (json.loads(found or "[]") for found in cursor.fetchone())
    return Simulation(tuple(Flow(*flow) for flow in flows), _moves(listed))


def suffices(version: GridVersion, stored: Sequence[GridVersion]) -> bool:
    """Say whether the days stored with some grids hold all that ``version`` counts.

    They are those of the window of occasional facts, at places where at least as many as its threshold fell in it.
    """
    asked = version.grid.thresholds[Frequency.OCCASIONAL]
    for one in stored:
        kept = one.grid.thresholds[Frequency.OCCASIONAL]
        if asked.days > kept.days or (kept.occurrences > 1 and asked != kept):
            return False
        if (one.confirmation_days, one.disruption_days) != (
            version.confirmation_days,
            version.disruption_days,
        ):
            return False
    return True


def same_windows(version: GridVersion, stored: Sequence[GridVersion]) -> bool:
    """Say whether what was counted with some grids is what ``version`` counts: only cells and numbers of occurrences differ."""
    windows = {(one, threshold.days) for one, threshold in version.grid.thresholds.items()}
    return all(
        windows == {(one, threshold.days) for one, threshold in other.grid.thresholds.items()}
        for other in stored
    )


def _moves(listed: list[tuple[int, int]]) -> tuple[Move, ...]:
    sites = SiteLevel.objects.select_related("residence", "landlord", "commune", "address").in_bulk(
        [pk for pk, _after in listed]
    )
    return tuple(Move(sites[pk], after) for pk, after in listed)
