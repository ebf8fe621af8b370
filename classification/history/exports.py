"""Write the history to a file: one row for each end of month, for today, and for each campaign."""

import datetime as dt
from collections.abc import Iterator
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from classification.method.scale import Mark
from core.files import Column, csv_file, xlsx_file

from .reading import History, Point
from .showing import ORDER


class Line(NamedTuple):
    """A row of the file: what it tells of, by which grid, and the point."""

    what: str
    day: dt.date
    grid: str
    point: Point


def history_file(kind: str, found: History) -> IO[bytes]:
    """Return the history as a file of ``kind`` (a key of :data:`core.files.KINDS`)."""
    rows, columns = lines(found), _columns()
    return csv_file(rows, columns) if kind == "csv" else xlsx_file(rows, columns, _("Évolution des niveaux"))


def lines(found: History) -> Iterator[Line]:
    """Yield the rows: the months, today, then the campaigns."""
    grids = ", ".join(str(one) for one in found.grids)
    last = found.points[-1]
    for point in found.points:
        yield Line(_("aujourd’hui") if point is last else _("fin de mois"), point.day, grids, point)
    for one in found.diagnoses:
        what = _("campagne : %(name)s") % {"name": one.campaign.name}
        yield Line(what, one.point.day, str(one.campaign.grid_version), one.point)


def _columns() -> list[Column]:
    return [
        (_("Relevé"), lambda line: line.what),
        (_("Au"), lambda line: line.day),
        (_("Grille"), lambda line: line.grid),
        *(_number(mark) for mark in ORDER),
        (_("Résidences"), lambda line: line.point.total),
        *(_share(mark) for mark in ORDER),
    ]


def _name(mark: Mark) -> str:
    return _("Niveau %(n)s") % {"n": mark.value} if mark else _("Saisie interrompue")


def _number(mark: Mark) -> Column:
    return _name(mark), lambda line: line.point.counts[mark - 1]


def _share(mark: Mark) -> Column:
    title = _("%(name)s, part (%%)") % {"name": _name(mark)}
    return title, lambda line: _rounded(line.point.share(line.point.counts[mark - 1]))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
