"""Export what became of each site between two campaigns."""

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from core.files import Column, csv_file, xlsx_file

from .comparison import Change, explained
from .sides import Side, Sites

_CHUNK = 500


def changes_file(
    kind: str, found: Sequence[Change], before: Sites, after: Sites, *, several_landlords: bool
) -> IO[bytes]:
    """Return changes as a file of ``kind`` (a key of :data:`core.files.KINDS`), with the reasons, some hundreds at a time."""
    rows, columns = _rows(found, before, after), _columns(before, after, several=several_landlords)
    return csv_file(rows, columns) if kind == "csv" else xlsx_file(rows, columns, _("Comparaison"))


def _rows(found: Sequence[Change], before: Sites, after: Sites) -> Iterator[Change]:
    for start in range(0, len(found), _CHUNK):
        yield from explained(found[start : start + _CHUNK], before, after)


def _columns(before: Sites, after: Sites, *, several: bool) -> list[Column]:
    landlord: list[Column] = [(_("Bailleur"), lambda row: row.site.landlord)]
    return [
        (_("Résidence"), lambda row: row.site.name),
        *(landlord if several else []),
        (_("Commune"), lambda row: row.site.commune),
        (_("Code INSEE"), lambda row: row.site.code),
        (_("Logements"), lambda row: row.site.dwellings),
        (_("Évolution"), lambda row: row.move.label),
        *_of_side(_("avant"), lambda row: row.before),
        *_of_side(_("après"), lambda row: row.after),
        (_("Pourquoi"), lambda row: " ; ".join(row.why)),
        (_("Avant, niveaux au"), lambda _row: before.campaign.as_of),
        (_("Après, niveaux au"), lambda _row: after.campaign.as_of),
    ]


def _of_side(when: str, side: Callable[[Change], Side | None]) -> list[Column]:
    """Return the columns of one side; a site whose recording stopped has no number, instead of that of a quiet one."""

    def read(value: Callable[[Side], Any]) -> Callable[[Change], Any]:
        return lambda row: (found := side(row)) and value(found)

    return [
        (_("Niveau, %(when)s") % {"when": when}, read(lambda site: site.mark or None)),
        (
            _("Niveau proposé, %(when)s") % {"when": when},
            read(lambda site: site.level if site.mark else None),
        ),
        (_("Niveau retenu, %(when)s") % {"when": when}, read(lambda site: site.retained)),
        (
            _("Saisie, %(when)s") % {"when": when},
            read(lambda site: str(_("interrompue")) if site.silent else ""),
        ),
    ]
