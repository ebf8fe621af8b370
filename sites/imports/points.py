"""Read points as files write them: pairs in one cell or two, swapped, in Lambert-93, or out of area."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite
from statistics import median
from typing import Any, NamedTuple

from django.conf import settings
from pyproj import Transformer

from core.earth import distance

from .profiles import Values

Box = Sequence[float]

# West, south, east, north: metropolitan France, then the overseas departments.
FRANCE: list[Box] = [
    (-5.3, 41.2, 9.7, 51.2),
    (-61.9, 15.8, -60.9, 16.6),
    (-61.3, 14.3, -60.7, 15.0),
    (-54.7, 2.0, -51.5, 6.0),
    (55.1, -21.5, 55.9, -20.8),
    (44.9, -13.1, 45.4, -12.5),
]
_LAMBERT_BOX: Box = (-400_000, 5_900_000, 1_400_000, 7_300_000)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")
_PAIR_IN_WORDS = re.compile(r"'?\"?(lon|lat)\w*'?\"?\s*[:=]\s*([+-]?\d+(?:\.\d+)?)", re.IGNORECASE)
_DISAGREEMENT_M = 100
_ENOUGH_POINTS, _FAR_M, _FAR_TIMES = 20, 3_000, 4.5


class Reading(NamedTuple):
    """The point read from a row.

    Attributes:
        point: longitude and latitude in degrees (WGS84), or None.
        remarks: codes of what was repaired or dropped.
    """

    point: tuple[float, float] | None
    remarks: tuple[str, ...] = ()


def area_of(options: Mapping[str, Any]) -> Sequence[Box]:
    """Return the boxes where the points of a file may lie: those of its profile, else France.

    The fictional territory of the demonstration, in the ocean, counts as well where it is configured.
    """
    return options.get("area") or [*FRANCE, *settings.FICTIONAL_AREA]


def read_point(values: Values, area: Sequence[Box] = FRANCE) -> Reading:
    """Read the point of a row from the columns that hold one.

    When both lie in ``area``, the WGS84 pair is preferred to the Lambert-93 one, since the other columns of
    such files are derived from it. A distance of more than 100 m between them is remarked on.
    """
    wgs84, swapped = _placed(_pair(values), area)
    lambert, turned = _lambert(values, area)
    point = wgs84 or lambert
    remarks = ["point_swapped"] * (swapped if wgs84 else turned)
    if wgs84 and lambert and distance(wgs84, lambert) > _DISAGREEMENT_M:
        remarks.append("points_disagree")
    if point is None and _says_something(values):
        remarks.append("point_out_of_area")
    return Reading(point, tuple(remarks))


def far_off(points: Sequence[tuple[float, float]]) -> set[int]:
    """Return the positions of the points too far from the others to lie in the same commune.

    The points of a commune gather; one much farther from their middle than the rest is the right address
    geocoded in the wrong place. Fewer than 20 points are not judged.
    """
    if len(points) < _ENOUGH_POINTS:
        return set()
    middle = median(p[0] for p in points), median(p[1] for p in points)
    distances = [distance(middle, point) for point in points]
    limit = max(_FAR_M, _FAR_TIMES * median(distances))
    return {position for position, far in enumerate(distances) if far > limit}


def number(text: str) -> float | None:
    """Parse a number written with a point or a comma; None when the text is no number, or one beyond all others."""
    found = _NUMBER.fullmatch(text.replace("\u202f", "").replace("\xa0", "").replace(" ", ""))
    value = float(found[0].replace(",", ".")) if found else None
    return value if value is not None and isfinite(value) else None


def _pair(values: Values) -> tuple[float, float] | None:
    """Return (longitude, latitude) as the columns name them, be they swapped or not."""
    longitude, latitude = number(values.get("longitude", "")), number(values.get("latitude", ""))
    if longitude is not None and latitude is not None:
        return longitude, latitude
    return _in_one_cell(values.get("point", ""))


def _in_one_cell(text: str) -> tuple[float, float] | None:
    named = {name.lower(): float(value) for name, value in _PAIR_IN_WORDS.findall(text)}
    if named.keys() == {"lon", "lat"}:
        return named["lon"], named["lat"]
    numbers = re.findall(r"[+-]?\d+(?:\.\d+)?", text)
    if len(numbers) != 2:  # noqa: PLR2004
        return None
    first, second = map(float, numbers)
    # GeoJSON gives the longitude first; a bare pair is written latitude first.
    return (first, second) if "coordinates" in text or "POINT" in text.upper() else (second, first)


def _placed(pair: tuple[float, float] | None, area: Sequence[Box]) -> tuple[tuple[float, float] | None, bool]:
    if pair is None:
        return None, False
    if _within(pair, area):
        return pair, False
    turned = (pair[1], pair[0])
    return (turned, True) if _within(turned, area) else (None, False)


def _lambert(values: Values, area: Sequence[Box]) -> tuple[tuple[float, float] | None, bool]:
    x, y = number(values.get("x_l93", "")), number(values.get("y_l93", ""))
    if x is None or y is None:
        return None, False
    pair, turned = _placed((x, y), [_LAMBERT_BOX])
    point = _to_wgs84().transform(*pair) if pair else None
    return (point, turned) if point and _within(point, area) else (None, False)


@cache
def _to_wgs84() -> Transformer:
    return Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)


def _within(point: tuple[float, float], area: Sequence[Box]) -> bool:
    return any(w <= point[0] <= e and s <= point[1] <= n for w, s, e, n in area)


def _says_something(values: Values) -> bool:
    return any(values.get(name) for name in ("point", "longitude", "latitude", "x_l93", "y_l93"))
