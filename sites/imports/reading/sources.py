"""Open a file as rows, whatever its format, as many times as they are read."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from io import SEEK_END
from itertools import islice
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import encodings, layout, process
from .contract import BrokenFileError, Choices, Doubt, Row
from .delimited import cleaned, csv_rows, delimiter_of, text_rows
from .unpacking import Unpacked, unpack

# The format that no spreadsheet opens: nothing keeps its texts from being computed.
_UNGUARDED = "geojson"
# The cells of the first rows that are held: the whole of them in a table of thousands of columns.
_HEAD_CELLS = 500_000


@dataclass
class Source:
    """An open file: what it is, its first rows, and all its rows.

    Attributes:
        unpacked: the file without its compression.
        head: the first rows, empty ones too.
        rows: function that reads all the rows from the first.
        estimate: the approximate number of rows.
        ragged: True where a row may have fewer cells by mistake: in text; a workbook leaves out empty cells.
        unended: True where the last line of a text has no end, so that it may be cut short.
    """

    unpacked: Unpacked
    head: list[Row]
    rows: Callable[[], Generator[Row]]
    estimate: int
    ragged: bool = False
    unended: bool = False
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    doubts: list[Doubt] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Close the file, and delete its unpacked copy."""
        self.unpacked.file.close()


def open_source(file: IO[bytes], choices: Choices) -> Source:
    """Open ``file`` as its content and the choices say; the source closes it.

    Raises:
        BrokenFileError: it cannot be read, or lacks what was chosen.
    """
    try:
        unpacked = unpack(file, choices.member)
        try:
            source = _text(unpacked, choices) if unpacked.format == "csv" else _book(unpacked, choices)
        except BaseException:
            unpacked.file.close()
            raise
    except BaseException:
        file.close()
        raise
    if len(unpacked.members) > 1 and not choices.member:
        source.doubts.append(_member_doubt(source))
    return source


def _member_doubt(source: Source) -> Doubt:
    members = source.unpacked.members
    return Doubt("member", members, tuple(() for _member in members))


def _text(unpacked: Unpacked, choices: Choices) -> Source:
    encoding, doubts, lines = encodings.find(unpacked.file, choices.encoding)
    delimiter = choices.delimiter or delimiter_of(unpacked.file, encoding)
    rows = partial(text_rows, unpacked.file, encoding, delimiter)
    with closing(rows()) as first:
        head = list(_head(first))
    return Source(
        unpacked,
        head,
        rows,
        lines,
        ragged=True,
        unended=_unended(unpacked.file),
        encoding=encoding,
        delimiter=delimiter,
        doubts=list(doubts),
    )


def _head(rows: Iterator[Row]) -> Iterator[Row]:
    """Yield the first rows: fewer of very wide ones, which would take too much memory."""
    left = _HEAD_CELLS
    for row in islice(rows, layout.HEAD):
        yield row
        left -= len(row.cells)
        if left < 0:
            return


def _unended(file: IO[bytes]) -> bool:
    file.seek(max(0, file.seek(0, SEEK_END) - 4))
    return b"\n" not in (tail := file.read()) and b"\r" not in tail


def _book(unpacked: Unpacked, choices: Choices) -> Source:
    sheets: list[dict[str, Any]] = process.answer(unpacked.file, "heads", unpacked.format, str(layout.HEAD))
    heads = {
        sheet["name"]: [
            Row(number, cleaned(cells, guarded=unpacked.format != _UNGUARDED))
            for number, cells in enumerate(sheet["rows"], 1)
        ]
        for sheet in sheets
    }
    heights = {sheet["name"]: sheet["height"] for sheet in sheets}
    name, rivals = _sheet(heads, choices.sheet)
    source = Source(
        unpacked,
        heads[name],
        partial(_sheet_rows, unpacked, name),
        heights[name],
        sheets=tuple(heads),
        sheet=name,
    )
    if any(sheet["merged"] for sheet in sheets if sheet["name"] == name):
        source.remarks.append(
            _(
                "Des cellules sont fusionnées sur plusieurs lignes : leur valeur compte pour chacune de ces lignes."
            )
        )
    if rivals:
        titles = [tuple(layout.header_of(heads[rival], layout.find(heads[rival]))) for rival in rivals]
        source.doubts.append(Doubt("sheet", rivals, tuple(titles)))
    elif len(heads) > 1 and not choices.sheet:
        source.remarks.append(_("La feuille lue est « %(name)s ».") % {"name": name})
    return source


def _sheet(heads: dict[str, list[Row]], chosen: str) -> tuple[str, tuple[str, ...]]:
    """Return the sheet to read, and the sheets to choose from where several look like a table."""
    if chosen:
        if chosen not in heads:
            message = gettext_lazy("Ce classeur n’a pas de feuille « %(name)s ».")
            raise BrokenFileError(lambda: message % {"name": chosen})
        return chosen, ()
    if not heads:
        raise BrokenFileError(gettext_lazy("Le fichier est vide."))
    looks = {name: layout.looks_like_a_table(head) for name, head in heads.items()}
    tables = [name for name in heads if looks[name] > (0, 0)]
    if not tables:
        filled = (name for name, head in heads.items() if any(any(row.cells) for row in head))
        return next(filled, next(iter(heads))), ()
    # Lists of words, of two or three columns, stand beside the table they are for.
    best = max(tables, key=lambda name: looks[name][1])
    rivals = [name for name in tables if looks[name][1] > looks[best][1] / 2]
    return rivals[0], (tuple(rivals) if len(rivals) > 1 else ())


def _sheet_rows(unpacked: Unpacked, name: str) -> Generator[Row]:
    with process.piped(unpacked.file, "rows", unpacked.format, name) as text:
        yield from csv_rows(text, ",", guarded=unpacked.format != _UNGUARDED)
