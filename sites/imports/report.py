"""Write the report of an import: one line per row of the file, and the counts."""

import csv
import gzip
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile
from typing import IO, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.cells import harmless
from sites.enums import Outcome

HEADER = [_("ligne"), _("résultat"), _("motif"), _("remarques"), _("objet"), _("code"), _("proposition")]
LINE, OUTCOME, REASON, SUBJECT, CODE, PROPOSAL = 0, 1, 2, 4, 5, 6
# How many rows a preview shows for each reason.
_EXAMPLES = 5
MEANT = _("vouliez-vous dire « %(word)s » ?")


def counted(cells: Sequence[str], width: int) -> str:
    """Return what the report says of a row that has not one cell for each of ``width`` titles: no cell of it is quoted.

    What such a cell holds is not known: the comment about a person may stand in the column of the address.
    """
    return str(_("%(cells)d cellules pour %(titles)d colonnes") % {"cells": len(cells), "titles": width})


class Report:
    """The report of an import, written as rows are settled to a gzipped temporary file, which is there within its block.

    Args:
        reasons: every possible reason and remark, with its label.
        accepted: the words that may be proposed for a row's own, each with its code.
    """

    def __init__(self, reasons: type[TextChoices], accepted: Iterable[tuple[str, str]] = ()) -> None:
        self._words = {code: str(label) for code, label in reasons.choices}
        self._meant = {code: MEANT % {"word": word} for word, code in accepted}
        # Without words to propose, the report has no such column.
        self._width = len(HEADER) if self._meant else PROPOSAL
        self._counts: dict[Outcome, Counter[str]] = defaultdict(Counter)
        self._remarks: Counter[str] = Counter()
        # Outcome → reason → the first rows: their numbers in the file and the words that tell them.
        self.examples: dict[str, dict[str, list[tuple[int, str]]]] = {}
        self._packed: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed at the end of the block
        self._file = io.TextIOWrapper(
            gzip.GzipFile(fileobj=self._packed, mode="wb", compresslevel=5, mtime=0), "utf-8-sig", newline=""
        )
        self._csv = csv.writer(self._file, delimiter=";")
        self._csv.writerow(HEADER[: self._width])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._file.close()
        self._packed.close()

    def add(
        self,
        line: int,
        outcome: Outcome,
        reason: str,
        *,
        remarks: str = "",
        subject: str = "",
        proposal: str = "",
        hint: str = "",
    ) -> None:
        """Record the outcome of a row.

        Args:
            line: the row's number in the file.
            outcome: the outcome of the row.
            reason: code of the reason.
            remarks: codes of further remarks, separated by spaces.
            subject: words by which the file's author recognises the row.
            proposal: code of the accepted word that the author may have meant.
            hint: what to write in place of what the row says; it follows the reason wherever that is told.
        """
        self._counts[outcome][reason] += 1
        if self._counts[outcome][reason] <= _EXAMPLES:
            self.examples.setdefault(outcome.value, {}).setdefault(reason, []).append(
                (line, " – ".join(filter(None, (subject, hint))))
            )
        noticed = list(dict.fromkeys(remarks.split()))
        self._remarks.update(noticed)
        meant = [self._meant[proposal]] if proposal else []
        told = " ; ".join([self._words[code] for code in noticed] + meant)
        why = f"{self._words[reason]} – {hint}" if hint else self._words[reason]
        row = [line, outcome.label, why, told, harmless(subject), reason, proposal]
        self._csv.writerow(row[: self._width])

    def finish(self) -> tuple[dict[str, dict[str, int]], IO[bytes]]:
        """End the report; return the counts (outcome or "remarks" → code → rows) and the file, open at its start."""
        self._file.close()
        self._packed.seek(0)
        counts = {outcome.value: dict(reasons) for outcome, reasons in self._counts.items()}
        return counts | ({"remarks": dict(self._remarks)} if self._remarks else {}), self._packed
