"""Lay out what a release tells, for its page, its files and its document."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from classification.campaigns.families import families
from classification.method.scale import Mark
from core.files import Column
from partners.models import PlenaryRelease

from .content import CHANGED, ELSEWHERE, FEW

_HOMES = 1000
_NO_NAMES = ("Quartier prioritaire", "Hors quartier prioritaire", "Ensemble de la commune")


class Cell(NamedTuple):
    """A number that is told, with its rate for 1,000 homes, or None for both; and what its column is called."""

    label: str
    number: int | None
    rate: float | None


class Line(NamedTuple):
    """A line of the tables: a commune (the sum of what is told of its areas), one of its areas, or both in one.

    Attributes:
        why: why nothing is told of it; empty where something may be.
    """

    commune: str
    area: str
    homes: int
    why: str
    sites: list[Cell]
    facts: list[Cell]
    is_commune: bool


def rate_of(number: int, homes: int) -> float | None:
    """Return a number for 1,000 homes, rounded down to a tenth, as what it is made of is the least there is.

    >>> rate_of(10, 1_500), rate_of(10, 0)
    (6.6, None)
    """
    return 10 * _HOMES * number // homes / 10 if homes else None


def columns_of(content: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the keys and the names of the columns of both tables, in the reader's language."""
    marks = [
        (str(mark), _("Niveau %(n)s") % {"n": mark} if mark else str(capfirst(Mark(mark).label)))
        for mark in content["marks"]
    ]
    now = dict(families())
    return marks, [(code, now.get(code, label)) for code, label in content["families"]]


def lines_of(content: Mapping[str, Any]) -> list[Line]:
    """Return the lines of a release, each commune followed by its areas where it has several."""
    columns, said = columns_of(content), whys()
    lines = []
    for town in content["communes"]:
        lines += list(_lines(town, columns, said))
    return lines


def _lines(town: Mapping[str, Any], columns: Any, said: Mapping[str, str]) -> Iterator[Line]:
    areas = town["areas"]
    alone = areas[0] if len(areas) == 1 else {"why": town["why"], "name": ""}
    yield _line(town, alone["name"] if len(areas) == 1 else "", alone["why"], columns, said, town["name"])
    for area in areas if len(areas) > 1 else ():
        yield _line(area, area["name"], area["why"], columns, said, town["name"], is_commune=False)


def _line(
    told: Mapping[str, Any],
    area: str,
    why: str,
    columns: Any,
    said: Mapping[str, str],
    commune: str,
    *,
    is_commune: bool = True,
) -> Line:
    homes = told["homes"]
    sites, facts = (
        [_cell(label, table.get(key), homes) for key, label in named]
        for named, table in zip(columns, (told["sites"], told["facts"]), strict=True)
    )
    # What is no neighbourhood's name was frozen in French, and is a text of the catalogue.
    area = _(area) if area in _NO_NAMES else area
    return Line(commune, area, homes, said[why], sites, facts, is_commune)


def _cell(label: str, number: int | None, homes: int) -> Cell:
    return Cell(label, number, None if number is None else rate_of(number, homes))


def whys() -> dict[str, str]:
    """Return the words for each reason to tell nothing."""
    return {
        "": "",
        FEW: _("moins de trois bailleurs, ou un seul qui a presque tous les logements (plus de 85 %)"),
        CHANGED: _("les bailleurs ou les quartiers ne sont plus ceux des statistiques précédentes"),
        ELSEWHERE: _("comptée dans les statistiques d’un autre territoire"),
    }


def method_of(content: Mapping[str, Any]) -> list[str]:
    """Return the method in three sentences."""
    return [
        _(
            "Les sites sont comptés au niveau que leur bailleur a retenu, à défaut au niveau que la méthode propose."
        ),
        _(
            "Les faits sont des jours : un jour compte une fois par site et par nature de fait, sur %(days)s jours."
        )
        % {"days": content["days"]},
        _(
            "Chaque nombre est un minimum, par paliers de cinq, atteint sans compter le bailleur qui y contribue le plus ; "
            "celui d’une commune est la somme de ses quartiers."
        ),
    ]


def secrecy_of() -> str:
    """Return what is suppressed, and why."""
    return _(
        "n. c. : non communiqué. Sont tus les nombres de moins de cinq, ceux qui permettraient d’en déduire un, et les "
        "quartiers où un bailleur pourrait retrancher ses propres chiffres et lire ceux d’un autre."
    )


def file_columns(release: PlenaryRelease) -> list[Column]:
    """Return the columns of a file of the lines of a release; the last one says what the numbers are worth."""
    marks, kinds = columns_of(release.told)
    said = _("%(number)s, au moins"), _("%(number)s, pour 1 000 logements")
    columns: list[Column] = [
        (_("Commune"), lambda line: line.commune),
        (_("Quartier"), lambda line: line.area or _("Somme des quartiers")),
        (_("Logements"), lambda line: line.homes),
    ]
    for table, named in (("sites", marks), ("facts", kinds)):
        for place, (_key, label) in enumerate(named):
            columns += [
                (said[0] % {"number": label}, _reads(table, place, "number")),
                (said[1] % {"number": label}, _reads(table, place, "rate")),
            ]
    return [*columns, (_("Précision"), lambda line: line.why or secrecy_of())]


def _reads(table: str, place: int, what: str) -> Any:
    def read(line: Line) -> Any:
        value = getattr(getattr(line, table)[place], what)
        return _("n. c.") if value is None else value

    return read
