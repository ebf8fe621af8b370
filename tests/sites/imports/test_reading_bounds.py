"""No file takes more memory than promised, in the process that reads it or in the one that parses it."""

import gzip
import io
import resource
import signal
import subprocess
import sys
import zipfile

import pytest

from sites.imports.reading import BrokenFileError, Row, process, read, recognise
from sites.imports.reading.sources import _head as head_of

from .files import book, csv_bytes, ods, written

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


@pytest.mark.parametrize(("command", "seconds"), [("none", 120), ("rows", 600)])
def test_the_parser_runs_under_its_bounds(command, seconds):
    """Each limit of the process is set, and both processes together stay under what is promised."""
    code = (
        "import resource, runpy, sys; sys.argv = ['', 'none', '7000'];"
        f"main = runpy.run_path({process._PROGRAM!r}, run_name='program')['main'];"
        f"\ntry: main({command!r}, [], 7000)\nexcept (KeyError, TypeError): pass\n"
        "print([resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU)])"
    )
    said = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert said.strip() == str([150 * _MEGABYTES, 7000, seconds])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("xlsx", TOO_LARGE),
        ("ods", "Ce classeur est trop grand pour être lu : enregistrez-le au format XLSX ou CSV."),
    ],
)
def test_a_parser_that_its_bounds_ended_is_told_in_a_sentence(kind, said):
    ended = subprocess.call(
        [
            sys.executable,
            "-c",
            "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
        ]
    )
    assert ended == -signal.SIGKILL
    with pytest.raises(BrokenFileError) as refused:
        process._raise_for(ended, (kind,))
    assert str(refused.value) == said


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


def test_a_text_with_more_columns_than_any_worksheet_is_refused():
    # The titles alone would be compared with each other for hours.
    with pytest.raises(BrokenFileError) as refused:
        read(csv_bytes(";".join(["a"] * 16_385), "x"))
    assert str(refused.value) == "Ce fichier a une ligne trop longue pour un tableau."
    assert len(read(csv_bytes(";".join(["a"] * 16_384), "x")).header) == 16_384


def test_titles_that_are_the_same_are_told_as_far_as_a_person_reads(tmp_path):
    titles = [f"t{number}" for number in range(100) for _twice in range(2)]
    [doubt] = recognise(written(tmp_path, csv_bytes(";".join(titles), ";".join(["v" * 500] * 200)))).doubts
    assert (doubt.choices, set(doubt.samples)) == (
        tuple(f"t{number}" for number in range(50)),
        {("v" * 100, "v" * 100)},
    )


def test_no_more_very_wide_rows_are_held_than_their_cells_allow():
    rows = (Row(number, [""] * 16_000) for number in range(1, 500))
    assert [row.number for row in head_of(rows)] == list(range(1, 33))


def _archive(names: list[str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "a;b\n1;2\n")
    return file.getvalue()


def _sheets(names: list[str]) -> bytes:
    return book(*[(name, [["a", "b"], [1, 2]]) for name in names])


@pytest.mark.parametrize(("make", "ending"), [(_archive, ".csv"), (_sheets, "")], ids=["files", "sheets"])
def test_parts_that_a_person_cannot_choose_from_are_refused(tmp_path, make, ending):
    path = written(tmp_path, make([f"n{number}{ending}" for number in range(1_001)]))
    with pytest.raises(BrokenFileError) as refused:
        recognise(path)
    assert str(refused.value) == (
        "Ce fichier contient plus de 1\xa0000 feuilles ou fichiers : envoyez-en un seul."
    )


def test_a_name_longer_than_a_process_can_be_given_is_refused_in_words(tmp_path):
    content = _archive(["A" * 60_000 + ".csv"]).replace(b"A" * 60_000, b"\xb0" * 60_000)
    with pytest.raises(BrokenFileError) as refused:
        recognise(written(tmp_path, content))
    assert str(refused.value) == "Ce fichier ne peut pas être lu : il est incomplet ou abîmé."


def test_a_number_format_of_any_length_takes_no_minutes(tmp_path):
    styles = f'<numFmts><numFmt numFmtId="200" formatCode="{"[" * 200_000}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>'
    content = _bomb(b'<row><c s="0"><v>1</v></c><c s="0"><v>2</v></c></row>', b"", 3)
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/styles.xml", f"<styleSheet>{styles}</styleSheet>")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert [row.cells for row in read(written(tmp_path, file.getvalue())).rows] == [["1", "2"]] * 2
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 20
