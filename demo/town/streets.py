"""Cut quarters into blocks along streets, until a block has the size of its zone."""

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import shapely
from shapely import LineString, Point, Polygon
from shapely.affinity import rotate
from shapely.ops import polygonize, split

from .drawing import BLOCK_M2, ZONES

_SHORTEST_STREET_M = 25
_LONG = 4_000


@dataclass(frozen=True, slots=True)
class Block:
    """An area between streets; ``zone`` is "old", "estate", "works" or "houses"."""

    shape: Polygon
    zone: str


def zone_at(point: Point) -> tuple[str, float]:
    """Return the zone at a point, and the size of its blocks in m²."""
    for zone, (x, y), radius, size in ZONES:
        if math.hypot(point.x - x, point.y - y) <= radius:
            return zone, size
    return "houses", BLOCK_M2


def quarters(lines: Iterable[LineString], towns: Iterable[Polygon], dry: shapely.Geometry) -> list[Polygon]:
    """Return the areas that the main lines enclose inside the towns, on dry land."""
    towns = list(towns)
    faces = polygonize(shapely.union_all([*lines, *(town.exterior for town in towns)]))
    built = shapely.union_all(towns)
    inside = [face.intersection(dry) for face in faces if built.contains(face.representative_point())]
    parts = (part for face in inside for part in shapely.get_parts(face))
    return [part for part in parts if isinstance(part, Polygon) and part.area > 1_000]


def cut(rng: random.Random, quarter: Polygon) -> tuple[list[Block], list[LineString]]:
    """Cut a quarter in two across its longer side, and the halves again; return blocks and streets."""
    zone, size = zone_at(quarter.centroid)
    if quarter.area < size * rng.uniform(0.9, 2.1):
        return [Block(quarter, zone)], []
    line = _across(rng, quarter)
    pieces = [piece for piece in split(quarter, line).geoms if isinstance(piece, Polygon)]
    blocks: list[Block] = []
    streets = [
        part
        for part in shapely.get_parts(line.intersection(quarter))
        if isinstance(part, LineString) and part.length > _SHORTEST_STREET_M
    ]
    if len(pieces) < 2:
        return [Block(quarter, zone)], []
    for piece in pieces:
        inner_blocks, inner_streets = cut(rng, piece)
        blocks += inner_blocks
        streets += inner_streets
    return blocks, streets


def _across(rng: random.Random, quarter: Polygon) -> LineString:
    around = cast("Polygon", quarter.minimum_rotated_rectangle)
    corners = list(around.exterior.coords)
    sides = sorted((LineString(corners[i : i + 2]) for i in range(2)), key=lambda side: side.length)
    (x1, y1), (x2, y2) = sides[1].coords
    angle = math.degrees(math.atan2(y2 - y1, x2 - x1)) + 90 + rng.uniform(-13, 13)
    middle, along = around.centroid, rng.uniform(-0.17, 0.17)
    x, y = middle.x + along * (x2 - x1), middle.y + along * (y2 - y1)
    return rotate(LineString([(x - _LONG, y), (x + _LONG, y)]), angle, origin=(x, y))
