"""Draw how many sites went from what they were shown with to what they are shown with, as bands between two columns."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from classification.method.scale import Mark

from .comparison import Change, Move

# The units of the picture: its width, where its columns and labels stand, the height that all sites share.
WIDTH = 420
_LEFT, _RIGHT, _BAR, _SHARED = 112, 308, 12, 240
# A column's place is high enough for its label, whatever few sites it holds; a band as high as this holds its number.
_PLACE, _GAP, _LABELLED = 34, 6, 13
# From the highest down; None is what one of both campaigns does not hold.
_ORDER: tuple[int | None, ...] = (
    Mark.TENSION,
    Mark.DELINQUENCY,
    Mark.INCIVILITY,
    Mark.QUIET,
    Mark.STOPPED,
    None,
)
Marks = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Flow:
    """How many sites went from one mark to another; the one or the other is None for new ones and those that left."""

    before: int | None
    after: int | None
    move: Move
    sites: int


@dataclass(frozen=True, slots=True)
class Column:
    """A mark on one side: its sites, and where its bar and label stand."""

    mark: int | None
    sites: int
    x: int
    y: str
    height: str
    middle: str
    glyph_y: str


@dataclass(frozen=True, slots=True)
class Band:
    """A flow as it is drawn: its path, and where its number stands, "" where the band is too thin for one."""

    flow: Flow
    path: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole picture."""

    width: int
    height: str
    before: list[Column]
    after: list[Column]
    bands: list[Band]


def flows(found: Sequence[Change]) -> list[Flow]:
    """Count changes by where they came from and went, the highest first."""
    counted = Counter((one.marks, one.move) for one in found)
    rows = [Flow(before, after, move, sites) for ((before, after), move), sites in counted.items()]
    return sorted(rows, key=lambda row: (_ORDER.index(row.before), _ORDER.index(row.after), row.move))


def picture(rows: Sequence[Flow]) -> Picture | None:
    """Return the picture of flows; None without any."""
    total = sum(row.sites for row in rows)
    if not total:
        return None
    unit = _SHARED / total
    left, low = _column([(row.before, row.sites) for row in rows], _LEFT - _BAR, unit)
    right, lower = _column([(row.after, row.sites) for row in rows], _RIGHT, unit)
    return Picture(WIDTH, _number(max(low, lower)), left, right, _bands(rows, left, right, unit))


def _column(counted: list[tuple[int | None, int]], x: int, unit: float) -> tuple[list[Column], float]:
    """Return the places of one side from the top down, and where they end."""
    sites: Counter[int | None] = Counter()
    for mark, number in counted:
        sites[mark] += number
    places, top = [], 0.0
    for mark in _ORDER:
        if sites[mark]:
            height = sites[mark] * unit
            middle = top + max(height, _PLACE) / 2
            start, glyph = middle - height / 2, middle - 11
            places.append(
                Column(
                    mark,
                    sites[mark],
                    x,
                    _number(start),
                    _number(max(height, 1)),
                    _number(middle),
                    _number(glyph),
                )
            )
            top += max(height, _PLACE) + _GAP
    return places, top - _GAP


def _bands(rows: Sequence[Flow], left: list[Column], right: list[Column], unit: float) -> list[Band]:
    """Return the bands, those of one column below each other in the order of the other."""
    starts = {column.mark: float(column.y) for column in left}
    ends = {column.mark: float(column.y) for column in right}
    bands = []
    for row in rows:
        height, start, end = row.sites * unit, starts[row.before], ends[row.after]
        starts[row.before] += height
        ends[row.after] += height
        labelled = height >= _LABELLED
        bands.append(
            Band(
                row,
                _path(start, end, height),
                _number(_LEFT + 14),
                _number(start + height / 2) if labelled else "",
            )
        )
    return bands


def _path(start: float, end: float, height: float) -> str:
    half = (_LEFT + _RIGHT) / 2
    there = f"M{_LEFT} {start:.1f}C{half} {start:.1f} {half} {end:.1f} {_RIGHT} {end:.1f}V{end + height:.1f}"
    return f"{there}C{half} {end + height:.1f} {half} {start + height:.1f} {_LEFT} {start + height:.1f}Z"


def _number(value: float) -> str:
    """Write a number as SVG reads it, whatever the language."""
    return f"{value:.1f}"
