"""No file takes more memory than promised, in the process that reads it or in the one that parses it."""

import gzip
import io
import resource
import subprocess
import sys
import zipfile

import pytest

from sites.imports.reading import BrokenFileError, process, read, recognise

from .files import csv_bytes, ods, written

TOO_LARGE = "Le fichier est trop grand une fois décompressé."
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MEGABYTES = 1024**2


def _bomb(sheet: bytes, strings: bytes, times: int) -> bytes:
    """A workbook whose parts hold ``sheet`` and ``strings`` repeated ``times``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="S" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        for name, part in (("sharedStrings", strings), ("worksheets/sheet1", sheet)):
            with archive.open(f"xl/{name}.xml", "w") as out:
                out.write(b"<root>")
                for _time in range(times):
                    out.write(part)
                out.write(b"</root>")
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        _bomb(b'<row><c t="s"><v>0</v></c></row>', b"<si><t>" + b"a" * _MEGABYTES, 300),
        _bomb(b"<c><v>1</v></c>" * 1000, b"", 100),
        _bomb(b'<mergeCell ref="A1:A9"/>' * 1000, b"", 200),
    ],
    ids=["one string", "one row", "merges"],
)
def test_a_workbook_that_would_take_all_memory_is_refused(tmp_path, content):
    path = written(tmp_path, content)
    for reading in (recognise, lambda file: list(read(file).rows)):
        with pytest.raises(BrokenFileError) as refused:
            reading(path)
        assert str(refused.value) == TOO_LARGE


def test_a_workbook_that_is_read_whole_says_what_to_do_when_it_is_too_large(tmp_path):
    cell = '<table:table-cell office:value-type="string"><text:p>un texte de la cellule</text:p></table:table-cell>'
    content = ods(*[f"<table:table-row>{cell * 100}</table:table-row>"] * 20_000)
    with pytest.raises(BrokenFileError) as refused:
        recognise(written(tmp_path, content))
    assert (
        str(refused.value)
        == "Ce classeur est trop grand pour être lu : enregistrez-le au format XLSX ou CSV."
    )


@pytest.mark.parametrize("content", [b"a" * 200_000, b";" * 100 + b"\n"], ids=["line", "cells"])
def test_a_text_that_unpacks_to_more_than_the_limit_is_refused(settings, monkeypatch, content):
    settings.UPLOAD_MAX_BYTES = 10_000
    monkeypatch.setattr("sites.imports.reading.delimited._MOST_CELLS", 90)
    with pytest.raises(BrokenFileError) as refused:
        list(read(gzip.compress(content)).rows)
    assert str(refused.value) == TOO_LARGE


def test_the_parser_runs_under_its_bounds(tmp_path):
    """Each limit of the process is set, and both processes together stay under what is promised."""
    code = (
        "import resource, runpy, sys; sys.argv = ['', 'none', '7000'];"
        f"main = runpy.run_path({process._PROGRAM!r}, run_name='program')['main'];"
        "\ntry: main('none', [], 7000)\nexcept KeyError: pass\n"
        "print([resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU)])"
    )
    said = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert said.strip() == str([150 * _MEGABYTES, 7000, 120])


def test_a_reader_that_stops_early_leaves_no_process_and_no_open_file(tmp_path):
    rows = b"".join(b"<row><c><v>%d</v></c></row>" % number for number in range(50_000))
    table = read(_bomb(rows, b"", 1))
    next(table.rows)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    table.rows.close()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > before
    with pytest.raises(StopIteration):
        next(table.rows)


def test_an_answer_of_the_parser_is_bounded(monkeypatch, tmp_path):
    monkeypatch.setattr(process, "_LONGEST_ANSWER", 20)
    with pytest.raises(BrokenFileError) as refused:
        recognise(written(tmp_path, _bomb(b"", b"", 1)))
    assert str(refused.value) == TOO_LARGE


def test_a_row_of_many_cells_takes_no_more_of_the_head_than_its_bound():
    lines = csv_bytes(*[";".join(["x"] * 200)] * 300)
    assert len(list(read(lines).rows)) == 299
