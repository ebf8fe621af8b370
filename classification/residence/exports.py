"""Export the list of residences as a file, with a row for each address, which an import of stock reads again."""

from collections.abc import Callable, Iterator
from typing import IO, Any, NamedTuple

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from classification.decisions.wording import said_of
from classification.engine.services import MOVED_DAYS
from classification.models import SiteLevel
from core.files import Column, csv_file, geojson_file, xlsx_file
from sites.models import Address

_CHUNK = 2000


class Listed(NamedTuple):
    """A residence's level, and one of its addresses; None for a residence without any."""

    site: SiteLevel
    address: Address | None


def residences_file(kind: str, sites: QuerySet[SiteLevel], columns: list[Column]) -> IO[bytes]:
    """Return the levels of residences as a file of ``kind`` (a key of :data:`core.files.KINDS_WITH_POINTS`)."""
    rows = _listed(sites)
    if kind == "csv":
        return csv_file(rows, columns)
    if kind == "xlsx":
        return xlsx_file(rows, columns, _("Résidences"))
    return geojson_file(rows, columns, _point)


def _listed(sites: QuerySet[SiteLevel]) -> Iterator[Listed]:
    """Yield the residences in their order, each as often as it has addresses."""
    opened = Address.objects.filter(closed_on=None)
    ordered = Prefetch("residence__addresses", opened.order_by("label__french", "id"))
    for site in sites.prefetch_related(ordered).iterator(chunk_size=_CHUNK):
        addresses = list(site.residence.addresses.all())
        yield from (Listed(site, address) for address in addresses) if addresses else (Listed(site, None),)


def _point(row: Listed) -> tuple[float | None, float | None]:
    """Return the point of the address; that of the residence where it has no address."""
    place = row.address or row.site
    return place.longitude, place.latitude


def columns(*, own: bool, several_landlords: bool) -> list[Column]:
    """Return the columns of a file.

    The titles and the words are those that the product's own format of an import reads, so that the file comes
    back in without a change.

    Args:
        own: add the landlord's reference, empty for the residences of others.
        several_landlords: add the landlord.
    """
    residence: list[Column] = [
        # None where recording stopped, instead of the number of a quiet place.
        (_("Niveau"), lambda row: row.site.mark or None),
        (_("Niveau proposé"), lambda row: row.site.level if row.site.mark else None),
        (_("Validation"), lambda row: said_of(row.site)),
        (_("Niveau selon les faits"), lambda row: row.site.facts_level),
        (_("Niveau selon l’impact"), lambda row: row.site.impact_level),
        (_("Résidence"), lambda row: row.site.residence.name),
    ]
    reference: list[Column] = [
        (_("Référence résidence"), lambda row: row.site.residence.reference if row.site.own else None)
    ]
    landlord: list[Column] = [(_("Bailleur"), lambda row: row.site.landlord.name)]
    return [
        *(reference if own else []),
        *residence,
        *(landlord if several_landlords else []),
        *_of_the_address(),
        (_("Commune"), lambda row: row.site.commune.name),
        (_("Code INSEE"), lambda row: row.site.commune.code),
        (_("Logements de la résidence"), lambda row: row.site.residence.dwellings),
        (_("En QPV"), lambda row: _("oui") if row.site.residence.in_priority_neighbourhood else _("non")),
        (_("Dernier fait"), lambda row: row.site.last_day),
        (_("Saisie interrompue"), lambda row: _("oui") if row.site.silent else _("non")),
        (_("Niveau avant l’interruption"), lambda row: row.site.level_before),
        (_("Niveau proposé {days} jours avant").format(days=MOVED_DAYS), lambda row: row.site.before),
        (_("Au"), lambda row: row.site.as_of),
    ]


def _of_the_address() -> list[Column]:
    told: list[tuple[str, str]] = [
        (_("Adresse"), "label"),
        (_("Bâtiment"), "building"),
        (_("Entrée"), "entrance"),
        (_("Code postal"), "postcode"),
        (_("Logements"), "dwellings"),
    ]
    return [(title, _read(name)) for title, name in told]


def _read(name: str) -> Callable[[Listed], Any]:
    return lambda row: getattr(row.address, name) if row.address else None
