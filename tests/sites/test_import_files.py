"""Any table is read; a broken one says where, and nothing is half-done."""

import datetime as dt
import gzip
import io
import tracemalloc

import pytest
from openpyxl import Workbook

from accounts.scope import system_scope
from incidents.models import Incident
from sites.enums import ImportKind
from sites.imports.reading import BrokenFileError, read
from sites.imports.services import submit
from sites.imports.stored import store_column, stored_column, stored_file
from sites.models import Residence
from tests.imports import csv_file, import_as_operator, plant_communes

HEADER = "bailleur;référence;adresse;code postal;commune;logements;longitude;latitude"
ROWS = ["Éole Habitat;R1;3 allée des Érables;75012;Paris;12;2,39;48,83", "Été;R2;4 rue «X»;75012;Paris;1;;"]


def cells(content):
    table = read(content)
    return [table.header, *(row.cells for row in table.rows)]


EXPECTED = [line.split(";") for line in (HEADER, *ROWS)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings(encoding, end):
    assert cells(csv_file(HEADER, *ROWS, encoding=encoding, end=end)) == EXPECTED


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_delimiters_even_with_others_inside_the_cells(delimiter):
    rows = ['a{0}"9, BD X; 10 RUE Y | Z"{0}"48.8, 2.3"', 'b{0}"1, RUE A"{0}"48.8, 2.3"']
    content = csv_file(f"nom{delimiter}adresse{delimiter}point", *(row.format(delimiter) for row in rows))
    assert [len(row) for row in cells(content)] == [3, 3, 3]


def test_lines_keep_the_numbers_a_spreadsheet_shows():
    content = csv_file("a;b", '1;"deux\nlignes"', "", "2;x")
    assert [row.number for row in read(content).rows] == [2, 4]


def test_no_cell_brings_the_character_that_no_column_holds():
    assert cells("a;b\nx\0y;z\n".encode("utf-16")) == [["a", "b"], ["xy", "z"]]


def test_a_cell_kept_from_computing_says_what_it_was_made_of():
    assert cells(csv_file("a;b;c", "'=1+1;'t Zand;''=x")) == [["a", "b", "c"], ["=1+1", "'t Zand", "'=x"]]


def test_gzip_and_workbook():
    assert cells(gzip.compress(csv_file(HEADER, *ROWS))) == EXPECTED
    book = Workbook()
    for row in (
        ["référence", "code postal", "jour"],
        ["R1", 75012, dt.date(2024, 3, 1)],
        ["R2", 1400.5, None],
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    assert cells(file.getvalue()) == [
        ["référence", "code postal", "jour"], ["R1", "75012", "2024-03-01"], ["R2", "1400.5", ""],
    ]  # fmt: skip


def _workbook_cut_short():
    book = Workbook()
    book.active.append(["adresse"] * 50)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()[:-200]


GOOD = csv_file(HEADER, *(f"A;R{n};{n} rue des Essais;75012;Paris;1;;" for n in range(1, 200)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(GOOD)[:-50], "incomplet ou abîmé"),
        (_workbook_cut_short(), "incomplet ou abîmé"),
        (
            GOOD + b'A;R999;"guillemet jamais ferm\xc3\xa9;75012;Paris;1;;\n' + b"suite;1;2;3;4;5;6;7\n" * 5,
            "ligne 201",
        ),
        (
            GOOD[:3000].rsplit(b"\n", 1)[0] + b"\nA;R;1 rue \xff\xfe;75012;Paris;1;;\n",
            "un caractère y est illisible",
        ),
        (b"PNG\x00\x00\x01", "ni un CSV, ni un classeur"),
        (b"", "vide"),
        (b"\n\n", "vide"),
    ],
    ids=["gzip", "xlsx", "quote", "utf8", "binary", "empty", "blank"],
)
def test_a_broken_file_says_so_and_leaves_nothing(db, content, message):
    plant_communes()
    with pytest.raises(BrokenFileError, match=message):
        import_as_operator(content, "generic")
    with system_scope("seeding"):
        assert Residence.objects.count() == 0


def test_a_broken_file_of_facts_leaves_nothing(db):
    content = csv_file("identifiant;nature;jour;adresse", "1;NOISE;2024-01-02;x", '2;NOISE;"2024')
    with pytest.raises(BrokenFileError, match="ligne 3"):
        import_as_operator(content, "generic", ImportKind.INCIDENTS)
    with system_scope("seeding"):
        assert Incident.objects.count() == 0


def test_a_bomb_is_not_unpacked(settings):
    settings.UPLOAD_MAX_BYTES = 1000
    with pytest.raises(BrokenFileError, match="trop grand"):
        read(gzip.compress(b"a" * 100_000))


def _workbook(cells):
    book = Workbook()
    for place, value in cells.items():
        book.active[place] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_workbook_that_unpacks_to_more_than_the_limit_is_refused(settings):
    settings.UPLOAD_MAX_BYTES = 10_000
    with pytest.raises(BrokenFileError, match="trop grand"):
        list(read(_workbook({f"A{n}": "a" * 1000 for n in range(1, 100)})).rows)


def test_a_cell_at_the_far_corner_of_a_sheet_is_one_row_and_no_more():
    (row,) = read(_workbook({"A1": "adresse", "XFD1048576": "au coin de la feuille"})).rows
    assert (row.number, len(row.cells), row.cells[-1]) == (1_048_576, 16_384, "au coin de la feuille")


def test_a_file_of_too_many_rows_says_so_and_leaves_nothing(db, monkeypatch):
    monkeypatch.setattr("sites.imports.reading.delimited.MAX_ROWS", 3)
    with system_scope("seeding"):
        plant_communes()
    import_as_operator(csv_file(HEADER, *ROWS), "generic")
    monkeypatch.setattr("sites.imports.reading.delimited.MAX_ROWS", 2)
    more = ("Éole Habitat;R9;9 allée des Érables;75012;Paris;12;2,39;48,83", ROWS[0])
    with pytest.raises(BrokenFileError) as refused:
        import_as_operator(gzip.compress(csv_file(HEADER, *more)), "generic")
    assert str(refused.value) == "Ce fichier a plus de 2 lignes. Envoyez-le en plusieurs parties."
    with system_scope("seeding"):
        assert not Residence.objects.filter(reference="R9").exists()


@pytest.mark.parametrize("line", [";" * 1_000_001, '"\n";' * 250_001])
def test_a_row_without_end_is_refused(line):
    with pytest.raises(BrokenFileError, match="une ligne trop longue"):
        list(read(csv_file(HEADER, ROWS[0], line)).rows)


def test_a_workbook_keeps_empty_lines_and_quotes_and_a_cell_is_one_line():
    table = read(_workbook({"B2": "nom", "C2": "adresse", "B4": 'dit "le 4"', "C4": "1 rue X\nbât. B; D"}))
    assert (table.header, [(row.number, row.cells) for row in table.rows]) == (
        ["", "nom", "adresse"], [(4, ["", 'dit "le 4"', "1 rue X bât. B; D"])],
    )  # fmt: skip


class Counted(io.BytesIO):
    """A file that knows the most bytes that it was asked for at once."""

    most = 0

    def read(self, size=-1):
        part = super().read(size)
        self.most = max(self.most, len(part))
        return part


def test_a_large_file_is_stored_and_read_in_parts_as_it_is(db):
    content = Counted(bytes(range(256)) * 70_000)
    with system_scope("stock_import") as scope:
        run = submit(scope, kind=ImportKind.STOCK, profile="generic", filename="essai.csv", content=content)
        with stored_file(run) as path:
            assert path.read_bytes() == content.getvalue()
    assert content.most == 4 * 1024**2


class Zeros(io.RawIOBase):
    """A file of nothing but zeros, made as it is read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size=-1):
        part = bytes(min(size, self.left))
        self.left -= len(part)
        return part


def test_no_part_of_a_large_file_stays_in_memory_with_what_was_sent_to_the_database(db):
    with system_scope("stock_import") as scope:
        run = submit(scope, kind=ImportKind.STOCK, profile="generic", filename="x", content=io.BytesIO(b"x"))
        for _round in range(2):
            tracemalloc.start()
            store_column(run, "report", Zeros(40 * 1024**2))
            with stored_column(run, "report") as report:
                assert report.seek(0, io.SEEK_END) == 40 * 1024**2
            left, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
    assert (left < 1024**2, most < 20 * 1024**2) == (True, True)


def test_an_empty_file_is_stored_empty(db):
    with system_scope("stock_import") as scope:
        run = submit(
            scope, kind=ImportKind.STOCK, profile="generic", filename="essai.csv", content=io.BytesIO()
        )
        with stored_file(run) as path:
            assert path.read_bytes() == b""
