"""Read what the map shows of a rectangle: single sites, or cells with their highest level.

Only the table of levels is read, which repeats the points of the places: joined with the table of
addresses, the query took four times as long for 60,000 addresses.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from typing import Any, NamedTuple

from django import forms
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, IntegerField, Max, Min, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Floor

from classification.decisions.wording import said_of
from classification.method.scale import Mark
from classification.models import SiteLevel
from core.opaque import written
from sites.basemap.forms import BoundingBoxField

# Up to this many sites are sent one by one, and the browser groups them.
POINTS = 300
LISTED = 50
_CELL_PIXELS = 72
_CELLS_ACROSS = 28
# The ratio of a degree of longitude to a degree of latitude on the screen: cos(47°), the latitude of France.
_FLATTENING = 0.68
_WORLD_PIXELS = 256
MAX_ZOOM = 22


class ViewportForm(forms.Form):
    """The request of a map: a rectangle, a zoom, whether residences or addresses are shown, and whether hot spots are."""

    bbox = BoundingBoxField()
    zoom = forms.FloatField(min_value=0, max_value=MAX_ZOOM)
    unit = forms.ChoiceField(choices=[("residence", ""), ("address", "")], required=False)
    regroupements = forms.BooleanField(required=False)


@dataclass(frozen=True, slots=True)
class Viewport:
    """A rectangle in degrees, and the zoom of the map that shows it."""

    west: float
    south: float
    east: float
    north: float
    zoom: float

    @property
    def cell(self) -> float:
        """The width of a cell in degrees: constant while the map is panned, and bounded in number of cells."""
        by_zoom = 360 * _CELL_PIXELS / (_WORLD_PIXELS * 2**self.zoom)
        return max(by_zoom, (self.east - self.west) / _CELLS_ACROSS)

    def of(self, sites: QuerySet[SiteLevel]) -> QuerySet[SiteLevel]:
        """Keep the sites inside the rectangle."""
        return sites.filter(
            longitude__gte=self.west,
            longitude__lte=self.east,
            latitude__gte=self.south,
            latitude__lte=self.north,
        )


def located(unit: str) -> QuerySet[SiteLevel]:
    """Return the levels that have a point: of residences, or of addresses when ``unit`` says so."""
    return SiteLevel.objects.filter(longitude__isnull=False, address__isnull=unit != "address")


def without_point() -> QuerySet[SiteLevel]:
    """Return the levels of residences without a point, which the map cannot show."""
    return SiteLevel.objects.filter(longitude__isnull=True, address__isnull=True)


def look(sites: QuerySet[SiteLevel], viewport: Viewport, days: Subquery | None = None) -> dict[str, Any]:
    """Return the sites of a viewport as the map draws and lists them, each with its ``days`` if given.

    ``cells`` are ``[longitude, latitude, sites, highest level, west, south, east, north]``;
    ``points`` and ``list`` are sites as :func:`_site` writes them; ``levels`` counts the
    sites in view by :class:`~classification.method.scale.Mark`, from 0 to 4.
    """
    cells = list(_cells(viewport.of(sites), viewport.cell))
    levels = {level: [pk for cell in cells for pk in cell.levels.get(level, ())] for level in Mark}
    total = sum(cell.sites for cell in cells)
    if total <= POINTS:
        points = listed = _sites(chain(*levels.values()), days)
        grouped = []
    else:
        grouped = [cell for cell in cells if cell.sites > 1]
        alone = chain(*(pks for cell in cells if cell.sites == 1 for pks in cell.levels.values()))
        points, listed = _sites(alone, days), _sites(_highest(levels), days)
    return {
        "total": total,
        "levels": [len(levels[level]) for level in Mark],
        "cells": [cell.row() for cell in grouped],
        "points": points,
        "list": listed[:LISTED],
    }


def extent(sites: QuerySet[SiteLevel]) -> list[float] | None:
    """Return the rectangle that holds ``sites``, None when there is none."""
    found = sites.order_by().aggregate(Min("longitude"), Min("latitude"), Max("longitude"), Max("latitude"))
    values = list(found.values())
    return None if None in values else values


@dataclass(slots=True)
class _Cell:
    """The content of one cell: the primary keys of its sites by level, and their bounds."""

    levels: dict[int, list[int]]
    west: float
    south: float
    east: float
    north: float

    @property
    def sites(self) -> int:
        return sum(map(len, self.levels.values()))

    def add(self, level: int, pks: list[int], bounds: tuple[float, float, float, float]) -> None:
        self.levels[level] = pks
        self.west, self.south = min(self.west, bounds[0]), min(self.south, bounds[1])
        self.east, self.north = max(self.east, bounds[2]), max(self.north, bounds[3])

    def row(self) -> list[Any]:
        corners = [_rounded(side) for side in (self.west, self.south, self.east, self.north)]
        middle = [_rounded((self.west + self.east) / 2), _rounded((self.south + self.north) / 2)]
        return [*middle, self.sites, max(self.levels), *corners]


def _cells(inside: QuerySet[SiteLevel], width: float) -> Iterable[_Cell]:
    # With integers PostgreSQL groups by hashing instead of sorting every row. Grouping by level too
    # costs less than counting each level on every row, and fetching the keys of all sites costs less than
    # a second query for the highest of them.
    rows = (
        inside.order_by()
        .values_list(
            Cast(Floor(F("longitude") / width), IntegerField()),
            Cast(Floor(F("latitude") / (width * _FLATTENING)), IntegerField()),
            "mark",
        )
        .annotate(
            pks=ArrayAgg("pk"),
            west=Min("longitude"), south=Min("latitude"), east=Max("longitude"), north=Max("latitude"),
        )
    )  # fmt: skip
    cells: dict[tuple[int, int], _Cell] = {}
    for x, y, level, pks, *bounds in rows:
        cells.setdefault((x, y), _Cell({}, *bounds)).add(level, pks, tuple(bounds))
    return cells.values()


def _highest(levels: Mapping[Mark, list[int]]) -> list[int]:
    """Return the primary keys of the first sites to list: by level, the highest first, then by key."""
    found: list[int] = []
    for level in reversed(Mark):
        found += nsmallest(LISTED - len(found), levels[level])
    return found


def _sites(pks: Iterable[int], days: Subquery | None) -> list[list[Any]]:
    ranked = SiteLevel.objects.filter(pk__in=list(pks)).order_by(
        "-mark", "residence__name__french", "address__label__french", "pk"
    )
    rows = ranked.annotate(days=days or Value(None, IntegerField())).values_list(
        "residence_id", "longitude", "latitude", "mark", "residence__name", "address__label",
        "residence__landlord__name", "residence__commune__name", "last_day", "silent", "days", "level_before", "level", "retained", "decided_on",
    )  # fmt: skip
    return [_site(row) for row in rows]


class _Decided(NamedTuple):
    """The proposed level of a place, and what was decided about it."""

    level: int
    retained: int | None
    decided_on: dt.date | None


def _site(row: tuple[Any, ...]) -> list[Any]:
    """Return ``[residence as addresses write it, longitude, latitude, level, name, address, landlord, commune, last day, silent, days, level before, decision]``.

    The level is the mark: 0 where recording stopped and nothing else says that the place is not quiet. The decision is
    told in words of a residence, and is empty for an address.
    """
    residence, lng, lat, level, name, address, landlord, commune, last_day, silent, days, before, *decided = (
        row
    )
    return [
        written("residence", residence), _rounded(lng), _rounded(lat), level, name, address, landlord, commune,
        last_day and last_day.isoformat(), int(silent), days, before, said_of(_Decided(*decided)) if address is None else "",
    ]  # fmt: skip


def _rounded(degrees: float) -> float:
    # Five decimals are about a metre.
    return round(degrees, 5)
