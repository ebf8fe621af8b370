"""Memory and time of reading a million rows, and of files made to take all memory, against the limits promised.

Memory is the peak of the process that reads and of the one that parses for it, together.
"""

import gzip
import json
import multiprocessing
import os
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Self

from .results import Figure, peak_memory

ROWS, MEMORY_MB, SECONDS = 1_000_000, 300, 300
_TITLES = ("identifiant", "nature", "jour", "référence", "adresse", "code postal", "longitude", "latitude")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"
_SOME = 50_000


def run() -> Iterator[Figure]:
    """Yield the figures of each file: a million rows of every kind, then the files that are refused."""
    os.environ.setdefault("DATABASE_URL", "postgresql:///none")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fichier"
        for name, write in _FILES.items():
            write_in_a_process(write, file)
            outcome, seconds, memory = _measured(file)
            title = f"Reading {name}: {outcome}"
            yield Figure(f"{title}, memory", memory, "limit", MEMORY_MB, unit="MB")
            yield Figure(f"{title}, time", seconds, "limit", SECONDS)


def write_in_a_process(write: Callable[..., None], file: Path, *arguments: object) -> None:
    """Make a file in a process of its own, whose memory does not count."""
    maker = multiprocessing.get_context("fork").Process(target=write, args=(file, *arguments))
    maker.start()
    maker.join()
    assert maker.exitcode == 0


def _measured(file: Path) -> tuple[str, float, float]:
    """Return what came of a file, the seconds and the peak of memory in MB."""
    from sites.imports.reading import BrokenFileError, read, recognise

    start = time.perf_counter()
    with Watch() as watch:
        try:
            found = recognise(file)
            outcome = f"{sum(1 for _row in read(file, found.choices).rows):,} rows"
        except BrokenFileError:
            outcome = "refused"
    return outcome, time.perf_counter() - start, peak_memory() + watch.highest


class Watch(threading.Thread):
    """The peak of memory, in MB, of the process that parses, looked at while it runs."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.highest = 0.0
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(0.02):
            self.highest = max([self.highest, *map(_peak_of, _children())])


def _children() -> list[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _peak_of(process: int) -> float:
    folder = Path(f"/proc/{process}")
    try:
        # Before it runs its program, a child shares the memory of its parent.
        if b"parsing" not in (folder / "cmdline").read_bytes():
            return 0.0
        said = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
    except (OSError, ValueError):
        return 0.0
    return int(said.get("VmHWM", "0 kB").split()[0]) / 1024


def _row(number: int) -> tuple[str, ...]:
    return (
        f"F-2026-{number}", "TAGS", "2026-11-18", f"REF{number:07d}", f"{number % 200} boulevard de l’Essai {number // 200}",
        f"{70_000 + number % 50}", f"2.{number:06d}", f"48.{number:06d}",
    )  # fmt: skip


def _csv(file: Path) -> None:
    with gzip.open(file, "wt", encoding="cp1252", compresslevel=1) as text:
        text.writelines(";".join(row) + "\n" for row in (_TITLES,))
        text.writelines(";".join(_row(number)) + "\n" for number in range(ROWS))


def _xlsx(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        _book(archive)
        with archive.open("xl/sharedStrings.xml", "w") as strings:
            strings.write(f'<sst xmlns="{_MAIN}">'.encode())
            strings.writelines(f"<si><t>{title}</t></si>".encode() for title in _TITLES)
            for number in range(ROWS):
                strings.write("".join(f"<si><t>{text}</t></si>" for text in _row(number)[:5]).encode())
            strings.write(b"</sst>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_shared(1, range(8)).encode() + b"</row>")
            for number in range(ROWS):
                figures = "".join(f"<c><v>{text}</v></c>" for text in _row(number)[5:])
                first = 8 + 5 * number
                sheet.write((_shared(number + 2, range(first, first + 5)) + figures + "</row>").encode())
            sheet.write(b"</sheetData></worksheet>")


def _shared(row: int, strings: range) -> str:
    return f'<row r="{row}">' + "".join(f'<c t="s"><v>{string}</v></c>' for string in strings)


def _book(archive: zipfile.ZipFile) -> None:
    archive.writestr(
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    )
    archive.writestr(
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="x"><Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    )


def _geojson(file: Path) -> None:
    with gzip.open(file, "wt", encoding="utf-8", compresslevel=1) as text:
        text.write('{"type": "FeatureCollection", "features": [')
        for number in range(ROWS):
            row = _row(number)
            point = {"type": "Point", "coordinates": [float(row[6]), float(row[7])]}
            feature = {
                "type": "Feature",
                "properties": dict(zip(_TITLES[:6], row, strict=False)),
                "geometry": point,
            }
            text.write(("," if number else "") + json.dumps(feature))
        text.write("]}")


def _ods(rows: int) -> Callable[[Path], None]:
    return lambda file: write_ods(file, _TITLES, map(_row, range(rows)))


def write_ods(file: Path, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write an OpenDocument workbook of one sheet of texts."""
    names = " ".join(f'xmlns:{name}="{_OPEN_DOCUMENT}:{name}:1.0"' for name in ("office", "table", "text"))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{_OPEN_DOCUMENT}:manifest:1.0"><m:file-entry m:full-path="/"'
            ' m:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>',
        )
        with archive.open("content.xml", "w", force_zip64=True) as content:
            content.write(
                f"<office:document-content {names}><office:body><office:spreadsheet><table:table"
                ' table:name="S">'.encode()
            )
            for row in chain([titles], rows):
                cells = "".join(map(_ods_cell, row))
                content.write(f"<table:table-row>{cells}</table:table-row>".encode())
            content.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")


