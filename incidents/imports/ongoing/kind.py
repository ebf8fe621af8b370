"""Describe a kind of lasting record to the import: its columns, what it is known by, what may differ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sites.imports.profiles import Profile, Values

Columns = Mapping[str, str]
# A function that reads the fields of a row: the staged columns of the kind, or the reason why it is refused.
Reader = Callable[[Values, list[str]], dict[str, Any] | str]


def _nothing(_cursor: Any) -> None:
    pass


@dataclass(frozen=True)
class Kind:
    """A kind of lasting record.

    Attributes:
        table: its table.
        required: fields that a row must have.
        staged: columns of the kind that a row fills beside those of every file, with their types.
        settled: columns that are filled later, with their types.
        meaning: column of the table → staged column, by which a row is known beside its place.
        content: field of a file → column of the table → staged column: what it may say anew.
        words: fields of a file whose words the report quotes.
        reader: function that returns the reader of the rows of a profile.
        insert: statements that record the rows without a reason.
        told: function that returns in words the values of ``meaning`` and ``content``, by column of the table.
        days: staged columns of days that only this kind has, beside the first and the last one.
        settle: function that settles what only this kind has, once days are known.
        differs: further condition that the state with the alias ``{known}`` says something else than the row ``s``.
        take: statements that follow the update of records that differ.
        rereads: assignments of that update beside the columns of the file: what it says anew was read again.
    """

    table: str
    required: tuple[str, ...]
    staged: Columns
    meaning: Columns
    content: Mapping[str, Columns]
    words: tuple[str, ...]
    reader: Callable[[Profile], Reader]
    insert: tuple[str, ...]
    told: Callable[[dict[str, Any]], list[str]]
    settled: Columns = field(default_factory=dict)
    days: tuple[str, ...] = ()
    settle: Callable[[Any], None] = _nothing
    differs: str = "false"
    take: tuple[str, ...] = ()
    rereads: tuple[str, ...] = ()

    def compared(self, fields: set[str]) -> dict[str, str]:
        """Return column of the table → staged column, for what a file with these fields tells."""
        content = [columns for name, columns in self.content.items() if name in fields]
        return dict(self.meaning) | {name: staged for columns in content for name, staged in columns.items()}
