"""Read the geometry of a printed map: water, greenery, roads and railways of a rectangle, in degrees."""

import gzip
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import mapbox_vector_tile

from .archive import Archive, BasemapError, archive

_TILES = 42
_ROADS = ("highway", "major_road", "medium_road")
# Layer and values of each kind drawn, in the two schemas (static/sites/basemap_style.js).
_PROTOMAPS = {
    "land": {"earth": None},
    "water": {"water": None},
    "green": {"landuse": ("park", "garden", "grass", "cemetery", "wood", "forest", "nature_reserve")},
    "road": {"roads": _ROADS},
    "street": {"roads": ("minor_road",)},
    "rail": {"roads": ("rail",)},
}
_OPENMAPTILES = {
    "land": {},
    "water": {"water": None, "waterway": None},
    "green": {"landcover": ("grass", "wood"), "landuse": ("cemetery", "park")},
    "road": {"transportation": ("motorway", "trunk", "primary", "secondary", "tertiary")},
    "street": {"transportation": ("minor",)},
    "rail": {"transportation": ("rail", "transit")},
}
KINDS = tuple(_PROTOMAPS)
Line = list[tuple[float, float]]


class BasemapGeometry(NamedTuple):
    """The geometry of a rectangle: ``areas`` and ``lines`` by kind, of points (longitude and latitude in degrees).

    An area is a list of rings, the outer one first, then the holes. Areas of neighbouring tiles overlap a
    little. ``sea`` is true when the archive draws land, so that whatever is not land is water.
    """

    areas: dict[str, list[list[Line]]]
    lines: dict[str, list[Line]]
    sea: bool


def geometry_of(west: float, south: float, east: float, north: float) -> BasemapGeometry | None:
    """Return the geometry of a rectangle in degrees; None when the server has no background map of it."""
    try:
        source = archive()
    except BasemapError:
        return None
    if source is None:
        return None
    areas: dict[str, list[list[Line]]] = defaultdict(list)
    lines: dict[str, list[Line]] = defaultdict(list)
    zoom = _zoom(source, west, south, east, north)
    things = _OPENMAPTILES if source.schema == "openmaptiles" else _PROTOMAPS
    for x, y in _tiles(zoom, west, south, east, north):
        packed = source.reader.get(zoom, x, y)
        if packed:
            layers = mapbox_vector_tile.decode(gzip.decompress(packed) if source.gzipped else packed,
                                               default_options={"y_coord_down": True})  # fmt: skip
            _sort(layers, things, (zoom, x, y), areas, lines)
    return (
        BasemapGeometry(areas, lines, bool(things["land"]))
        if any(areas.values()) or any(lines.values())
        else None
    )


def _zoom(source: Archive, west: float, south: float, east: float, north: float) -> int:
    """Return the closest zoom at which the rectangle takes at most ``_TILES`` tiles."""
    for zoom in range(source.max_zoom, 0, -1):
        left, top = _tile_of(west, north, zoom)
        right, bottom = _tile_of(east, south, zoom)
        if (int(right) - int(left) + 1) * (int(bottom) - int(top) + 1) <= _TILES:
            return zoom
    return 0


def _tiles(zoom: int, west: float, south: float, east: float, north: float) -> Iterator[tuple[int, int]]:
    left, top = _tile_of(west, north, zoom)
    right, bottom = _tile_of(east, south, zoom)
    for x in range(int(left), int(right) + 1):
        for y in range(int(top), int(bottom) + 1):
            yield x, y


def _tile_of(longitude: float, latitude: float, zoom: int) -> tuple[float, float]:
    """Return the position of a point in Web Mercator tiles, fractions included."""
    across = (longitude + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    return across * 2**zoom, down * 2**zoom


def _degrees(x: float, y: float, zoom: int) -> tuple[float, float]:
    """Return the longitude and latitude of a position in tiles: the inverse of :func:`_tile_of`."""
    return x / 2**zoom * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**zoom))))


def _sort(
    layers: dict[str, Any],
    things: dict[str, Any],
    tile: tuple[int, int, int],
    areas: dict[str, list[list[Line]]],
    lines: dict[str, list[Line]],
) -> None:
    for kind, wanted in things.items():
        for layer, values in wanted.items():
            for feature in layers.get(layer, {}).get("features", ()):
                said = feature["properties"].get("kind") or feature["properties"].get("class")
                if values is None or said in values:
                    place = _placer(layers[layer].get("extent", 4096), tile)
                    geometry = feature["geometry"]
                    areas[kind] += [[place(ring) for ring in rings] for rings in _polygons(geometry)]
                    lines[kind] += [place(line) for line in _lines(geometry)]


def _placer(extent: int, tile: tuple[int, int, int]) -> Callable[[Any], Line]:
    zoom, left, top = tile
    return lambda points: [_degrees(left + x / extent, top + y / extent, zoom) for x, y in points]


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else []


def _lines(geometry: dict[str, Any]) -> list[Any]:
    if geometry["type"] == "LineString":
        return [geometry["coordinates"]]
    return geometry["coordinates"] if geometry["type"] == "MultiLineString" else []
