"""Define what reading a file takes and gives: choices, what was recognised, doubts, rows."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from core.jobs import JobError

# The endings of the names of files that are read; their content alone says what they are.
ENDINGS = (
    ".csv",
    ".txt",
    ".tsv",
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".xls",
    ".ods",
    ".geojson",
    ".json",
    ".zip",
    ".gz",
)


class BrokenFileError(JobError):
    """The error of a file that cannot be imported; the message tells its author where and why."""


@dataclass(frozen=True)
class Choices:
    """A person's choices on how to read a file; what is empty or 0 is recognised.

    Attributes:
        member: the name of the file to read in an archive.
        sheet: the name of the sheet to read in a workbook.
        header_row: the number of the first row of titles, as a spreadsheet shows it.
        header_rows: the number of rows that hold the titles, 1 or 2.
        encoding: the encoding of a text file, by its Python name.
        delimiter: the character between the cells of a text file.
    """

    member: str = ""
    sheet: str = ""
    header_row: int = 0
    header_rows: int = 0
    encoding: str = ""
    delimiter: str = ""

    def as_dict(self) -> dict[str, str | int]:
        """Return the choices for JSON; ``Choices(**…)`` takes them back."""
        return asdict(self)


@dataclass(frozen=True)
class Doubt:
    """A question that reading cannot decide; until it is answered, the first choice holds.

    Attributes:
        code: what it is about: "member", "sheet" or "encoding", which are fields of :class:`Choices`, or
            "duplicate_titles", where the choices are the titles and mapping decides.
        choices: the values to choose from.
        samples: for each choice, the first values of the file as that choice gives them.
    """

    code: str
    choices: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Recognised:
    """What a file is, found from its content and the choices made.

    Attributes:
        format: "csv", "xlsx", "xlsb", "xls", "ods" or "geojson".
        members: the files of an archive; empty when the file is none.
        member: the file read in it.
        sheets: the names of the sheets of a workbook.
        sheet: the sheet read.
        header_row: the number of the first row of titles, as a spreadsheet shows it.
        header_rows: the number of rows that hold the titles.
        encoding: the encoding of a text file, by its Python name; empty for other formats.
        delimiter: the character between the cells of a text file; empty for other formats.
        doubts: the questions for a person.
        remarks: what was left out or decided, in sentences in the active language.
        header: the titles by position, trimmed; some may be empty or the same.
        estimate: the approximate number of rows.
    """

    format: str
    members: tuple[str, ...]
    member: str
    sheets: tuple[str, ...]
    sheet: str
    header_row: int
    header_rows: int
    encoding: str
    delimiter: str
    doubts: tuple[Doubt, ...]
    remarks: tuple[str, ...]
    header: list[str]
    estimate: int

    @property
    def choices(self) -> Choices:
        """The choices that give this reading again, whatever else the file would let guess."""
        return Choices(
            self.member, self.sheet, self.header_row, self.header_rows, self.encoding, self.delimiter
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file; ``number`` is the one a spreadsheet shows beside it.

    A row has as many cells as the header, unless the file gives it another number that cannot be put right:
    it then keeps its own, and is not to be imported.
    """

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """The header of a file and its rows, read lazily.

    Attributes:
        header: the column titles by position, trimmed; some may be empty or the same.
        estimate: the approximate number of rows, for progress.
        rows: the rows after the header, without empty ones and final totals.
        remarks: what was left out or decided, in sentences in the active language; complete once the rows
            are read.
    """

    header: list[str]
    estimate: int
    rows: Iterator[Row]
    remarks: list[str] = field(default_factory=list)
