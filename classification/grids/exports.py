"""Export the places that a simulated grid would move."""

from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from classification.models import GridVersion
from core.files import Column, csv_file, xlsx_file

from .reasons import reasons
from .simulation import Ground, Move

# More places than these are not explained one by one in one answer.
MOST = 10_000
_CHUNK = 500


class Row(NamedTuple):
    """A place that would move, and why."""

    move: Move
    why: list[str]


def moves_file(
    kind: str, version: GridVersion, on: Ground, moves: Sequence[Move], *, several_landlords: bool
) -> IO[bytes]:
    """Return the places that would move as a file of ``kind`` (a key of :data:`core.files.KINDS`)."""
    rows, columns = _rows(version, on, moves), _columns(several_landlords=several_landlords)
    return csv_file(rows, columns) if kind == "csv" else xlsx_file(rows, columns, _("Simulation"))


def _rows(version: GridVersion, on: Ground, moves: Sequence[Move]) -> Iterator[Row]:
    for start in range(0, len(moves), _CHUNK):
        part = moves[start : start + _CHUNK]
        yield from map(Row, part, reasons(version, on, part))


def _columns(*, several_landlords: bool) -> list[Column]:
    landlord: list[Column] = [(_("Bailleur"), lambda row: row.move.site.landlord.name)]
    return [
        (_("Résidence"), lambda row: row.move.site.residence.name),
        (_("Adresse"), lambda row: row.move.site.address.label if row.move.site.address else None),
        *(landlord if several_landlords else []),
        (_("Commune"), lambda row: row.move.site.commune.name),
        (_("Code INSEE"), lambda row: row.move.site.commune.code),
        (_("Niveau proposé"), lambda row: row.move.site.level),
        (_("Niveau simulé"), lambda row: row.move.after),
        (_("Niveau retenu"), lambda row: row.move.site.retained),
        (_("Pourquoi"), lambda row: " ; ".join(row.why)),
        (_("Au"), lambda row: row.move.site.as_of),
    ]
