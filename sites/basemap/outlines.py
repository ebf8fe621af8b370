"""Load the outlines of communes from a published file, and give those of the reader's territories to maps.

Any GeoJSON file of the State's in longitudes and latitudes will do: IGN's Admin Express, Etalab's outlines of
administrative divisions, or an extract of them. A code of the official geographic code tells the commune.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import shapely
from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from sites.imports.communes import code_in
from sites.models import Commune, CommuneOutline, Residence, Territory

from .geometry import Line
from .published import PublishedError, features_of, outline_of, said

# The most that one map shows; a larger rectangle gets the first by code.
MOST = 400
# The names of the property with the code: Admin Express (three editions, arrondissements before communes, since
# Paris has both), Etalab, OpenStreetMap France, Opendatasoft, the city of Paris.
CODES = (
    "INSEE_ARM",
    "insee_arm",
    "INSEE_COM",
    "insee_com",
    "code_insee",
    "code",
    "insee",
    "com_code",
    "c_arinsee",
)
# In degrees: some 30 m, which no map of a territory shows.
_TOLERANCE = 3e-4
_MOST_CORNERS = 400
# Five decimals of a degree are a metre.
_GRID = 1e-5


class Loaded(NamedTuple):
    """How many communes have their outline from a file, and how many entries are of communes not known here."""

    held: int
    unknown: int


def load_outlines(scope: Scope, path: Path) -> Loaded:
    """Store the outlines of the communes of a GeoJSON file; outlines of other communes stay.

    Raises:
        PublishedError: the file cannot be read or an entry is wrong; nothing was stored.
    """
    return store(scope, features_of(path))


@transaction.atomic
def store(scope: Scope, features: Iterable[Mapping[str, Any]]) -> Loaded:
    """Store the outlines among GeoJSON features, each simplified together with its neighbours.

    Raises:
        PublishedError: an entry has no code or no outline on earth, or none is of a commune known here.
    """
    communes = dict(Commune.objects.values_list("code", "pk"))
    outlines: dict[str, BaseGeometry] = {}
    unknown = 0
    for number, item in enumerate(features, start=1):
        code = code_in(said(item, CODES))
        if not code:
            message = f"Entry {number}: no INSEE code ({', '.join(CODES)})."
            raise PublishedError(message)
        outline = outline_of(f"Entry {number} ({code})", item.get("geometry"))
        if code in communes:
            outlines[code] = outlines[code].union(outline) if code in outlines else outline
        else:
            unknown += 1
    if not outlines:
        message = "No entry is of a commune known here: run load_communes first."
        raise PublishedError(message)
    _write({communes[code]: outline for code, outline in zip(outlines, _simplified(outlines), strict=True)})
    write_entry(scope, AuditAction.IMPORT, "sites.commune_outlines", count=len(outlines))
    return Loaded(len(outlines), unknown)


def collection(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Return the outlines of :func:`_meeting` as a GeoJSON collection."""
    rows = _meeting(west, south, east, north)
    return {"type": "FeatureCollection", "features": [_feature(row) for row in rows]}


def outlines_in(west: float, south: float, east: float, north: float) -> list[list[Line]]:
    """Return the polygons of the outlines of :func:`_meeting`, each a list of rings in degrees."""
    shapes = (shape(row.outline) for row in _meeting(west, south, east, north))
    return [
        [list(ring.coords) for ring in (part.exterior, *part.interiors)]
        for one in shapes
        for part in shapely.get_parts(one)
    ]


def extent() -> list[float] | None:
    """Return the rectangle that holds the outlines of the reader's communes, west first; None where none is loaded."""
    found = _of_reader().order_by().aggregate(Min("west"), Min("south"), Max("east"), Max("north"))
    values = list(found.values())
    return None if None in values else values


def _meeting(west: float, south: float, east: float, north: float) -> QuerySet[CommuneOutline]:
    """Return the outlines of :func:`_of_reader` that meet a rectangle."""
    found = _of_reader().filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    return found.select_related("commune").order_by("commune__code")[:MOST]


def _of_reader() -> QuerySet[CommuneOutline]:
    """Return the outlines of communes of territories that the reader may see, or of residences."""
    # The policies of territories and residences say which of them the reader has.
    territories = Territory.objects.filter(communes=OuterRef("commune"))
    residences = Residence.objects.filter(commune=OuterRef("commune"))
    return CommuneOutline.objects.filter(Q(Exists(territories)) | Q(Exists(residences)))


def _feature(row: CommuneOutline) -> dict[str, Any]:
    properties = {"code": row.commune.code, "name": row.commune.name}
    return {"type": "Feature", "properties": properties, "geometry": row.outline}


def _simplified(outlines: Mapping[str, BaseGeometry]) -> list[BaseGeometry]:
    """Return the outlines with fewer corners; a border between two communes stays one line."""
    simple = shapely.coverage_simplify(list(outlines.values()), _TOLERANCE)
    return [_bounded(outline) for outline in simple]


def _bounded(outline: BaseGeometry) -> BaseGeometry:
    tolerance = _TOLERANCE
    simple = outline
    while shapely.get_num_coordinates(simple) > _MOST_CORNERS:
        tolerance *= 2
        simple = _polygons(outline.simplify(tolerance))
    return _polygons(shapely.set_precision(shapely.make_valid(simple), _GRID)) or outline


def _polygons(outline: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a geometry: making one valid may leave lines and points beside them."""
    parts = [part for part in shapely.get_parts(outline) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _write(outlines: Mapping[int, BaseGeometry]) -> None:
    CommuneOutline.objects.bulk_create(
        (
            CommuneOutline(commune_id=pk, outline=mapping(outline), **_box(outline))
            for pk, outline in outlines.items()
        ),
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=["commune"],
        update_fields=["outline", "west", "south", "east", "north"],
    )


def _box(outline: BaseGeometry) -> dict[str, float]:
    return dict(zip(("west", "south", "east", "north"), outline.bounds, strict=True))
