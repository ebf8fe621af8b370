"""Read coordinates as people write them: either order, a comma or a point, degrees and minutes, or Lambert-93."""

import re
from typing import NamedTuple

from sites.imports.points import area_of, number, read_point

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_ANGLE = re.compile(
    r"(\d{1,3})\s*°\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['’′]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|''|’’)\s*)?([NSEWO])",
    re.IGNORECASE,
)
_DEGREES = 180
# Two angles, two numbers.
_PAIR = 2


class Coordinates(NamedTuple):
    """A point read from a text, in degrees; ``turned`` says that the longitude stood first."""

    longitude: float
    latitude: float
    turned: bool


class Written(NamedTuple):
    """A text cut into what stands before its coordinates, and the coordinates; None where they cannot be read.

    ``elsewhere`` says that there are two numbers that are a point of neither order in France, nor in Lambert-93.
    """

    before: str
    found: Coordinates | None
    elsewhere: bool = False


def read_coordinates(text: str) -> Written:
    """Read the coordinates at the end of a text.

    >>> read_coordinates("48.8534, 2.3488").found
    Coordinates(longitude=2.3488, latitude=48.8534, turned=False)
    >>> read_coordinates("12 rue des Essais ; 2,3488 ; 48,8534")
    Written(before='12 rue des Essais', found=Coordinates(longitude=2.3488, latitude=48.8534, turned=True), elsewhere=False)
    >>> read_coordinates("48°51'12''N 2°20'56''E").found
    Coordinates(longitude=2.348889, latitude=48.853333, turned=False)
    >>> read_coordinates("12 rue des Essais 75012 3"), read_coordinates("4 rue X")
    (Written(before='12 rue des Essais', found=None, elsewhere=True), Written(before='4 rue X', found=None, elsewhere=False))
    """
    angles = list(_ANGLE.finditer(text))
    if len(angles) == _PAIR:
        return _of_angles(text, angles)
    ends = list(_NUMBER.finditer(text))[-_PAIR:]
    if len(ends) < _PAIR or re.search(r"\w", text[ends[0].end() :].replace(ends[1][0], "", 1)):
        return Written(_trimmed(text), None)
    before = _trimmed(text[: ends[0].start()])
    first, second = (number(end[0]) or 0.0 for end in ends)
    values = {"latitude": str(first), "longitude": str(second)}
    if max(abs(first), abs(second)) > _DEGREES:
        values = {"x_l93": str(first), "y_l93": str(second)}
    reading = read_point(values, area_of({}))
    if reading.point is None:
        return Written(before, None, elsewhere=True)
    turned = "point_swapped" in reading.remarks
    return Written(before, Coordinates(round(reading.point[0], 6), round(reading.point[1], 6), turned))


def _of_angles(text: str, angles: list[re.Match[str]]) -> Written:
    before = _trimmed(text[: angles[0].start()])
    degrees = {angle[4].upper() in "NS": _decimal(angle) for angle in angles}
    if len(degrees) != _PAIR:
        return Written(before, None, elsewhere=True)
    reading = read_point({"latitude": str(degrees[True]), "longitude": str(degrees[False])}, area_of({}))
    if reading.point is None or reading.remarks:
        return Written(before, None, elsewhere=True)
    return Written(before, Coordinates(*reading.point, turned=angles[0][4].upper() not in "NS"))


def _decimal(angle: re.Match[str]) -> float:
    parts = [float((angle[n] or "0").replace(",", ".")) for n in (1, 2, 3)]
    degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
    return round(-degrees if angle[4].upper() in "SWO" else degrees, 6)


def _trimmed(text: str) -> str:
    return text.strip(" \t;,:|–-\xa0")
