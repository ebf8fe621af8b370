"""What an import came to, in words."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from sites.enums import Outcome
from sites.models import ImportRun

from .run import importer_of

_HEADINGS = {
    Outcome.IMPORTED: _("Lignes importées"),
    Outcome.MERGED: _("Lignes fusionnées"),
    Outcome.UNCHANGED: _("Lignes inchangées"),
    Outcome.REJECTED: _("Lignes écartées"),
}


class Line(NamedTuple):
    """A number of rows and what they share."""

    label: str
    rows: int


class Group(NamedTuple):
    """The rows that ended alike, by reason, the most frequent first."""

    label: str
    rows: int
    lines: list[Line]


def outcomes(run: ImportRun) -> list[Group]:
    """Return the rows by outcome and reason."""
    return [
        Group(str(_HEADINGS[outcome]), sum(reasons.values()), _lines(run, reasons))
        for outcome in Outcome
        if (reasons := run.counts.get(outcome.value))
    ]


def remarks(run: ImportRun) -> list[Line]:
    """Return what else was noticed, on rows counted elsewhere."""
    return _lines(run, run.counts.get("remarks", {}))


def total(run: ImportRun) -> int:
    """Return the number of rows of the file."""
    return sum(group.rows for group in outcomes(run))


def _lines(run: ImportRun, reasons: dict[str, int]) -> list[Line]:
    labels = dict(importer_of(run.kind).reasons.choices)
    return [
        Line(str(labels.get(code, code)), rows) for code, rows in sorted(reasons.items(), key=lambda r: -r[1])
    ]
