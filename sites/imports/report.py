"""The report of an import: one line for each row of the file, and the counts."""

import csv
import gzip
import io
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.cells import harmless
from sites.enums import Outcome

HEADER = [_("ligne"), _("résultat"), _("motif"), _("remarques"), _("objet"), _("code"), _("proposition")]
LINE, SUBJECT, CODE, PROPOSAL = 0, 4, 5, 6
MEANT = _("vouliez-vous dire « %(word)s » ?")


class Report:
    """Written as the rows are settled; kept gzipped in memory, a few bytes a row.

    Args:
        reasons: every reason and remark there can be, with what people read.
        accepted: the words a row may be told to use instead of its own, each with its code.
    """

    def __init__(self, reasons: type[TextChoices], accepted: Iterable[tuple[str, str]] = ()) -> None:
        self._words = {code: str(label) for code, label in reasons.choices}
        self._meant = {code: MEANT % {"word": word} for word, code in accepted}
        # Without words to propose there is no column for them.
        self._width = len(HEADER) if self._meant else PROPOSAL
        self._counts: dict[Outcome, Counter[str]] = defaultdict(Counter)
        self._remarks: Counter[str] = Counter()
        self._bytes = io.BytesIO()
        self._file = io.TextIOWrapper(
            gzip.GzipFile(fileobj=self._bytes, mode="wb", compresslevel=5, mtime=0), "utf-8-sig", newline=""
        )
        self._csv = csv.writer(self._file, delimiter=";")
        self._csv.writerow(HEADER[: self._width])

    def add(
        self,
        line: int,
        outcome: Outcome,
        reason: str,
        *,
        remarks: str = "",
        subject: str = "",
        proposal: str = "",
    ) -> None:
        """Say what became of a row.

        Args:
            line: its number in the file.
            outcome: what became of it.
            reason: code of why.
            remarks: codes of what else is to be known, separated by spaces.
            subject: the words by which its author will know it again.
            proposal: code of the accepted word that its author may have meant.
        """
        self._counts[outcome][reason] += 1
        noticed = list(dict.fromkeys(remarks.split()))
        self._remarks.update(noticed)
        meant = [self._meant[proposal]] if proposal else []
        told = " ; ".join([self._words[code] for code in noticed] + meant)
        row = [line, outcome.label, self._words[reason], told, harmless(subject), reason, proposal]
        self._csv.writerow(row[: self._width])

    def finish(self) -> tuple[dict[str, dict[str, int]], bytes]:
        """Close the report; return the counts (outcome or "remarks" → code → rows) and its bytes."""
        self._file.close()
        counts = {outcome.value: dict(reasons) for outcome, reasons in self._counts.items()}
        return counts | ({"remarks": dict(self._remarks)} if self._remarks else {}), self._bytes.getvalue()
