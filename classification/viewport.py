"""What the map shows of a rectangle: sites one by one, or cells with their highest level.

Everything is asked of the table of levels alone, which repeats the points: joined with
addresses, 60,000 of them took four times as long.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, F, IntegerField, Max, Min, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Floor

from sites.forms import BoundingBoxField

from .models import SiteLevel
from .scale import Level

# Up to here sites are sent one by one and the browser groups them.
POINTS = 300
LISTED = 50
_SCATTERED = 8
_CELL_PIXELS = 72
_CELLS_ACROSS = 28
# A degree of latitude is longer on the screen than one of longitude: France lies near 47°.
_FLATTENING = 0.68
_WORLD_PIXELS = 256
MAX_ZOOM = 22


class ViewportForm(forms.Form):
    """What a map asks for: a rectangle, a zoom, residences or addresses."""

    bbox = BoundingBoxField()
    zoom = forms.FloatField(min_value=0, max_value=MAX_ZOOM)
    unit = forms.ChoiceField(choices=[("residence", ""), ("address", "")], required=False)


@dataclass(frozen=True, slots=True)
class Viewport:
    """A rectangle in degrees, and the zoom it is looked at with."""

    west: float
    south: float
    east: float
    north: float
    zoom: float

    @property
    def cell(self) -> float:
        """Width of a cell in degrees: steady while panning, never too many of them."""
        by_zoom = 360 * _CELL_PIXELS / (_WORLD_PIXELS * 2**self.zoom)
        return max(by_zoom, (self.east - self.west) / _CELLS_ACROSS)

    def of(self, sites: QuerySet[SiteLevel]) -> QuerySet[SiteLevel]:
        """Keep the sites inside."""
        return sites.filter(
            longitude__gte=self.west,
            longitude__lte=self.east,
            latitude__gte=self.south,
            latitude__lte=self.north,
        )


def located(unit: str) -> QuerySet[SiteLevel]:
    """Return the levels that have a point: of residences, or of addresses when ``unit`` says so."""
    return SiteLevel.objects.filter(longitude__isnull=False, address__isnull=unit != "address")


def look(sites: QuerySet[SiteLevel], viewport: Viewport, days: Subquery | None = None) -> dict[str, Any]:
    """Return what a map draws and lists of ``sites``, each with its ``days`` if asked for.

    ``cells`` are ``[longitude, latitude, sites, highest level, west, south, east, north]``;
    ``points`` and ``list`` are sites as :func:`_site` writes them; ``levels`` counts the
    sites in view, from level 1 to 4.
    """
    inside = viewport.of(sites)
    cells = list(_cells(inside, viewport.cell))
    total = sum(cell.sites for cell in cells)
    if total <= POINTS:
        points = _sites(inside, days)
        grouped = []
    else:
        alone = [cell.first for cell in cells if cell.sites == 1]
        points = _sites(SiteLevel.objects.filter(pk__in=alone), days)
        grouped = [cell for cell in cells if cell.sites > 1]
    return {
        "total": total,
        "levels": [sum(cell.levels[level] for cell in cells) for level in Level],
        "cells": [cell.row() for cell in grouped],
        "points": points,
        "list": points[:LISTED] if total <= POINTS else _highest(inside, cells, days),
    }


def extent(sites: QuerySet[SiteLevel]) -> list[float] | None:
    """Return the rectangle that holds ``sites``, None when there is none."""
    found = sites.order_by().aggregate(Min("longitude"), Min("latitude"), Max("longitude"), Max("latitude"))
    values = list(found.values())
    return None if None in values else values


@dataclass(slots=True)
class _Cell:
    """What lies in one cell: how many sites of each level, their bounds, one of them."""

    levels: Counter[int]
    first: int
    west: float
    south: float
    east: float
    north: float

    @property
    def sites(self) -> int:
        return self.levels.total()

    def add(self, level: int, sites: int, bounds: tuple[float, float, float, float]) -> None:
        self.levels[level] += sites
        self.west, self.south = min(self.west, bounds[0]), min(self.south, bounds[1])
        self.east, self.north = max(self.east, bounds[2]), max(self.north, bounds[3])

    def around(self) -> Q:
        return Q(
            longitude__gte=self.west,
            longitude__lte=self.east,
            latitude__gte=self.south,
            latitude__lte=self.north,
        )

    def row(self) -> list[Any]:
        corners = [_rounded(side) for side in (self.west, self.south, self.east, self.north)]
        middle = [_rounded((self.west + self.east) / 2), _rounded((self.south + self.north) / 2)]
        return [*middle, self.sites, max(self.levels), *corners]


def _cells(inside: QuerySet[SiteLevel], width: float) -> Iterable[_Cell]:
    # Whole numbers: PostgreSQL then groups by hashing instead of sorting every row. Grouping
    # by level too costs less than counting each level on every row.
    rows = (
        inside.order_by()
        .values_list(
            Cast(Floor(F("longitude") / width), IntegerField()),
            Cast(Floor(F("latitude") / (width * _FLATTENING)), IntegerField()),
            "level",
        )
        .annotate(
            sites=Count("*"), first=Min("pk"),
            west=Min("longitude"), south=Min("latitude"), east=Max("longitude"), north=Max("latitude"),
        )
    )  # fmt: skip
    cells: dict[tuple[int, int], _Cell] = {}
    for x, y, level, sites, first, *bounds in rows:
        cells.setdefault((x, y), _Cell(Counter(), first, *bounds)).add(level, sites, tuple(bounds))
    return cells.values()


def _highest(inside: QuerySet[SiteLevel], cells: list[_Cell], days: Subquery | None) -> list[list[Any]]:
    """Return the highest sites, looked for in the few cells that hold enough of them."""
    chosen, found = Q(), 0
    ranked = sorted(((level, n, cell) for cell in cells for level, n in cell.levels.items()), key=_by_level)
    for number, (level, sites, cell) in enumerate(ranked):
        if found >= LISTED:
            inside = inside.filter(chosen)
            break
        if number == _SCATTERED:
            # Many cells with few sites each: one pass over everything is cheaper.
            break
        chosen |= Q(level=level) & cell.around()
        found += sites
    pks = inside.order_by("-level", "pk").values_list("pk", flat=True)[:LISTED]
    return _sites(SiteLevel.objects.filter(pk__in=list(pks)), days)


def _by_level(ranked: tuple[int, int, _Cell]) -> tuple[int, int]:
    level, sites, _cell = ranked
    return -level, -sites


def _sites(sites: QuerySet[SiteLevel], days: Subquery | None) -> list[list[Any]]:
    ranked = sites.order_by("-level", "residence__name", "address__label", "pk")
    rows = ranked.annotate(days=days or Value(None, IntegerField())).values_list(
        "residence_id", "longitude", "latitude", "level", "residence__name", "address__label",
        "residence__landlord__name", "residence__commune__name", "last_day", "silent", "days",
    )  # fmt: skip
    return [_site(row) for row in rows]


def _site(row: tuple[Any, ...]) -> list[Any]:
    """``[residence, longitude, latitude, level, name, address, landlord, commune, last day, silent, days]``."""
    residence, lng, lat, level, name, address, landlord, commune, last_day, silent, days = row
    day = last_day.isoformat() if isinstance(last_day, dt.date) else None
    return [
        residence, _rounded(lng), _rounded(lat), level, name, address, landlord, commune, day, int(silent),
        days,
    ]  # fmt: skip


def _rounded(degrees: float) -> float:
    # About a metre.
    return round(degrees, 5)
