"""Draw buildings: slabs with stairwells on their street, rows around courtyards, houses, sheds."""

import math
import random
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, STRtree
from shapely.affinity import rotate

from .streets import Block

STAIRWELL_M = 17
_DEPTH_M = 12
_APART_M = 7


@dataclass(frozen=True, slots=True)
class Door:
    """A stairwell: its number in the street, and a point just inside its entrance, in metres."""

    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Slabs:
    """The buildings of a residence, and their stairwells."""

    shapes: list[Polygon]
    doors: list[Door]


class BuildingGround:
    """The ground where buildings may stand: off the ways, on land, apart from each other."""

    def __init__(self, land: Polygon, ways: list[shapely.Geometry]) -> None:
        self._land = land
        self._ways = STRtree(ways)
        self._taken: list[Polygon] = []
        shapely.prepare(land)

    def is_free(self, shape: Polygon) -> bool:
        """Say whether ``shape`` can be built, with some distance to other buildings."""
        if len(self._ways.query(shape, "intersects")) or not self._land.contains(shape):
            return False
        wide = shape.buffer(_APART_M)
        return not any(wide.intersects(other) for other in self._taken)

    def take(self, shape: Polygon) -> None:
        """Mark the ground of ``shape`` as built on."""
        self._taken.append(shape)

    def give_back(self, shapes: list[Polygon]) -> None:
        """Free the ground of the last shapes taken."""
        del self._taken[len(self._taken) - len(shapes) :]


def slabs_along(rng: random.Random, street: LineString, stairwells: int, ground: BuildingGround) -> Slabs:
    """Place slabs of two to five stairwells on both sides of a street, until there are enough or no room.

    In the direction of the street, odd numbers are on its left, even ones on its right.
    """
    setback = rng.uniform(11, 16)
    found = Slabs([], [])
    for side in (1, -1):
        at = 8.0
        while len(found.doors) < stairwells and at < street.length - 2 * STAIRWELL_M:
            wanted = min(rng.choice((2, 3, 3, 4, 5)), stairwells - len(found.doors))
            length = wanted * STAIRWELL_M
            slab = _beside(street, at + length / 2, side * (setback + _DEPTH_M / 2), length)
            if at + length > street.length - 6 or not ground.is_free(slab):
                at += 9
                continue
            ground.take(slab)
            found.shapes.append(slab)
            found.doors.extend(_doors(street, at, side, setback, wanted))
            at += length + rng.uniform(10, 26)
    return found


def _beside(line: LineString, at: float, aside: float, length: float, depth: float = _DEPTH_M) -> Polygon:
    """Return a rectangle parallel to ``line`` at distance ``at`` along it, its middle ``aside`` to the left."""
    middle, angle = _moved(line, at, aside)
    box = shapely.box(-length / 2, -depth / 2, length / 2, depth / 2)
    turned = rotate(box, angle, origin=(0, 0), use_radians=True)
    return shapely.transform(turned, lambda points: points + np.array([middle.x, middle.y]))


def _moved(line: LineString, at: float, aside: float) -> tuple[Point, float]:
    here, there = line.interpolate(max(at - 3, 0)), line.interpolate(at + 3)
    angle = math.atan2(there.y - here.y, there.x - here.x)
    middle = line.interpolate(at)
    return Point(middle.x - aside * math.sin(angle), middle.y + aside * math.cos(angle)), angle


def _doors(line: LineString, at: float, side: int, setback: float, number: int) -> list[Door]:
    """Return the doors of one slab, a metre behind its front, in a straight row."""
    length = number * STAIRWELL_M
    middle, angle = _moved(line, at + length / 2, side * (setback + 1))
    doors = []
    for i in range(number):
        away = (i + 0.5) * STAIRWELL_M - length / 2
        label = 2 * int((at + (i + 0.5) * STAIRWELL_M) / STAIRWELL_M) + (1 if side > 0 else 2)
        doors.append(Door(label, middle.x + away * math.cos(angle), middle.y + away * math.sin(angle)))
    return doors


def fill(rng: random.Random, block: Block, taken: shapely.Geometry) -> list[Polygon]:
    """Return the buildings of a block that no residence stands on."""
    makers = {"old": _rows, "works": _sheds, "houses": _houses, "estate": _bars}
    made = makers[block.zone](rng, block.shape)
    return [shape for shape in made if not shape.intersects(taken)]