def _ods_cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def _packed(block: bytes, times: int) -> Callable[[Path], None]:
    def write(file: Path) -> None:
        with gzip.open(file, "wb", compresslevel=1) as packed:
            for _time in range(times):
                packed.write(block)

    return write


def _bomb(cells: str, strings: str = "") -> Callable[[Path], None]:
    """Return the writer of a workbook whose row, or shared string, is repeated until it has a gigabyte."""

    def write(file: Path) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            _book(archive)
            for name, root, part in (
                ("sharedStrings", "sst", strings),
                ("worksheets/sheet1", "worksheet", cells),
            ):
                with archive.open(f"xl/{name}.xml", "w", force_zip64=True) as out:
                    out.write(f'<{root} xmlns="{_MAIN}">'.encode())
                    block = part.encode() * (1024**2 // max(1, len(part)))
                    for _time in range(1024 if part else 0):
                        out.write(block)
                    out.write(f"</{root}>".encode())

    return write


def _one_object(file: Path) -> None:
    with gzip.open(file, "wb", compresslevel=1) as packed:
        packed.write(b'{"type":"FeatureCollection","features":[{"properties":{"a":[0')
        for _time in range(380):
            packed.write(b",1" * (1024**2 // 2))
        packed.write(b"]}}]}")


def _members(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(_SOME * 6):
            archive.writestr(f"{number}.csv", b"a;b")


_FILES: dict[str, Callable[[Path], None]] = {
    "1,000,000 rows of CSV, packed": _csv,
    "1,000,000 rows of XLSX": _xlsx,
    "1,000,000 rows of GeoJSON, packed": _geojson,
    "50,000 rows of ODS": _ods(_SOME),
    "1,000,000 rows of ODS": _ods(1_000_000),
    "an XLSX of rows with a cell in the last column": _bomb('<row><c r="XFD1"><v>1</v></c></row>'),
    "an XLSX of one string of a gigabyte": _bomb('<row><c t="s"><v>0</v></c></row>', "<si><t>" + "a" * 100),
    "an XLSX of ever more strings": _bomb('<row><c t="s"><v>99999999</v></c></row>', "<si><t>a</t></si>"),
    "an XLSX of one row without end": _bomb("<c><v>1</v></c>"),
    "a packed text of one line": _packed(b"a" * 1024**2, 399),
    "a packed text of delimiters": _packed((b";" * 16_000 + b"a\n") * 64, 380),
    "a packed text of empty lines": _packed(b"\n" * 1024**2, 399),
    "a packed GeoJSON of one object": _packed(
        b'{"type":"FeatureCollection","features":[{"properties":{"a":[', 1
    ),
    "an archive of 300,000 files": _members,
}
