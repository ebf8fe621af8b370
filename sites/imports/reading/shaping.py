"""Put the rows under a header into shape: their number of cells, and totals at the end."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from sites.match_key import plain

from .contract import Row

# What a row of totals says in one of its cells, beside nothing but figures.
_TOTAL = re.compile(r"(?:SOUS[ -])?TOTA(?:L|UX)(?: GENERAL| GENERAUX)?[ :=]*[\d .,]*")
_FIGURE = re.compile(r"[-+]?\d[\d\s.,]*(?: ?[€%])?")
# More totals than these at the end, or more rows cut short one after the other, are something else.
_MOST_HELD = 5


@dataclass(frozen=True)
class Shape:
    """The shape of the rows under a header.

    Attributes:
        width: the number of titles.
        usual: the number of cells that most rows have, as far as the first rows tell.
        ragged: True where a row may have fewer cells by mistake.
        unended: True where the last line of the file has no end, so that it may be cut short.
    """

    width: int
    usual: int
    ragged: bool = False
    unended: bool = False

    def rows(self, rows: Iterable[Row], remarks: list[str]) -> Iterator[Row]:
        """Yield the rows that are not empty, in shape; what was put right is added to ``remarks``."""
        filled = (row for row in rows if any(row.cells))
        whole = self._completed(filled) if self.ragged else map(self._fitted, filled)
        return _without_totals(whole, remarks)

    def _completed(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Complete the rows that lack only empty cells at their end; leave those that a line break cut in two."""
        run: list[Row] = []
        for row in rows:
            if len(row.cells) < self.usual:
                run.append(row)
                if len(run) <= _MOST_HELD:
                    continue
            yield from self._run(run)
            yield from () if run and run[-1] is row else (self._fitted(row),)
            run = []
        yield from self._run(run, last=True)

    def _run(self, run: list[Row], *, last: bool = False) -> Iterator[Row]:
        pieces = sum(len(row.cells) - 1 for row in run) + 1
        broken = len(run) > 1 and pieces == self.usual
        for row in run:
            alone = len(row.cells) == 1 and self.usual > 2  # noqa: PLR2004
            cut = last and self.unended and row is run[-1]
            yield row if broken or alone or cut else self._fitted(row)

    def _fitted(self, row: Row) -> Row:
        if len(row.cells) < self.width:
            return replace(row, cells=[*row.cells, *[""] * (self.width - len(row.cells))])
        if len(row.cells) > self.width and not any(row.cells[self.width :]):
            return replace(row, cells=row.cells[: self.width])
        return row


def _without_totals(rows: Iterable[Row], remarks: list[str]) -> Iterator[Row]:
    held: list[Row] = []
    for row in rows:
        if _is_total(row) and len(held) < _MOST_HELD:
            held.append(row)
            continue
        yield from held
        held = []
        yield row
    for row in held:
        message = _("La ligne %(number)d, à la fin, est un total : elle n’est pas importée.")
        remarks.append(message % {"number": row.number})


def _is_total(row: Row) -> bool:
    filled = [cell for cell in row.cells if cell]
    words = [cell for cell in filled if not _FIGURE.fullmatch(cell)]
    return (
        len(filled) < len(row.cells)
        and len(words) == 1
        and _TOTAL.fullmatch(plain(words[0][:100])) is not None
    )