def _rows(rng: random.Random, shape: Polygon) -> list[Polygon]:
    """Draw closed rows around a courtyard, cut between one house and the next."""
    outer, court = shape.buffer(-2), shape.buffer(-15)
    ring = outer.difference(court)
    if ring.is_empty or not isinstance(outer, Polygon):
        return []
    edge, cuts, at = outer.exterior, [], 0.0
    while at < edge.length - 12:
        inner = shapely.shortest_line(edge.interpolate(at), outer.centroid)
        cuts.append(LineString([inner.interpolate(-30), inner.interpolate(0), inner.interpolate(30)]))
        at += rng.uniform(14, 30)
    pieces = shapely.get_parts(ring.difference(shapely.union_all([line.buffer(0.2) for line in cuts])))
    return [piece for piece in pieces if isinstance(piece, Polygon) and piece.area > 60]


def _houses(rng: random.Random, shape: Polygon) -> list[Polygon]:
    """Draw detached houses behind front gardens, apart from those behind them."""
    plot = shape.buffer(-4)
    if plot.is_empty or not isinstance(plot, Polygon):
        return []
    edge, stops = plot.exterior, [rng.uniform(6, 14)]
    while stops[-1] < edge.length - 24:
        stops.append(stops[-1] + rng.uniform(17, 27))
    sizes = np.array([(rng.uniform(9, 13), rng.uniform(8, 11)) for _ in stops])
    boxes = _boxes(edge, np.array(stops), sizes, inward=1 if edge.is_ccw else -1)
    shapely.prepare(plot)
    return _apart(boxes[shapely.contains(plot, boxes)], 17)


def _boxes(edge: LineString, stops: np.ndarray, sizes: np.ndarray, inward: int) -> np.ndarray:
    """Return a rectangle at each stop along a line, two metres inside it."""
    here, there = (
        shapely.get_coordinates(shapely.line_interpolate_point(edge, stops + step)) for step in (-3, 3)
    )
    along = (there - here) / np.maximum(np.hypot(*(there - here).T), 1e-9)[:, None]
    aside = np.column_stack((-along[:, 1], along[:, 0])) * inward
    front = (here + there) / 2 + 2 * aside
    half, depth = along * sizes[:, :1] / 2, aside * sizes[:, 1:]
    corners = (front - half, front + half, front + half + depth, front - half + depth)
    return np.asarray(shapely.polygons(np.stack(corners, axis=1)))


def _apart(shapes: np.ndarray, distance: float) -> list[Polygon]:
    """Return the shapes whose middle is far enough from that of every shape kept before."""
    kept: list[int] = []
    middles = shapely.get_coordinates(shapely.centroid(shapes))
    for i, middle in enumerate(middles):
        if (np.hypot(*(middles[kept] - middle).T) > distance).all():
            kept.append(i)
    return list(shapes[kept])


def _bars(rng: random.Random, shape: Polygon) -> list[Polygon]:
    """Draw long buildings of other owners in a shared green."""
    lawn = shape.buffer(-14)
    if lawn.is_empty or not isinstance(lawn, Polygon):
        return []
    edge, at = lawn.exterior, rng.uniform(5, 30)
    bars: list[Polygon] = []
    while at < edge.length - 40:
        length = STAIRWELL_M * rng.choice((1, 2, 3, 4))
        bar = _beside(edge, at + length / 2, (1 if edge.is_ccw else -1) * _DEPTH_M / 2, length)
        at += length + rng.uniform(18, 60)
        if lawn.buffer(2).contains(bar) and not any(bar.buffer(14).intersects(other) for other in bars):
            bars.append(bar)
    return bars


def _sheds(rng: random.Random, shape: Polygon) -> list[Polygon]:
    """Draw one or two long halls in a yard."""
    yard = shape.buffer(-16)
    if yard.is_empty:
        return []
    box = yard.minimum_rotated_rectangle
    hall = shapely.affinity.scale(box, rng.uniform(0.5, 0.75), rng.uniform(0.4, 0.6)).intersection(yard)
    return [part for part in shapely.get_parts(hall) if isinstance(part, Polygon) and part.area > 200]
