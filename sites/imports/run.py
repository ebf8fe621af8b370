"""What an importer is given, and the registry by which outer apps bring theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db.models import TextChoices

from accounts.models import Organisation
from sites.enums import ImportKind
from sites.models import ImportRun

from .profiles import Profile, load
from .report import Report
from .tabular import Table

_ROWS_BETWEEN_NEWS = 2_000


@dataclass(frozen=True)
class Run:
    """One import under way.

    Attributes:
        record: the stored run.
        organisation: the landlord who imports; None when the operator does, for all.
        profile: how to read the file.
        table: the file.
        report: where every row must end.
        tell: takes the share of the work that is done, 0 to 1.
    """

    record: ImportRun
    organisation: Organisation | None
    profile: Profile
    table: Table
    report: Report
    tell: Callable[[float], None]

    def tell_rows(self, done: int, share: float) -> None:
        """Say, from time to time, how many rows of the file have been read.

        ``share`` is the part of the whole work that reading is.
        """
        if done % _ROWS_BETWEEN_NEWS == 0:
            self.tell(share * min(1.0, done / max(1, self.table.estimate)))


@dataclass(frozen=True)
class Importer:
    """How files of one kind are imported.

    Attributes:
        folder: where its profiles are.
        run: does the work, in the caller's transaction and scope.
        reasons: every reason and remark it can give, with what people read.
        required: the fields that a profile's files must have a column for.
        words: the words the product's own format takes for a nature, each with its code.
    """

    folder: Path
    run: Callable[[Run], None]
    reasons: type[TextChoices]
    required: Callable[[Profile], tuple[str, ...]]
    words: Callable[[], list[tuple[str, str]]] = list

    @property
    def profiles(self) -> dict[str, Profile]:
        """Its profiles by name."""
        return load(self.folder)


_importers: dict[ImportKind, Importer] = {}


def register_importer(kind: ImportKind, importer: Importer) -> None:
    """Have files of ``kind`` go to ``importer``."""
    _importers[kind] = importer


def importer_of(kind: str) -> Importer:
    """Return the importer of a kind.

    Raises:
        KeyError: no app brings one.
    """
    return _importers[ImportKind(kind)]


def importers() -> dict[ImportKind, Importer]:
    """Return every importer there is."""
    return dict(_importers)
