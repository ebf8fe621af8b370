"""Read what a closing froze, and count it by commune, area and landlord.

An area is a priority neighbourhood, or what is left of a commune: the cut of the circles by neighbourhood, by published outlines.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from classification.campaigns.families import days_by_family, family_of
from classification.campaigns.reading import frozen_sites
from classification.models import Closing
from sites.basemap.neighbourhoods import names_at
from sites.models import PriorityNeighbourhood

# Of a residence that its landlord says lies in a priority neighbourhood, while no outline holds it.
SOME_PRIORITY_NEIGHBOURHOOD = "Quartier prioritaire"
_COLUMNS = (
    "residence_id", "landlord_id", "commune_id", "commune__name", "in_priority_neighbourhood", "longitude", "latitude",
    "dwellings", "mark", "findings",
)  # fmt: skip


@dataclass(slots=True)
class Share:
    """What a landlord has in an area: homes, sites by mark, and days with a fact by family."""

    homes: int = 0
    sites: Counter[int] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)


# By name, empty for what is left of the commune; in each, by the id of the landlord.
Areas = dict[str, dict[int, Share]]


@dataclass(slots=True)
class Town:
    """A commune: its name, and its areas."""

    name: str
    areas: Areas = field(default_factory=lambda: defaultdict(lambda: defaultdict(Share)))


def towns_of(closing: Closing) -> dict[int, Town]:
    """Return what a closing froze of the sites that are shared with its territory, by the id of the commune."""
    rows = list(frozen_sites(closing, manages=True).order_by().values_list(*_COLUMNS))
    names = names_at({row[0]: (row[5], row[6]) for row in rows if row[5] is not None})
    of = family_of()
    towns: dict[int, Town] = {}
    for residence, landlord, commune, name, in_one, _x, _y, dwellings, mark, findings in rows:
        area = names.get(residence, SOME_PRIORITY_NEIGHBOURHOOD if in_one else "")
        share = towns.setdefault(commune, Town(name)).areas[area][landlord]
        share.homes += dwellings
        share.sites[mark] += 1
        share.facts += days_by_family(findings, of)
    return towns


def grounds_of(towns: Mapping[int, Town]) -> dict[str, str]:
    """Return, for each commune, a digest of what its numbers rest on: which landlords have homes in which areas, and the outlines.

    Where it is another one than in the release before, the difference of both would be that of a landlord or of a street.
    """
    outlines = _outlines({name for town in towns.values() for name in town.areas if name})
    return {str(pk): _digest(_ground(town, outlines)) for pk, town in towns.items()}


def _ground(town: Town, outlines: Mapping[str, list[Any]]) -> list[Any]:
    return [[name, sorted(shares), outlines.get(name, [])] for name, shares in sorted(town.areas.items())]


def _outlines(names: Iterable[str]) -> dict[str, list[Any]]:
    """Return the code and the outline of each neighbourhood by name: several may have one."""
    found: dict[str, list[Any]] = defaultdict(list)
    rows = PriorityNeighbourhood.objects.filter(name__in=list(names)).order_by("code")
    for name, code, outline in rows.values_list("name", "code", "outline"):
        found[name].append([code, outline])
    return found


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
