"""Sum up an import in words."""

import csv
import gzip
import itertools
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from sites.enums import Outcome
from sites.models import ImportRun

from .report import CODE, LINE, MEANT, PROPOSAL, SUBJECT
from .run import importer_of
from .stored import stored_column

SHOWN = 50

_HEADINGS = {
    Outcome.IMPORTED: _("Lignes importées"),
    Outcome.MERGED: _("Lignes fusionnées"),
    Outcome.UNCHANGED: _("Lignes inchangées"),
    Outcome.REJECTED: _("Lignes écartées"),
    Outcome.ASKED: _("Lignes à trancher"),
    Outcome.WAITING: _("Faits à placer"),
}


class Line(NamedTuple):
    """A number of rows, what they have in common, and in a preview the first of them: number, words."""

    label: str
    rows: int
    examples: list[tuple[int, str]]


class Group(NamedTuple):
    """The rows of one outcome, by reason, the most frequent first."""

    label: str
    rows: int
    lines: list[Line]


class Rejection(NamedTuple):
    """A row that was left out: its number in the file, words to recognise it, the reason, and what may be meant."""

    line: int
    text: str
    reason: str
    meant: str


def outcomes(run: ImportRun) -> list[Group]:
    """Return the rows by outcome and reason."""
    return [
        Group(str(_HEADINGS[outcome]), sum(reasons.values()), _lines(run, reasons, outcome.value))
        for outcome in Outcome
        if (reasons := run.counts.get(outcome.value))
    ]


def remarks(run: ImportRun) -> list[Line]:
    """Return the remarks, on rows counted by outcome as well."""
    return _lines(run, run.counts.get("remarks", {}), "")


def rejected(run: ImportRun, most: int = SHOWN) -> list[Rejection]:
    """Return the first rows that were left out by a mistake of the file, in its order."""
    by_choice = importer_of(run.kind).by_choice if run.kind else ()
    found = run.counts.get(Outcome.REJECTED.value, {})
    reasons = {code: rows for code, rows in found.items() if code not in by_choice}
    if not reasons:
        return []
    labels = dict(importer_of(run.kind).reasons.choices)
    with (
        stored_column(run, "report") as report,
        gzip.open(report, "rt", encoding="utf-8-sig", newline="") as file,
    ):
        rows = (row for row in csv.reader(file, delimiter=";") if row[CODE] in reasons)
        first = list(itertools.islice(rows, min(most, sum(reasons.values()))))
    meant = {code: MEANT % {"word": word} for word, code in importer_of(run.kind).words()}
    # Older reports have no column of proposals.
    return [
        Rejection(
            int(row[LINE]), row[SUBJECT], str(labels[row[CODE]]), meant.get("".join(row[PROPOSAL:]), "")
        )
        for row in first
    ]


def total(run: ImportRun) -> int:
    """Return the number of rows of the file."""
    return sum(group.rows for group in outcomes(run))


def _lines(run: ImportRun, reasons: dict[str, int], outcome: str) -> list[Line]:
    labels = dict(importer_of(run.kind).reasons.choices)
    examples = run.analysis.get("examples", {}).get(outcome, {})
    return [
        Line(str(labels.get(code, code)), rows, examples.get(code, []))
        for code, rows in sorted(reasons.items(), key=lambda r: -r[1])
    ]
