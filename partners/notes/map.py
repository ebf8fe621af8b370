"""Compute the map of a note: sites and communes in metres on a plane, without tiles."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from shapely import MultiPoint

from core.earth import METRES_OF_A_DEGREE, metres_of_longitude
from core.order import in_french
from partners.snapshot import Site

_MARGIN_M = 180


def map_of(sites: Sequence[Site]) -> dict[str, Any]:
    """Project sites onto a plane around their middle, exact to a thousandth over the size of a territory.

    Returns:
        ``points`` (``[x, y, mark, rank]``, metres east and south of the north-west corner,
        lowest level first), ``communes`` (``{name, x, y, outline}``: the rounded hull of the
        sites of a commune, not its boundary), ``width`` and ``height`` in metres, and
        ``missing``, the number of sites without a point. If there are points, also the values to convert
        back to degrees: ``west`` and ``north`` of the corner, ``east_m`` and ``north_m``, the metres in a degree.
    """
    located = [(site, site.longitude, site.latitude) for site in sites]
    placed = [(s, x, y) for s, x, y in located if x is not None and y is not None]
    plan: dict[str, Any] = {"points": [], "communes": [], "width": 0, "height": 0}
    return plan | {"missing": len(sites) - len(placed)} | (_plan(placed) if placed else {})


def _plan(placed: Sequence[tuple[Site, float, float]]) -> dict[str, Any]:
    """Return the plan of sites, each with its longitude and latitude."""
    middle = sum(latitude for _site, _longitude, latitude in placed) / len(placed)
    east = metres_of_longitude(middle)
    points = [(longitude * east, -latitude * METRES_OF_A_DEGREE) for _site, longitude, latitude in placed]
    hulls = _hulls([site for site, _longitude, _latitude in placed], points)
    left, top, right, bottom = _bounds(hulls)
    marked = [
        [round(x - left), round(y - top), site.mark, site.rank]
        for (x, y), (site, _longitude, _latitude) in zip(points, placed, strict=True)
    ]
    return {
        "points": sorted(marked, key=lambda point: (point[2], -point[3])),
        "communes": [
            _outline(name, hull, left, top)
            for name, hull in sorted(hulls.items(), key=lambda row: in_french(row[0]))
        ],
        "width": round(right - left),
        "height": round(bottom - top),
        "west": left / east,
        "north": -top / METRES_OF_A_DEGREE,
        "east_m": east,
        "north_m": METRES_OF_A_DEGREE,
    }


def _outline(name: str, hull: Any, left: float, top: float) -> dict[str, Any]:
    """Return a commune of the plan: its name, where it stands, and its outline."""
    return {
        "name": name,
        "x": round(hull.centroid.x - left),
        "y": round(hull.bounds[1] - top),
        "outline": [[round(x - left), round(y - top)] for x, y in hull.simplify(20).exterior.coords[:-1]],
    }


def _hulls(sites: Sequence[Site], points: Sequence[tuple[float, float]]) -> dict[str, Any]:
    members: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for site, point in zip(sites, points, strict=True):
        members[site.commune].append(point)
    return {
        name: MultiPoint(inside).convex_hull.buffer(_MARGIN_M, quad_segs=6)
        for name, inside in members.items()
    }


def _bounds(hulls: dict[str, Any]) -> tuple[float, float, float, float]:
    boxes = [hull.bounds for hull in hulls.values()]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
