"""Import of a million facts against a plain COPY of the same rows, and of 100,000 facts from workbooks.

Each import is a process of its own. Memory is its peak and that of the process that parses its file, together.
"""

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from . import imports
from .database import prepare
from .reading import Watch, write_in_a_process, write_ods
from .results import Figure, peak_memory

FACTS, MILLION = 100_000, 1_000_000


def run() -> Iterator[Figure]:
    """Yield the figures of each file, levels included."""
    uri = prepare("bench_import_sizes")
    imports.plant(uri)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "faits"
        for name, number, write in (("XLSX", 0, _xlsx), ("ODS", 1, _ods)):
            seconds, memory = _measured(file, write, range(number * FACTS, (number + 1) * FACTS))
            title = f"Import of 100,000 facts from {name}, levels included"
            yield Figure(title, seconds, "limit", 60)
            yield Figure("… memory of the import", memory, "limit", 300, unit="MB")
        imports.empty(uri)
        seconds, memory = _measured(file, imports.write, range(MILLION))
        copied = imports.copy(uri, MILLION)
    yield Figure("Import of a million facts, levels included", seconds, "limit", 600)
    yield Figure("… against the database alone", seconds, "plain COPY of the rows", copied, limit=6)
    yield Figure("… memory of the import", memory, "limit", 300, unit="MB")


def _measured(file: Path, write: Callable[[Path, range], None], numbers: range) -> tuple[float, float]:
    """Return the seconds that the import of some facts takes, and the peak of memory in MB."""
    write_in_a_process(write, file, numbers)
    forking = multiprocessing.get_context("fork")
    ours, theirs = forking.Pipe(duplex=False)
    importer = forking.Process(target=_import, args=(file, theirs))
    importer.start()
    theirs.close()
    seconds, memory = ours.recv()
    importer.join()
    return seconds, memory


def _import(file: Path, answer: Connection) -> None:
    with Watch() as watch:
        seconds = imports.import_file(file)
    answer.send((seconds, peak_memory() + watch.highest))


def _xlsx(file: Path, numbers: range) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(imports.HEADER)
    for number in numbers:
        sheet.append(imports.row(number))
    book.save(file)


def _ods(file: Path, numbers: range) -> None:
    write_ods(file, imports.HEADER, (tuple(map(str, imports.row(number))) for number in numbers))
