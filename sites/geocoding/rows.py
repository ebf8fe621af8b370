"""Read the positions that pasted lines or a file give to addresses, and find the address that each row names."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.earth import Point, distance
from sites import identifiers
from sites.enums import ImportKind
from sites.imports.communes import bare_name, locality_in, postcode_in
from sites.imports.mapping.suggest import suggest_as
from sites.imports.points import area_of, number, read_point
from sites.imports.reading.contract import Table
from sites.match_key import match_key
from sites.models import Address

from .coordinates import Coordinates, Written, read_coordinates

MOST_ROWS = 5_000
# A commune is rarely wider: a point farther from all its other addresses is another place's.
_FAR_M = 20_000
# Points farther apart than a cell are farther apart than that, everywhere in France.
_CELL_DEGREES = 0.3
_POINT = ("longitude", "latitude", "point", "x_l93", "y_l93")


class Reason(models.TextChoices):
    """Why a row gave no position."""

    NO_POINT = "no_point", _("aucune coordonnée lisible")
    ELSEWHERE = "elsewhere", _("ni degrés de France, dans un ordre ou l’autre, ni Lambert-93")
    NO_ADDRESS = "no_address", _("ni adresse ni identifiant sur cette ligne")
    UNKNOWN = "unknown", _("adresse introuvable dans votre patrimoine")
    SEVERAL = (
        "several",
        _("plusieurs adresses correspondent : précisez le bâtiment, la commune ou un identifiant"),
    )
    TWICE = "twice", _("l’adresse a déjà eu une autre position plus haut")
    FAR = "far", _("à plus de 20 km des autres adresses de la commune")


class Given(NamedTuple):
    """A row: its number, what it says of its address by name of field, and its position or the reason why it has none."""

    number: int
    values: Mapping[str, str]
    found: Coordinates | None
    reason: str = ""


class Placing(NamedTuple):
    """What rows give: the position of each address by its id, how many were turned round, and the rejected rows."""

    positions: dict[int, Coordinates]
    turned: int
    rejected: list[tuple[int, str]]


def of_lines(text: str, listed: Sequence[int] = ()) -> Iterator[Given]:
    """Return the rows of pasted lines.

    A line is an address or an identifier, then coordinates. Lines of coordinates alone are those of the addresses
    ``listed`` beside them, in that order, if no line says more; a line without coordinates is left out.

    Args:
        text: the lines.
        listed: ids of addresses, in the order in which the page shows them.
    """
    lines = [(n, read_coordinates(line)) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    bare = all(not written.before for _number, written in lines)
    for place, (line, written) in enumerate(lines):
        if bare and place < len(listed):
            yield _given(line, {"id": str(listed[place])}, written)
        elif written.found or written.elsewhere:
            yield _given(line, _named_by(written.before), written)


def of_table(table: Table) -> Iterator[Given]:
    """Return the rows of a file, by the titles that stock files have."""
    columns = suggest_as(ImportKind.STOCK, table.header)["columns"]
    for row in table.rows:
        values: dict[str, str] = {}
        for position, field in columns.items():
            cell = row.cells[int(position)].strip() if int(position) < len(row.cells) else ""
            values[field] = f"{values.get(field, '')} {cell}".strip()
        for field, read in (("ban", identifiers.ban_key), ("rnb", identifiers.rnb_id)):
            if values.get(field):
                values[field] = read(values[field])
        yield _of_cells(row.number, values)


def settle(rows: Iterable[Given], addresses: QuerySet[Address]) -> Placing:
    """Find the address of each row among ``addresses``, and refuse positions far from those of its commune."""
    rows = list(rows)
    known = _Known(rows, addresses)
    positions: dict[int, Coordinates] = {}
    rejected = []
    for row in rows:
        address, reason = (None, row.reason) if row.reason else known.find(row.values)
        if address is not None and row.found is not None:
            reason = reason or known.fault(address, row.found, positions.get(address.pk))
            if not reason:
                positions[address.pk] = row.found
        if reason:
            rejected.append((row.number, str(reason)))
    return Placing(positions, sum(found.turned for found in positions.values()), rejected)


def _named_by(text: str) -> dict[str, str]:
    """Return what stands before coordinates as fields: an identifier, or an address or a residence's reference."""
    if key := identifiers.ban_key(text):
        return {"ban": key}
    # Without its spaces, "12 rue Pasteur" has the twelve letters and digits of one.
    if " " not in text and (identifier := identifiers.rnb_id(text)):
        return {"rnb": identifier}
    return {"address": text, "reference": text}


def _given(line: int, values: Mapping[str, str], written: Written) -> Given:
    reason = "" if written.found else Reason.ELSEWHERE if written.elsewhere else Reason.NO_POINT
    return Given(line, values, written.found, reason)


def _of_cells(line: int, values: Mapping[str, str]) -> Given:
    said = {name: values[name] for name in _POINT if values.get(name)}
    reading = read_point(said, area_of({}))
    if reading.point is not None:
        longitude, latitude = reading.point
        turned = "point_swapped" in reading.remarks
        return Given(line, values, Coordinates(round(longitude, 6), round(latitude, 6), turned))
    cell = read_coordinates(said.get("point", ""))
    if cell.found:
        return Given(line, values, cell.found)
    numbers = [number(text) for name, text in said.items() if name != "point"]
    return Given(
        line, values, None, Reason.ELSEWHERE if any(n is not None for n in numbers) else Reason.NO_POINT
    )


