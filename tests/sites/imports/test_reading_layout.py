"""A table is found where it begins and ends, and nothing of it is lost or moved to another column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sites.imports.reading import Choices, read, recognise

from .files import all_read, book, cells, csv_bytes, ods, written

HEADER = ["référence", "adresse", "code postal", "commune", "logements"]
ROWS = [
    ["R1", "1 rue des Essais", "00100", "Brumeval", "10"],
    ["R2", "2 rue des Essais", "00100", "Brumeval", "12"],
    ["R3", "3 rue des Essais", "00100", "Brumeval", "8"],
]
LINES = [";".join(row) for row in [HEADER, *ROWS]]


def test_a_line_that_states_the_delimiter_is_no_title(tmp_path):
    content = csv_bytes(
        "sep=;", "identifiant;nature;jour;reference", "s-1;Tapages, dont nocturnes;2026-11-02;1001"
    )
    found = recognise(written(tmp_path, content))
    assert (found.header_row, found.delimiter) == (2, ";")
    assert all_read(read(content)) == ([(3, ["s-1", "Tapages, dont nocturnes", "2026-11-02", "1001"])], [])
    assert cells(csv_bytes("sep=,", "a,b;c", "1,2;3")) == [["a", "b;c"], ["1", "2;3"]]


def test_a_header_one_cell_longer_than_its_rows_moves_no_cell():
    content = csv_bytes("identifiant;nature;jour;reference;", "h-1;Tapages, dont nocturnes;2026-11-02;1001")
    assert cells(content) == [
        ["identifiant", "nature", "jour", "reference", ""],
        ["h-1", "Tapages, dont nocturnes", "2026-11-02", "1001", ""],
    ]


def test_empty_cells_missing_at_the_end_of_a_row_are_completed_and_empty_ones_too_many_are_dropped():
    content = csv_bytes("a;b;c;d", "1;2;3;4", "1;2", "1;2;3;4;;", "1;2;3;4")
    assert cells(content)[1:] == [
        ["1", "2", "3", "4"],
        ["1", "2", "", ""],
        ["1", "2", "3", "4"],
        ["1", "2", "3", "4"],
    ]


def test_a_row_with_more_to_say_than_the_header_keeps_its_own_width():
    content = csv_bytes(
        "identifiant;nature;jour;reference", "X1;Tags;2026-11-01;1001", "X2;Tags;2026-11-01;1001;un mot;VIH"
    )
    assert [len(row) for row in cells(content)] == [4, 4, 6]


def test_a_row_that_a_line_break_cut_in_two_is_not_completed():
    content = csv_bytes("a;b;c;d", "1;2;3;4", "1;2 rue", "des Essais;3;4", "1;2;3;4")
    assert [len(row) for row in cells(content)] == [4, 4, 2, 3, 4]


def test_a_last_row_without_its_end_may_be_cut_and_is_not_completed():
    content = csv_bytes("a;b;c", "1;2;3", "1;2 rue des Ess").removesuffix(b"\n")
    assert [len(row) for row in cells(content)] == [3, 3, 2]
    assert [len(row) for row in cells(content + b"\n")] == [3, 3, 3]


def test_a_note_of_one_cell_is_no_row_of_the_table():
    assert [len(row) for row in cells(csv_bytes("a;b;c", "1;2;3", "1;2;3", "Source : le patrimoine"))] == [
        3,
        3,
        3,
        1,
    ]


@pytest.mark.parametrize("above", [
    ["Patrimoine au 1er janvier 2026"],
    ["Patrimoine;;;;", "Service : habitat;;;;", ";;;;"],
    ["Brumeval Habitat", "", "Édité le 02/11/2026"],
])  # fmt: skip
def test_lines_above_the_titles_are_left_out(tmp_path, above):
    content = csv_bytes(*above, *LINES)
    found = recognise(written(tmp_path, content))
    assert (found.header_row, found.header_rows, found.header) == (len(above) + 1, 1, HEADER)
    assert cells(content) == [HEADER, *ROWS]
    assert next(read(content).rows).number == len(above) + 2


def test_two_rows_of_titles_are_joined(tmp_path):
    content = csv_bytes(
        "Référence;Adresse;;;Logements;",
        ";N°;Voie;CP;Total;Vacants",
        "R1;1;rue des Essais;00100;10;0",
        "R2;2;rue des Essais;00100;12;1",
    )
    found = recognise(written(tmp_path, content))
    assert (found.header_row, found.header_rows) == (1, 2)
    assert cells(content)[:2] == [
        ["Référence", "Adresse N°", "Adresse Voie", "Adresse CP", "Logements Total", "Logements Vacants"],
        ["R1", "1", "rue des Essais", "00100", "10", "0"],
    ]


def test_a_first_row_without_figures_is_no_second_row_of_titles(tmp_path):
    content = csv_bytes("nature;lieu;remarque;", "Tags;Hall;;", "Tapages;Cour;;", "Tags;Hall;;")
    found = recognise(written(tmp_path, content))
    assert (found.header_row, found.header_rows, found.header[:2]) == (1, 1, ["nature", "lieu"])


def test_what_a_person_chose_is_taken_as_it_is(tmp_path):
    content = csv_bytes("a;b", "c;d", "1;2", "3;4")
    assert cells(content, Choices(header_row=2)) == [["c", "d"], ["1", "2"], ["3", "4"]]
    assert cells(content, Choices(header_row=1, header_rows=2)) == [["a c", "b d"], ["1", "2"], ["3", "4"]]
    assert cells(content, Choices(delimiter=","))[0] == ["a;b"]


@pytest.mark.parametrize("last", [
    ["TOTAL;;;;30"], ["Total général;;;;30"], [";;;Totaux :;30"], ["Sous-total;;;;30", "", "Total;;;;1 030,50 €"], ["Total : 3;;;;"],
    ["30;;Total;;"], [";90;;;TOTAL GÉNÉRAL"],
])  # fmt: skip
def test_totals_at_the_end_are_left_out_and_said(last):
    rows, remarks = all_read(read(csv_bytes(*LINES, *last)))
    assert [row for _number, row in rows] == ROWS
    numbers = [number for number, line in enumerate(last, len(LINES) + 1) if line]
    assert remarks == [
        f"La ligne {number}, à la fin, est un total : elle n’est pas importée." for number in numbers
    ]


@pytest.mark.parametrize("row", [
    "TOTAL;1 rue Total;00100;Brumeval;30", "Total Énergies;;;;30", "TOTAL;4 rue des Essais;00100;;30", "Totalité;;;;2",
    "30;;Total;1 rue Total;", "30;;;;", "Total;;Total;;30",
])  # fmt: skip
def test_a_row_that_is_not_clearly_a_total_stays(row):
    rows, remarks = all_read(read(csv_bytes(*LINES, row)))
    assert (rows[-1][1], remarks) == (row.split(";"), [])


def test_a_total_with_rows_after_it_stays():
    rows, remarks = all_read(read(csv_bytes(*LINES, "TOTAL;;;;30", LINES[1])))
    assert ([row[0] for _number, row in rows], remarks) == (["R1", "R2", "R3", "TOTAL", "R1"], [])


def test_columns_of_one_title_are_kept_apart_and_asked_about(tmp_path):
    content = csv_bytes("référence;adresse;adresse;;", "R1;1 rue A;bât. B;;", "R2;2 rue A;bât. C;;")
    found = recognise(written(tmp_path, content))
    assert [(doubt.code, doubt.choices, doubt.samples) for doubt in found.doubts] == [
        ("duplicate_titles", ("adresse",), (("1 rue A", "bât. B"),))
    ]
    assert cells(content)[1] == ["R1", "1 rue A", "bât. B", "", ""]


def test_a_value_merged_over_several_rows_belongs_to_each_of_them():
    rows = [
        ["référence", "résidence", "adresse"],
        ["R1", "Les Essais", "1 rue A"],
        [None, None, "2 rue A"],
        ["R2", "L’Autre", "3 rue A"],
    ]
    read_rows, remarks = all_read(read(book(("Parc", rows), merge="B2:B3")))
    assert [row for _number, row in read_rows] == [
        ["R1", "Les Essais", "1 rue A"],
        ["", "Les Essais", "2 rue A"],
        ["R2", "L’Autre", "3 rue A"],
    ]
    assert remarks == [
        "Des cellules sont fusionnées sur plusieurs lignes : leur valeur compte pour chacune de ces lignes."
    ]


def test_so_does_one_of_an_open_document():
    def row(*cells):
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(said, more=""):
        kind = 'office:value-type="string"'
        return f"<table:table-cell {kind} {more}><text:p>{said}</text:p></table:table-cell>"

    covered = "<table:covered-table-cell/>"
    empty = '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2"/></table:table-row>'
    merged = cell("Les Essais", 'table:number-rows-spanned="2"')
    content = ods(
        row(cell("reference"), cell("nom")),
        empty,
        row(cell("R1"), merged),
        row(cell("R2"), covered),
        row(cell("R3")),
    )
    rows, remarks = all_read(read(content))
    assert rows == [(4, ["R1", "Les Essais"]), (5, ["R2", "Les Essais"]), (6, ["R3", ""])]
    assert len(remarks) == 1


def test_titles_merged_over_two_rows_are_said_once():
    rows = [["Référence", "Adresse", None], [None, "N°", "Voie"], ["R1", 12, "rue A"], ["R2", 13, "rue A"]]
    assert cells(book(("Parc", rows), merge="A1:A2"))[:2] == [
        ["Référence", "Adresse N°", "Adresse Voie"],
        ["R1", "12", "rue A"],
    ]


TEXT = (
    st.text(st.characters(categories=["L", "N"], include_characters=" '-"), min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
)


@given(
    st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=8),
    st.integers(0, 3),
    st.integers(0, 2),
)
def test_every_row_comes_once_whatever_stands_around_it(rows, above, empty):
    lines = [
        *["Un titre seul"] * above,
        "référence;adresse;commune" + ";" * empty,
        *(";".join(row) for row in rows),
    ]
    table = read(csv_bytes(*lines), Choices(delimiter=";", header_row=above + 1, header_rows=1))
    assert len(table.header) == 3 + empty
    found, remarks = all_read(table)
    assert len(found) + len(remarks) == len(rows)
