"""Export the list of residences as a file."""

from typing import IO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from classification.models import SiteLevel
from core.files import Column, csv_file, geojson_file, xlsx_file

_CHUNK = 2000


def residences_file(kind: str, sites: QuerySet[SiteLevel], columns: list[Column]) -> IO[bytes]:
    """Return the levels of residences as a file of ``kind`` (a key of :data:`core.files.KINDS_WITH_POINTS`)."""
    rows = sites.iterator(chunk_size=_CHUNK)
    if kind == "csv":
        return csv_file(rows, columns)
    if kind == "xlsx":
        return xlsx_file(rows, columns, _("Résidences"))
    return geojson_file(rows, columns, lambda site: (site.longitude, site.latitude))


def columns(*, several_landlords: bool) -> list[Column]:
    """Return the columns of a file, with the landlord when ``several_landlords``."""
    found: list[Column] = [
        (_("Niveau"), lambda s: s.level),
        (_("Niveau selon les faits"), lambda s: s.facts_level),
        (_("Niveau selon l’impact"), lambda s: s.impact_level),
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
        found.insert(4, (_("Bailleur"), lambda s: s.landlord.name))
    return found
