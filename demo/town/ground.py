"""Give the stock its addresses at doors of the map, and the neighbourhoods they lie in."""

import numpy as np
import shapely
from shapely import Point

from demo.story import STREETS

from .plane import degrees
from .town import the_plan


def doors_of(number: int) -> list[tuple[str, float, float]]:
    """Return ``(address, longitude, latitude)`` of each stairwell of a residence of ``story.PLACES``."""
    doors = sorted(the_plan().residences[number].doors, key=lambda door: door.number)
    where = degrees(np.array([(door.x, door.y) for door in doors])).round(6).tolist()
    return [(f"{door.number} {STREETS[number]}", *at) for door, at in zip(doors, where, strict=True)]


def neighbourhood_of(number: int) -> str | None:
    """Return the code of the priority neighbourhood that holds all doors of a residence; None for most."""
    plan = the_plan()
    doors = [Point(door.x, door.y) for door in plan.residences[number].doors]
    within = (code for code, _name, outline in plan.neighbourhoods if all(map(outline.contains, doors)))
    return next(within, None)


def neighbourhoods() -> list[dict[str, object]]:
    """Return the priority neighbourhoods as GeoJSON features, with the properties of the official file."""
    return [
        {
            "type": "Feature",
            "properties": {"code_qp": code, "lib_qp": name},
            "geometry": shapely.transform(outline.simplify(1), degrees).__geo_interface__,
        }
        for code, name, outline in the_plan().neighbourhoods
    ]
