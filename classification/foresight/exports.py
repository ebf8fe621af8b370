"""Write the residences to watch to a file: one row for each reason."""

from collections.abc import Iterator
from typing import IO, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from classification.models import Rest, Signal, SiteLevel
from core.files import Column, csv_file, xlsx_file

from .wording import sentence

_CHUNK = 2000


class Line(NamedTuple):
    """A residence, one of its reasons, and what puts it to rest; None for what it has not."""

    site: SiteLevel
    signal: Signal | None
    rest: Rest | None


def watch_file(kind: str, sites: QuerySet[SiteLevel], columns: list[Column]) -> IO[bytes]:
    """Return the residences as a file of ``kind`` (a key of :data:`core.files.KINDS`)."""
    rows = _lines(sites)
    return csv_file(rows, columns) if kind == "csv" else xlsx_file(rows, columns, _("Sites à surveiller"))


def _lines(sites: QuerySet[SiteLevel]) -> Iterator[Line]:
    for site in sites.iterator(chunk_size=_CHUNK):
        rest = next(iter(site.residence.resting), None)  # type: ignore[attr-defined]  # prefetched
        signals = list(site.residence.signals.all())
        yield from (Line(site, signal, rest) for signal in signals) if signals else (Line(site, None, rest),)


def columns(*, several_landlords: bool) -> list[Column]:
    """Return the columns of a file, with the landlord where there are several."""
    landlord: list[Column] = [(_("Bailleur"), lambda row: row.site.landlord.name)]
    return [
        (_("Résidence"), lambda row: row.site.residence.name),
        # None where recording stopped, instead of the number of a quiet place.
        (_("Niveau"), lambda row: row.site.mark or None),
        (_("Motif de surveillance"), lambda row: row.signal and row.signal.get_kind_display()),
        (_("Nature de fait"), lambda row: row.signal and row.signal.fact_type and str(row.signal.fact_type)),
        (_("Pourquoi"), lambda row: row.signal and sentence(row.signal)),
        (_("Au"), lambda row: row.signal and row.signal.as_of),
        (_("Commune"), lambda row: row.site.commune.name),
        *(landlord if several_landlords else []),
        (_("En veille jusqu’au"), lambda row: row.rest and row.rest.until),
        (_("Motif de la veille"), lambda row: row.rest and row.rest.reason),
    ]
