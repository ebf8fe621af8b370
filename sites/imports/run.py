"""Describe an import under way, and register the importers of the apps above."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import TextChoices
from django.utils.functional import Promise

from accounts.models import Organisation
from sites.enums import ImportKind
from sites.models import ImportRun

from .profiles import Profile, load
from .questions import Questions
from .reading import Table
from .report import Report
from .undo.plan import Undoing

_ROWS_BETWEEN_NEWS = 2_000


@dataclass(frozen=True)
class Run:
    """An import under way.

    Attributes:
        record: the stored run.
        organisation: the landlord who imports; None for the operator, who imports for all.
        profile: the format of the file.
        table: the rows of the file.
        report: the report, which must get every row.
        tell: function that takes the share of the work done, 0 to 1.
        questions: what only a person can decide, and the answers given.
        writes: False for a preview, which settles every row as the import would and stores nothing.
    """

    record: ImportRun
    organisation: Organisation | None
    profile: Profile
    table: Table
    report: Report
    tell: Callable[[float], None]
    questions: Questions = field(default_factory=Questions)
    writes: bool = True

    def ask(self, kind: str, *, line: int, subject: str, file: str, known: str) -> str:
        """Ask about a row what only a person can decide; return the choice taken, "" while there is none.

        A row without an answer is reported as :attr:`sites.enums.Outcome.ASKED`, with ``kind`` as its reason, and
        nothing is written for it.
        """
        return self.questions.ask(kind, line=line, subject=subject, file=file, known=known)

    def tell_rows(self, done: int, share: float) -> None:
        """Report, every few thousand rows, how many rows of the file have been read.

        ``share`` is the part of the whole work that reading takes, 0 to 1.
        """
        if done % _ROWS_BETWEEN_NEWS == 0:
            self.tell(share * min(1.0, done / max(1, self.table.estimate)))


def _propose_nothing(_words: Iterable[str]) -> dict[str, str]:
    return {}


def _choose_nothing(_field: str) -> list[tuple[str, str | Promise]]:
    return []


@dataclass(frozen=True)
class Importer:
    """The importer of files of one kind.

    Attributes:
        folder: the folder of its profiles.
        run: function that imports, in the caller's transaction and scope.
        reasons: every reason and remark it can give, with its label.
        required: function that returns the fields a profile's files must have.
        undoing: how its imports are undone.
        words: function that returns the words the product's own format accepts, each with its code.
        questions: the kinds of question it asks, codes of its reasons, each with its choices and their labels.
        fields: what a column may be, with its label, in the order of the lists on pages.
        titles: the file that says what such columns are called (``columns.toml``).
        places: fields that name places alone, which often bear names of people.
        withheld: codes of reasons for which nothing of a row may be kept.
        by_choice: codes of reasons for which rows are left out on purpose, and need no correction.
        own: fields of which a file of this kind has one at least.
        constants: function that returns the choices of a field that has one value for every row; none: a text.
        propose: function that returns, for words of the field "type", the code that each seems to mean.
        worded: further fields whose words may be told, each with the function that returns the code that a word
            seems to mean, "" for none; the choices of each are its constants.
    """

    folder: Path
    run: Callable[[Run], None]
    reasons: type[TextChoices]
    required: Callable[[Profile], tuple[str, ...]]
    undoing: Undoing
    words: Callable[[], list[tuple[str, str]]] = list
    questions: dict[str, list[tuple[str, str | Promise]]] = field(default_factory=dict)
    fields: Mapping[str, str | Promise] = field(default_factory=dict)
    titles: Path | None = None
    places: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    by_choice: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    constants: Callable[[str], list[tuple[str, str | Promise]]] = _choose_nothing
    propose: Callable[[Iterable[str]], dict[str, str]] = _propose_nothing
    worded: Mapping[str, Callable[[str], str]] = field(default_factory=dict)

    @property
    def profiles(self) -> dict[str, Profile]:
        """The profiles of this importer, by name."""
        return load(self.folder)


_importers: dict[ImportKind, Importer] = {}


def register_importer(kind: ImportKind, importer: Importer) -> None:
    """Register the importer of files of ``kind``."""
    _importers[kind] = importer


def importer_of(kind: str) -> Importer:
    """Return the importer of a kind.

    Raises:
        KeyError: no app registered one.
    """
    return _importers[ImportKind(kind)]


def importers() -> dict[ImportKind, Importer]:
    """Return every importer registered."""
    return dict(_importers)
