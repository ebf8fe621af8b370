"""Draw on a plane in metres east and north of a point in the ocean, and bend lines there."""

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

ORIGIN = (-30.0, 45.0)
_METRES_OF_A_DEGREE = 111_195
_EAST = _METRES_OF_A_DEGREE * math.cos(math.radians(ORIGIN[1]))

_Shape = TypeVar("_Shape", bound=BaseGeometry)
Array = NDArray[np.float64]
Points = Sequence[tuple[float, float]]


def degrees(coordinates: Array) -> Array:
    """Turn metres (n × 2) into longitudes and latitudes."""
    return np.column_stack(
        (ORIGIN[0] + coordinates[:, 0] / _EAST, ORIGIN[1] + coordinates[:, 1] / _METRES_OF_A_DEGREE)
    )


def curve(points: Points, *, closed: bool = False) -> LineString:
    """Return a smooth line through ``points`` (a Catmull-Rom spline), a vertex every 1/12 of a span."""
    given = np.array([*points, points[0]] if closed else points, dtype=float)
    before, after = (given[-2], given[1]) if closed else (2 * given[0] - given[1], 2 * given[-1] - given[-2])
    p = np.vstack((before, given, after))
    t = np.linspace(0, 1, 12, endpoint=False)[:, None]
    spans = [_span(p[i : i + 4], t) for i in range(len(p) - 3)]
    return LineString(np.vstack((*spans, given[-1:])))


def _span(p: Array, t: Array) -> Array:
    spline: Array = 0.5 * (
        2 * p[1]
        + (p[2] - p[0]) * t
        + (2 * p[0] - 5 * p[1] + 4 * p[2] - p[3]) * t**2
        + (3 * p[1] - p[0] - 3 * p[2] + p[3]) * t**3
    )
    return spline


def patch(points: Points) -> Polygon:
    """Return the area within a smooth closed line through ``points``."""
    return Polygon(curve(points, closed=True).coords).buffer(0)


def bend(geometry: _Shape) -> _Shape:
    """Bend the whole plane slightly, so that no street is straight and all stay joined."""
    return shapely.transform(shapely.segmentize(geometry, 24), _bent)


def _bent(coordinates: Array) -> Array:
    x, y = coordinates[:, 0], coordinates[:, 1]
    east = 46 * np.sin(y / 330 + 0.6) + 15 * np.sin(x / 140 + y / 210 + 2)
    north = 46 * np.sin(x / 350 + 1.9) + 15 * np.sin(y / 150 - x / 240)
    return np.column_stack((x + east, y + north))


def roughen(coordinates: Array) -> Array:
    """Break a coast up into small bays and points; expects coordinates closer than 50 m."""
    x, y = coordinates[:, 0], coordinates[:, 1]
    angle = np.arctan2(y, x)
    way = 22 * np.sin(31 * angle) + 9 * np.sin(83 * angle + 1) + 4 * np.sin(157 * angle + 2)
    rough: Array = coordinates * (1 + way / np.hypot(x, y))[:, None]
    return rough