class _Known:
    """The addresses that rows may name, loaded once, and the points of their communes."""

    def __init__(self, rows: Sequence[Given], addresses: QuerySet[Address]) -> None:
        said = [row.values for row in rows]
        keys = {match_key(_street(values)) for values in said if values.get("address")}
        asked = Q(match_key__in=keys)
        for field, column in _IDENTIFIERS:
            asked |= Q(**{f"{column}__in": {values[field] for values in said if values.get(field)}})
        ids = [int(values["id"]) for values in said if values.get("id", "").isdecimal()]
        found = addresses.filter(asked | Q(pk__in=ids)).select_related("residence", "commune")
        self._by: dict[tuple[str, str], list[Address]] = defaultdict(list)
        for address in found.order_by("pk"):
            self._by["id", str(address.pk)].append(address)
            self._by["address", address.match_key].append(address)
            for field, column in _IDENTIFIERS:
                value = address.residence.reference if field == "reference" else getattr(address, column)
                self._by[field, value].append(address)
        self._points = self._of_communes({address.commune_id for address in found})

    def find(self, values: Mapping[str, str]) -> tuple[Address | None, str]:
        """Return the address that a row names, or the reason why there is none."""
        named = [name for name in ("id", "ban", "rnb", "address", "reference") if values.get(name)]
        if not named:
            return None, Reason.NO_ADDRESS
        several = False
        for name in named:
            value = match_key(_street(values)) if name == "address" else values[name]
            found = self._narrowed(self._by.get((name, value), []), values)
            if len(found) == 1:
                return found[0], ""
            several = several or len(found) > 1
        return None, Reason.SEVERAL if several else Reason.UNKNOWN

    def fault(self, address: Address, point: Coordinates, before: Coordinates | None) -> str:
        """Return the reason why a point cannot be that of an address; empty if it can."""
        if before is not None and before[:2] != point[:2]:
            return Reason.TWICE
        if self._is_far(address, (point.longitude, point.latitude)):
            return Reason.FAR
        return ""

    def _is_far(self, address: Address, point: Point) -> bool:
        """Say whether other addresses of the commune have points, and none of them is near.

        Only points of the cells around are measured, and only up to the first that is near: a landlord may have
        thousands in a commune, and a file as many rows.
        """
        cells = self._points.get(address.commune_id, {})
        if not any(pk != address.pk for points in cells.values() for pk, _near in points):
            return False
        x, y = _cell(point)
        around = (cells.get((x + dx, y + dy), ()) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        return not any(
            pk != address.pk and distance(point, near) <= _FAR_M for points in around for pk, near in points
        )

    def _narrowed(self, found: list[Address], values: Mapping[str, str]) -> list[Address]:
        """Return those of the addresses that agree with the other things that the row says, where some do."""
        postcode, city = _locality(values)
        for agrees in (
            lambda address: not values.get("reference") or address.residence.reference == values["reference"],
            lambda address: not postcode or postcode in {address.postcode, *address.commune.postcodes},
            lambda address: not city or bare_name(city) == bare_name(address.commune.name),
        ):
            if len(found) > 1:
                found = [address for address in found if agrees(address)] or found
        # A street of that name in another commune is another street.
        return [a for a in found if not postcode or postcode in {a.postcode, *a.commune.postcodes}]

    @staticmethod
    def _of_communes(communes: set[int]) -> "dict[int, _Cells]":
        placed = Address.objects.filter(commune__in=communes, longitude__isnull=False, latitude__isnull=False)
        points: dict[int, _Cells] = defaultdict(lambda: defaultdict(list))
        for pk, commune, longitude, latitude in placed.values_list("pk", "commune", "longitude", "latitude"):
            point = (float(longitude or 0), float(latitude or 0))
            points[commune][_cell(point)].append((pk, point))
        return points


# Ids of addresses with their points, by cell.
_Cells = dict[tuple[int, int], list[tuple[int, Point]]]


def _cell(point: Point) -> tuple[int, int]:
    return math.floor(point[0] / _CELL_DEGREES), math.floor(point[1] / _CELL_DEGREES)


# The field of a row, and the column of the address it is compared with.
_IDENTIFIERS = (("ban", "ban_key"), ("rnb", "rnb_id"), ("reference", "residence__reference"))


def _street(values: Mapping[str, str]) -> str:
    """Return the address of a row without its postcode and city."""
    text = values["address"]
    postcode, _city = locality_in(text)
    street = text.split(postcode)[0] if postcode else text
    parts = [street.strip(" ,;-"), values.get("building", ""), values.get("entrance", "")]
    return ", ".join(part for part in parts if part)


def _locality(values: Mapping[str, str]) -> tuple[str, str]:
    postcode, city = locality_in(values.get("address", ""))
    return postcode_in(values.get("postcode", "")) or postcode, values.get("city", "") or city
