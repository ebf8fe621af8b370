"""The list of residences as files."""

import json
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.exports import Column, csv_file, xlsx_file

from .models import SiteLevel

KINDS = {"csv": "CSV", "xlsx": "XLSX", "geojson": "GeoJSON"}
_CHUNK = 2000


def residences_file(kind: str, sites: QuerySet[SiteLevel], *, several_landlords: bool) -> BinaryIO:
    """Return the levels of residences as a file of ``kind`` (a key of :data:`KINDS`)."""
    columns = _columns(several_landlords=several_landlords)
    rows = sites.iterator(chunk_size=_CHUNK)
    if kind == "csv":
        return csv_file(rows, columns)
    if kind == "xlsx":
        return xlsx_file(rows, columns, _("Résidences"))
    return _geojson(rows, columns)


def _columns(*, several_landlords: bool) -> list[Column]:
    columns: list[Column] = [
        (_("Niveau"), lambda s: s.level),
        (_("Niveau selon les faits"), lambda s: s.facts_level),
        (_("Niveau selon l'impact"), lambda s: s.impact_level),
        (_("Résidence"), lambda s: s.residence.name),
        (_("Commune"), lambda s: s.commune.name),
        (_("Code INSEE"), lambda s: s.commune.code),
        (_("Logements"), lambda s: s.residence.dwellings),
        (_("En QPV"), lambda s: _("oui") if s.residence.in_priority_neighbourhood else _("non")),
        (_("Dernier fait"), lambda s: s.last_day),
        (_("Saisie interrompue"), lambda s: _("oui") if s.silent else _("non")),
        (_("Au"), lambda s: s.as_of),
    ]
    if several_landlords:
        columns.insert(4, (_("Bailleur"), lambda s: s.landlord.name))
    return columns


def _geojson(rows: Iterable[SiteLevel], columns: list[Column]) -> BinaryIO:
    """Write the residences that have a point as a FeatureCollection (RFC 7946)."""
    file = SpooledTemporaryFile(5 * 1024 * 1024)  # noqa: SIM115 - closed by the response
    file.write(b'{"type":"FeatureCollection","features":[')
    separator = ""
    for site in rows:
        if site.longitude is not None:
            file.write(f"{separator}{json.dumps(_feature(site, columns), default=str)}".encode())
            separator = ",\n"
    file.write(b"]}")
    file.seek(0)
    return file


def _feature(site: SiteLevel, columns: list[Column]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [site.longitude, site.latitude]},
        "properties": {label: read(site) for label, read in columns},
    }
