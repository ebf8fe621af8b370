"""Load priority neighbourhoods (QPV) from the published file, and give them to maps.

The State publishes them as GeoJSON, each with ``code_qp`` and ``lib_qp``; older editions say
``code`` and ``nom_qp``. The list in force since 2024 numbers them ``QN…``; entries numbered otherwise
are of the list before (``QP…``), or no priority neighbourhoods.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import shapely
from django.db import transaction
from shapely.geometry import mapping, shape

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from sites.models import PriorityNeighbourhood

from .published import PublishedError, features_of, outline_of, said

# The most that one map shows; a larger rectangle gets the first by code.
MOST = 400
_IN_FORCE = "QN"
_CODES = ("code_qp", "code")
_NAMES = ("lib_qp", "nom_qp", "nom", "name")
_LONGEST_CODE = 12
# Six decimals of a degree are a tenth of a metre.
_GRID = 1e-6


class Loaded(NamedTuple):
    """How many neighbourhoods a file holds, how many entries are none in force, how many ended and were removed."""

    held: int
    left_out: int
    removed: int


def load_neighbourhoods(scope: Scope, path: Path, *, part: bool = False) -> Loaded:
    """Make the neighbourhoods those of a GeoJSON file: insert, update, and remove those that ended.

    Args:
        scope: who acts.
        path: the file.
        part: whether the file covers a part of the country; nothing is removed then.

    Raises:
        PublishedError: the file cannot be read or an entry is wrong; nothing was stored.
    """
    return store(scope, features_of(path), part=part)


@transaction.atomic
def store(scope: Scope, features: Iterable[Mapping[str, Any]], *, part: bool = False) -> Loaded:
    """Store the neighbourhoods in force among GeoJSON features, and remove those that are not among them.

    Args:
        scope: who acts.
        features: the entries of the list.
        part: whether they cover a part of the country; nothing is removed then.

    Raises:
        PublishedError: none is in force, or one of those in force has no name or no outline on earth.
    """
    rows: dict[str, PriorityNeighbourhood] = {}
    left_out = 0
    for number, item in enumerate(features, start=1):
        if _code(item) and not _code(item).startswith(_IN_FORCE):
            left_out += 1
        else:
            row = _row(number, item)
            rows[row.code] = row
    if not rows:
        message = f"No entry has a code of the list in force ({_IN_FORCE}…)."
        raise PublishedError(message)
    PriorityNeighbourhood.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "outline", "west", "south", "east", "north"],
    )
    ended = (
        PriorityNeighbourhood.objects.none() if part else PriorityNeighbourhood.objects.exclude(code__in=rows)
    )
    removed, _tables = ended.delete()
    write_entry(scope, AuditAction.IMPORT, "sites.priority_neighbourhoods", count=len(rows), removed=removed)
    return Loaded(len(rows), left_out, removed)


def collection(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Return the neighbourhoods whose bounding box meets a rectangle, as a GeoJSON collection."""
    found = PriorityNeighbourhood.objects.filter(
        west__lte=east, east__gte=west, south__lte=north, north__gte=south
    ).order_by("code")[:MOST]
    return {"type": "FeatureCollection", "features": [_feature(row) for row in found]}


def names_at(points: Mapping[int, tuple[float, float]]) -> dict[int, str]:
    """Return the names of the neighbourhoods that hold points, by the points' keys; those in none are left out.

    Args:
        points: longitude and latitude by key.
    """
    if not points:
        return {}
    keys = list(points)
    longitudes, latitudes = zip(*points.values(), strict=True)
    near = PriorityNeighbourhood.objects.filter(
        west__lte=max(longitudes),
        east__gte=min(longitudes),
        south__lte=max(latitudes),
        north__gte=min(latitudes),
    )
    found: dict[int, str] = {}
    for row in near.order_by("-code"):
        inside = shapely.contains_xy(shape(row.outline), longitudes, latitudes)
        found |= {key: row.name for key, held in zip(keys, inside, strict=True) if held}
    return found


def _feature(row: PriorityNeighbourhood) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": row.code, "name": row.name}, "geometry": row.outline}


def _row(number: int, item: Mapping[str, Any]) -> PriorityNeighbourhood:
    code, name = _code(item), said(item, _NAMES)
    if not code or len(code) > _LONGEST_CODE or not name:
        message = f"Entry {number}: no code ({', '.join(_CODES)}) or no name ({', '.join(_NAMES)})."
        raise PublishedError(message)
    outline = outline_of(f"Entry {number} ({code})", item.get("geometry"))
    outline = shapely.set_precision(outline, _GRID)
    west, south, east, north = outline.bounds
    return PriorityNeighbourhood(
        code=code, name=name, outline=mapping(outline), west=west, south=south, east=east, north=north
    )


def _code(item: Mapping[str, Any]) -> str:
    return said(item, _CODES)
