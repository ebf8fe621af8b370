"""Write the history to a file: one row for each end of month, for today, and for each campaign."""

import datetime as dt
from collections.abc import Iterator
from typing import IO, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from classification.method.scale import Mark
from core.files import Column, csv_file, xlsx_file

from .reach import Point
from .reading import History
from .showing import ORDER


class Line(NamedTuple):
    """A row of the file: what it tells of, by which grid, the point, and what it lacks."""

    what: str
    day: dt.date
    grid: str
    point: Point
    remark: str = ""


def history_file(kind: str, found: History) -> IO[bytes]:
    """Return the history as a file of ``kind`` (a key of :data:`core.files.KINDS`)."""
    rows, columns = lines(found), _columns()
    return csv_file(rows, columns) if kind == "csv" else xlsx_file(rows, columns, _("Évolution des niveaux"))


def lines(found: History) -> Iterator[Line]:
    """Yield the rows: the months, today, then the campaigns."""
    grids = ", ".join(str(one) for one in found.grids)
    last = found.points[-1]
    for point in found.points:
        what = _("aujourd’hui") if point is last else _("fin de mois")
        yield Line(what, point.day, grids, point, _missing(point))
    for place, one in enumerate(found.diagnoses):
        what = _("campagne : %(name)s") % {"name": one.campaign.name}
        remark = "" if place else left_out(found.left_out)
        yield Line(what, one.point.day, str(one.campaign.grid_version), one.point, remark)


def left_out(number: int) -> str:
    """Return the sentence that says how many campaigns before the first one are not told; empty for none."""
    text = ngettext(
        "%(n)s campagne plus ancienne n’est pas montrée.",
        "%(n)s campagnes plus anciennes ne sont pas montrées.",
        number,
    )
    return text % {"n": number} if number else ""


def _missing(point: Point) -> str:
    names = ", ".join(point.missing)
    return _("incomplet, pas encore calculé : %(names)s") % {"names": names} if names else ""


def _columns() -> list[Column]:
    return [
        (_("Relevé"), lambda line: line.what),
        (_("Au"), lambda line: line.day),
        (_("Grille"), lambda line: line.grid),
        *(_number(mark) for mark in ORDER),
        (_("Résidences"), lambda line: None if line.point.missing else line.point.total),
        *(_share(mark) for mark in ORDER),
        (_("Remarque"), lambda line: line.remark),
    ]


def _name(mark: Mark) -> str:
    return _("Niveau %(n)s") % {"n": mark.value} if mark else _("Saisie interrompue")


def _number(mark: Mark) -> Column:
    return _name(mark), lambda line: None if _is_unknown(line.point) else line.point.counts[mark - 1]


def _share(mark: Mark) -> Column:
    title = _("%(name)s, part (%%)") % {"name": _name(mark)}
    return title, lambda line: _rounded(line.point, line.point.counts[mark - 1])


def _is_unknown(point: Point) -> bool:
    """Say whether no landlord's sites are worked out for the day."""
    return bool(point.missing) and not point.total


def _rounded(point: Point, number: int) -> float | None:
    value = None if point.missing else point.share(number)
    return None if value is None else round(value, 1)
