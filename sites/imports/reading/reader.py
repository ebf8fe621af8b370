"""Recognise a file, and read it as one table."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import layout
from .contract import BrokenFileError, Choices, Doubt, Recognised, Row, Table
from .layout import Layout
from .shaping import Shape
from .sources import Source, open_source

_RECOGNISED = Choices()
_SAMPLES = 3
# The most titles that are told to be the same, the most columns of each, and the letters of a value.
_MOST_SAME, _SAMPLE_LENGTH = 50, 100


def recognise(file: Path, choices: Choices = _RECOGNISED) -> Recognised:
    """Recognise what ``file`` is, by its content and first rows; what a person chose is taken as it is.

    Raises:
        BrokenFileError: it cannot be read, or is empty.
    """
    with closing(open_source(file.open("rb"), choices)) as source:
        place = _place(source, choices)
        header, body = _parts(source, place)
        return Recognised(
            format=source.unpacked.format,
            members=source.unpacked.members,
            member=source.unpacked.member,
            sheets=source.sheets,
            sheet=source.sheet,
            header_row=place.row,
            header_rows=place.rows,
            encoding=source.encoding,
            delimiter=source.delimiter,
            doubts=(*source.doubts, *_same_titles(header, body)),
            remarks=tuple(source.remarks),
            header=header,
            estimate=source.estimate,
        )


def read(file: Path | bytes, choices: Choices = _RECOGNISED) -> Table:
    """Open a file as a table; rows are read as they are asked for.

    Raises:
        BrokenFileError: it cannot be read, is empty, or must be chosen from; now, or while rows are read.
    """
    source = open_source(_opened(file), choices)
    try:
        _refuse_undecided(source, choices)
        place = _place(source, choices)
        header, body = _parts(source, place)
    except BaseException:
        source.close()
        raise
    remarks = list(source.remarks)
    shape = Shape(
        width=len(header),
        usual=_usual(body, len(header)),
        ragged=source.ragged,
        unended=source.unended,
    )
    return Table(header, source.estimate, _Rows(source, place, shape, remarks), remarks)


class _Rows(Iterator[Row]):
    """The rows under the header of a source, which is closed after the last or with them."""

    def __init__(self, source: Source, place: Layout, shape: Shape, remarks: list[str]) -> None:
        self._source = source
        start = place.row + place.rows
        self._all = source.rows()
        self._rows = shape.rows((row for row in self._all if row.number >= start), remarks)

    def __next__(self) -> Row:
        try:
            return next(self._rows)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop reading, and close the file."""
        self._all.close()
        self._source.close()

    def __del__(self) -> None:
        self.close()


def _opened(file: Path | bytes) -> IO[bytes]:
    if isinstance(file, Path):
        return file.open("rb")
    opened = TemporaryFile()  # noqa: SIM115 - the source closes it
    opened.write(file)
    return opened


def _place(source: Source, choices: Choices) -> Layout:
    place = layout.find(source.head)
    if not place.rows:
        raise BrokenFileError(gettext_lazy("Le fichier est vide."))
    if choices.header_row:
        return Layout(choices.header_row, choices.header_rows or 1)
    return Layout(place.row, choices.header_rows or place.rows)


def _parts(source: Source, place: Layout) -> tuple[list[str], list[Row]]:
    """Return the titles and the rows of the head under them.

    Raises:
        BrokenFileError: the row chosen for the titles is empty.
    """
    header = layout.header_of(source.head, place)
    body = [row for row in source.head if row.number >= place.row + place.rows]
    if not any(header):
        message = gettext_lazy("La ligne %(number)d ne porte pas de titres.")
        raise BrokenFileError(lambda: message % {"number": place.row})
    if source.ragged:
        return header, body
    width = max(layout.extent(row.cells) for row in (Row(0, header), *body))
    return [*header, *[""] * width][:width], body


def _usual(body: Sequence[Row], width: int) -> int:
    """Return the number of cells that most rows of the head have, at most that of the header."""
    counts = Counter(len(row.cells) for row in body if any(row.cells))
    return min(width, max(counts, key=lambda cells: (counts[cells], cells), default=width))


def _same_titles(header: list[str], body: Sequence[Row]) -> Iterator[Doubt]:
    """Yield the doubt about columns of one title, if any: the positions are apart, what they mean is not."""
    same = [title for title, count in Counter(header).items() if title and count > 1][:_MOST_SAME]
    if same:
        places: dict[str, list[int]] = {title: [] for title in same}
        for place, title in enumerate(header):
            if title in places and len(places[title]) < _MOST_SAME:
                places[title].append(place)
        samples = [tuple(_first_value(body, place) for place in found) for found in places.values()]
        yield Doubt("duplicate_titles", tuple(same), tuple(samples))


def _first_value(body: Sequence[Row], place: int) -> str:
    found = next((row.cells[place] for row in body if place < len(row.cells) and row.cells[place]), "")
    return found[:_SAMPLE_LENGTH]


def _refuse_undecided(source: Source, choices: Choices) -> None:
    """Check that nothing is read by a choice that only a person can make.

    Raises:
        BrokenFileError: an archive holds several files, or the text has characters of an unknown encoding.
    """
    if len(source.unpacked.members) > 1 and not choices.member:
        names = ", ".join(_("« %(text)s »") % {"text": name} for name in source.unpacked.members[:_SAMPLES])
        message = gettext_lazy("L’archive contient plusieurs fichiers (%(names)s…) : envoyez-en un seul.")
        raise BrokenFileError(lambda: message % {"names": names})
    for doubt in source.doubts:
        if doubt.code == "encoding" and any("\ufffd" in sample for sample in doubt.samples[0]):
            message = gettext_lazy(
                "Ce fichier n’est ni en UTF-8 ni en Windows-1252 : enregistrez-le en « CSV UTF-8 »."
            )
            raise BrokenFileError(message)
