"""Give the rows that were not imported back as a file: their own columns, and in front the row and the reason."""

import csv
import gzip
import io
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from django.utils.translation import gettext_lazy as _

from core.cells import harmless
from sites.enums import Outcome

from .guard import speaks_of_somebody
from .mapping.fields import bare
from .reading import Table
from .report import CODE, LINE, OUTCOME, REASON

# In French whoever reads: the file is recognised by these titles when it is sent back.
OWN = ("ligne d’origine", "motif de l’écart")
# Inspecting a cell takes time; beyond so many rows or letters, rows come back with their number and reason alone.
MOST_WHOLE, MOST_LETTERS = 20_000, 10_000_000
LEFT_OUT = _("cellules non reprises : elles désignent peut-être une personne")
# The number of a row, the code of its reason, the reason in words.
_Reason = tuple[int, str, str]
_OUTCOMES = {Outcome.REJECTED, Outcome.ASKED}


def own_columns(headers: Iterable[str]) -> int:
    """Return how many columns in front are those that this module adds."""
    first = [bare(title) for title in headers][: len(OWN)]
    return len(OWN) if first == [bare(title) for title in OWN] else 0


class Rules(NamedTuple):
    """What may come back of a file.

    Attributes:
        spared: the positions of the columns whose cells are not inspected: residences bear names of people.
        withheld: codes of reasons for which a row comes back as its number and reason alone.
        by_choice: codes of reasons that are no mistake of the file; their rows stay out.
    """

    spared: Collection[int] = ()
    withheld: Collection[str] = ()
    by_choice: Collection[str] = ()


def rejected_rows(table: Table, report: IO[bytes], rules: Rules) -> IO[bytes] | None:
    """Return the gzipped CSV of the rows that the report calls rejected or to be decided; None where there are none.

    It is an open temporary file. A row that seems to speak of a person comes back as its number and reason alone.

    Args:
        table: the file, read again.
        report: the report of its import, as it is stored.
        rules: what may come back.
    """
    shift = own_columns(table.header)
    reasons = _reasons(report, rules)
    first = next(reasons, None)
    if first is None:
        return None
    content: IO[bytes] = TemporaryFile()  # noqa: SIM115 - the caller closes it
    with gzip.GzipFile(fileobj=content, mode="wb", compresslevel=5, mtime=0) as packed:
        text = io.TextIOWrapper(packed, "utf-8-sig", newline="")
        writer = csv.writer(text, delimiter=";")
        # Without a line of titles, the first row stands there.
        titles = ["" if speaks_of_somebody(title) else harmless(title) for title in table.header[shift:]]
        writer.writerow([*OWN, *titles])
        writer.writerows(_lines(table, chain([first], reasons), rules, shift))
        text.flush()
        text.detach()
    content.seek(0)
    return content


def _lines(table: Table, reasons: Iterator[_Reason], rules: Rules, shift: int) -> Iterator[list[object]]:
    rows = iter(table.rows)
    letters = MOST_LETTERS
    for number, (line, code, reason) in enumerate(reasons):
        row = next((row for row in rows if row.number == line), None)
        cells = row.cells if row and number < MOST_WHOLE and code not in rules.withheld else []
        letters -= sum(map(len, cells))
        if letters < 0:
            cells = []
        # In a row of another number of cells, any column may hold the comment.
        spared = rules.spared if len(cells) == len(table.header) else ()
        if any(speaks_of_somebody(cell) for place, cell in enumerate(cells) if place not in spared):
            yield [line, f"{reason} ({LEFT_OUT})"]
        else:
            yield [line, reason, *map(harmless, cells[shift:])]


def _reasons(report: IO[bytes], rules: Rules) -> Iterator[_Reason]:
    labels = {str(outcome.label) for outcome in _OUTCOMES}
    with gzip.open(report, "rt", encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows, None)
        for row in rows:
            if row[OUTCOME] in labels and row[CODE] not in rules.by_choice:
                yield int(row[LINE]), row[CODE], row[REASON]
