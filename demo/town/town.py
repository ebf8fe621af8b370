"""Draw the whole map of the fictional territory: the same code gives the same map."""

import random
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
import shapely
from shapely import LineString, Point, Polygon

from . import drawing
from .buildings import Slabs, fill
from .plane import bend, curve, patch, roughen
from .settle import Street, name_streets, settle
from .streets import Block, cut, quarters

_SEED = 1681


@dataclass(frozen=True, slots=True)
class Plan:
    """The territory as drawn, in metres on the plane.

    ``blocks`` are those that ``grounds`` (``(kind, name, outline)``) leave free;
    ``residences`` is in the order of ``story.PLACES``; ``neighbourhoods`` holds
    ``(code, name, outline)``.
    """

    land: Polygon
    river: Polygon
    rail: LineString
    streets: list[Street]
    blocks: list[Block]
    residences: list[Slabs]
    grounds: list[tuple[str, str, Polygon]]
    neighbourhoods: list[tuple[str, str, Polygon]]


@lru_cache(maxsize=1)
def the_plan() -> Plan:
    """Draw the plan."""
    rng = random.Random(_SEED)  # noqa: S311 - a fiction that is the same every time
    land, river, rail = _land(), _river(), bend(curve(drawing.RAIL))
    flat = [Street(kind, curve(points), name) for name, kind, points in drawing.ROADS]
    blocks, minor = _town(rng, flat)
    streets = [Street(street.kind, bend(street.line), street.name) for street in flat] + minor
    residences = settle(rng, land, streets, [river.buffer(8), rail.buffer(12)])
    name_streets(rng, streets)
    grounds, others = _grounds(blocks, residences)
    return Plan(land, river, rail, streets, others, residences, grounds, _neighbourhoods(residences))


def houses(plan: Plan) -> list[Polygon]:
    """Draw the buildings of the blocks, beside those of the residences."""
    rng = random.Random(_SEED)  # noqa: S311
    homes = shapely.union_all([shape.buffer(9) for slabs in plan.residences for shape in slabs.shapes])
    shapely.prepare(homes)
    return [house for block in plan.blocks for house in fill(rng, block, homes)]


def _land() -> Polygon:
    coast = shapely.transform(shapely.segmentize(bend(patch(drawing.COAST)), 30), roughen).buffer(0)
    moles = [bend(curve(points)).buffer(13) for _name, points in drawing.MOLES]
    return cast("Polygon", shapely.union_all([coast.difference(bend(Polygon(drawing.BASIN))), *moles]))


def _river() -> Polygon:
    """Draw the river: a brook in the hills, 80 m wide at its mouth."""
    line = bend(curve(drawing.RIVER))
    points = shapely.line_interpolate_point(line, np.linspace(0, 1, 60), normalized=True)
    reaches = [LineString(points[i : i + 2]).buffer(8 + 32 * (i / 60) ** 1.5) for i in range(59)]
    return cast("Polygon", shapely.union_all(reaches).simplify(1))


def _town(rng: random.Random, roads: list[Street]) -> tuple[list[Block], list[Street]]:
    """Cut the quarters on the flat plane, then bend blocks and streets like everything else."""
    river, rail = curve(drawing.RIVER), curve(drawing.RAIL)
    wet = [river.buffer(58), rail.buffer(18), Polygon(drawing.BASIN).buffer(26)]
    dry = patch(drawing.COAST).buffer(-80).difference(shapely.union_all(wet))
    towns = [patch(outline) for _commune, outline in drawing.TOWNS]
    blocks: list[Block] = []
    streets: list[Street] = []
    lines = [*(road.line for road in roads), river, rail]
    for quarter in sorted(quarters(lines, towns, dry), key=lambda shape: shape.bounds):
        own_blocks, own_streets = cut(rng, quarter)
        blocks += [Block(bend(block.shape), block.zone) for block in own_blocks]
        streets += [Street("minor_road", bend(line)) for line in own_streets]
    return blocks, streets


def _grounds(
    blocks: list[Block], residences: list[Slabs]
) -> tuple[list[tuple[str, str, Polygon]], list[Block]]:
    """Give schools, parks and the like the free block nearest to their point."""
    homes = shapely.union_all([shape for slabs in residences for shape in slabs.shapes])
    free = [block for block in blocks if not block.shape.intersects(homes)]
    grounds = []
    for kind, name, at in drawing.GROUNDS:
        near = shapely.distance([block.shape.centroid for block in free], bend(Point(at)))
        chosen = free[int(near.argmin())]
        free.remove(chosen)
        grounds.append((kind, name, chosen.shape.buffer(-6)))
    given = {id(block) for block in free}
    return grounds, [block for block in blocks if id(block) in given or block.shape.intersects(homes)]


def _neighbourhoods(residences: list[Slabs]) -> list[tuple[str, str, Polygon]]:
    """Draw the priority neighbourhoods around their residences."""
    return [
        (
            code,
            name,
            shapely.MultiPolygon([s for i in members for s in residences[i].shapes]).convex_hull.buffer(38),
        )
        for code, name, members in drawing.NEIGHBOURHOODS
    ]
