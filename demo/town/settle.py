"""Place each residence of the story on a street, with its buildings."""

import random
from dataclasses import dataclass
from typing import cast

import shapely
from shapely import LineString, Point, Polygon

from demo.story import STREETS

from .buildings import BuildingGround, Slabs, slabs_along
from .drawing import ANCHORS, ROADS
from .names import street_names
from .plane import bend

_MIN_DOORS = 5
_MAX_DOORS = 10
_CANDIDATES = 14
_REACH_M = 150
_LONGEST_M = 420
ROAD_HALF_M = {"highway": 9.0, "major_road": 7.5, "minor_road": 5.5}


@dataclass(slots=True)
class Street:
    """A street with its class in the Protomaps schema; ``name`` is empty until it has one."""

    kind: str
    line: LineString
    name: str = ""

    @property
    def surface(self) -> Polygon:
        """Return the ground that no building may stand on."""
        return self.line.buffer(ROAD_HALF_M[self.kind] + 2)


def settle(
    rng: random.Random, land: Polygon, streets: list[Street], other_ways: list[shapely.Geometry]
) -> list[Slabs]:
    """Place every residence near its anchor, on a street that then takes its name from the story.

    Raises:
        ValueError: the drawing has no room for a residence.
    """
    ground = BuildingGround(land, [*(street.surface for street in streets), *other_ways])
    mains = {street.name: street for street in streets if street.name}
    return [
        _settle_one(rng, name, bend(Point(anchor)), mains.get(name), streets, ground)
        for name, anchor in zip(STREETS, ANCHORS, strict=True)
    ]


def _settle_one(
    rng: random.Random,
    name: str,
    anchor: Point,
    main: Street | None,
    streets: list[Street],
    ground: BuildingGround,
) -> Slabs:
    wanted = rng.randint(_MIN_DOORS, _MAX_DOORS)
    if main is not None:
        return _needed(name, slabs_along(rng, _near(main.line, anchor), wanted, ground))
    nameless = [s for s in streets if not s.name and 80 < s.line.length < _LONGEST_M]
    nearest = sorted(
        nameless, key=lambda street: street.line.interpolate(0.5, normalized=True).distance(anchor)
    )
    for street in nearest[:_CANDIDATES]:
        found = slabs_along(rng, street.line, wanted, ground)
        if len(found.doors) >= _MIN_DOORS:
            street.name = name
            return found
        ground.give_back(found.shapes)
    return _needed(name, Slabs([], []))


def _needed(name: str, found: Slabs) -> Slabs:
    if len(found.doors) < _MIN_DOORS:
        message = f"No room for a residence on {name}."
        raise ValueError(message)
    return found


def _near(line: LineString, anchor: Point) -> LineString:
    """Return the part of a long road that passes the anchor."""
    at = line.project(anchor)
    return cast("LineString", shapely.ops.substring(line, max(at - _REACH_M, 0), at + _REACH_M))


def name_streets(rng: random.Random, streets: list[Street]) -> None:
    """Give the other streets their names, the longest first."""
    taken = {*STREETS, *(name for name, _kind, _points in ROADS)}
    nameless = sorted((s for s in streets if not s.name), key=lambda street: -street.line.length)
    for street, name in zip(nameless, street_names(rng, taken), strict=False):
        street.name = name
