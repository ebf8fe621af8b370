"""List the features of the map, in the layers and kinds of the Protomaps basemap schema."""

from dataclasses import dataclass

import shapely
from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from demo.story import COMMUNES

from . import drawing
from .buildings import STAIRWELL_M
from .plane import bend, curve, patch
from .town import Plan, houses

_FAR_M = 2_000_000
_AREA_KINDS = {
    "townhall": "pedestrian",
    "marketplace": "pedestrian",
    "library": "pedestrian",
    "stadium": "pitch",
}
_FROM_ZOOM = {"highway": 6, "major_road": 9, "minor_road": 12}


@dataclass(frozen=True, slots=True)
class Feature:
    """A shape in metres on the plane, with its layer, kind, name, and the first zoom that shows it."""

    layer: str
    kind: str
    shape: BaseGeometry
    name: str = ""
    from_zoom: int = 0

    @property
    def properties(self) -> dict[str, str]:
        """Return the properties of the feature in a tile."""
        return {"kind": self.kind} | ({"name": self.name} if self.name else {})


def features(plan: Plan) -> list[Feature]:
    """Return all features of the map."""
    sea = shapely.box(-_FAR_M, -_FAR_M, _FAR_M, _FAR_M).difference(plan.land)
    return [
        Feature("earth", "earth", plan.land),
        Feature("water", "ocean", sea),
        Feature("water", "water", plan.river.intersection(plan.land), drawing.RIVER_NAME, 9),
        *_names_of_water(),
        *_green(plan),
        *(
            Feature("landuse", _AREA_KINDS.get(kind, kind), shape, "", 11)
            for kind, _name, shape in plan.grounds
        ),
        *_roads(plan),
        *_buildings(plan),
        *_borders(plan),
        *_places(plan),
    ]


def _names_of_water() -> list[Feature]:
    river = bend(curve(drawing.RIVER))
    return [
        *(
            Feature("water", "water", river.interpolate(at, normalized=True), drawing.RIVER_NAME, 12)
            for at in (0.3, 0.55, 0.8)
        ),
        Feature("water", "ocean", Point(-5600, -2600), "Mer de Brume", 8),
        Feature("water", "bay", bend(Point(-3900, -1960)), "Bassin du Levant", 14),
    ]


def _green(plan: Plan) -> list[Feature]:
    estates = [block.shape.buffer(-5) for block in plan.blocks if block.zone == "estate"]
    works = [block.shape.buffer(-5) for block in plan.blocks if block.zone == "works"]
    ways = shapely.union_all([street.surface for street in plan.streets])
    woods = [bend(patch(points)).intersection(plan.land).difference(ways) for points in drawing.WOODS]
    shore = plan.land.difference(plan.land.buffer(-55))
    beaches = [bend(patch(points)).buffer(120).intersection(shore) for points in drawing.BEACHES]
    towns = [bend(patch(outline)).intersection(plan.land) for _commune, outline in drawing.TOWNS]
    banks = bend(curve(drawing.RIVER)).buffer(52).intersection(plan.land).difference(plan.river)
    return [
        *(Feature("landuse", "residential", shape, "", 9) for shape in towns),
        Feature("landuse", "grass", banks, "", 12),
        *(Feature("landuse", "wood", shape, "", 8) for shape in woods),
        *(Feature("landuse", "beach", shape, "", 10) for shape in beaches),
        *(Feature("landuse", "grass", shape, "", 12) for shape in estates),
        *(Feature("landuse", "industrial", shape, "", 11) for shape in works),
        *(
            Feature("landuse", "pier", bend(curve(points)).buffer(13), "", 11)
            for _name, points in drawing.MOLES
        ),
    ]


def _roads(plan: Plan) -> list[Feature]:
    return [
        *(Feature("roads", s.kind, s.line, s.name, _FROM_ZOOM[s.kind]) for s in plan.streets),
        Feature("roads", "rail", plan.rail, "", 8),
    ]


def _buildings(plan: Plan) -> list[Feature]:
    slabs = [shape for residence in plan.residences for shape in residence.shapes]
    public = [
        shape.minimum_rotated_rectangle.buffer(-14, join_style="mitre").intersection(shape)
        for kind, _name, shape in plan.grounds
        if kind not in {"park", "cemetery", "pedestrian", "stadium"}
    ]
    stations = [bend(Point(at)).buffer(STAIRWELL_M, cap_style="square") for _name, at in drawing.STATIONS]
    return [
        *(Feature("buildings", "building", shape, "", 13) for shape in [*slabs, *public, *stations]),
        *(Feature("buildings", "building", shape, "", 14) for shape in houses(plan)),
    ]


def _borders(plan: Plan) -> list[Feature]:
    lines = [bend(curve(points)).intersection(plan.land) for points in drawing.BORDERS]
    return [Feature("boundaries", "locality", line, "", 9) for line in lines]


def _places(plan: Plan) -> list[Feature]:
    centres = ((-30, 110), (2930, 1230), (-3110, -1690))
    towns = zip(COMMUNES, centres, strict=True)
    return [
        *(Feature("places", "locality", bend(Point(at)), name, 8) for (_code, name, _postcode), at in towns),
        *(Feature("pois", kind, shape.centroid, name, 13) for kind, name, shape in _once(plan)),
        *(Feature("pois", "station", bend(Point(at)), name, 12) for name, at in drawing.STATIONS),
        Feature("pois", "lighthouse", bend(Point(drawing.LIGHTHOUSE[1])), drawing.LIGHTHOUSE[0], 13),
    ]


def _once(plan: Plan) -> list[tuple[str, str, Polygon]]:
    """Return one label per name: a park may lie on two blocks."""
    return list(
        {name: (kind, name, shape) for kind, name, shape in plan.grounds if kind != "pedestrian"}.values()
    )
