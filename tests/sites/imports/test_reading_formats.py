"""Every format gives the same table, known by its content; what cannot be read is refused in a sentence."""

# ruff: noqa: DTZ001 - the moments of a workbook have no zone
import datetime as dt
import gzip
import io
import json
import zipfile

import pytest

from sites.imports.points import read_point
from sites.imports.reading import BrokenFileError, Choices, read, recognise

from .files import all_read, book, cells, csv_bytes, ods, written, zipped

HEADER = ["référence", "code postal", "jour"]
TABLE = [HEADER, ["R1", "75012", "2026-11-18"], ["R2", "1400.5", "2026-11-18T21:30:00"]]
LINES = csv_bytes(*(";".join(row) for row in TABLE))
SHEET = [HEADER, ["R1", 75012, dt.date(2026, 11, 18)], ["R2", 1400.5, dt.datetime(2026, 11, 18, 21, 30)]]
P = "<text:p>{}</text:p>"


def _text(said):
    return f'<table:table-cell office:value-type="string"><text:p>{said}</text:p></table:table-cell>'


ODS = ods(
    "<table:table-row>" + "".join(map(_text, HEADER)) + "</table:table-row>",
    "<table:table-row>" + _text("R1") + '<table:table-cell office:value-type="float" office:value="75012"/>'
    '<table:table-cell office:value-type="date" office:date-value="2026-11-18"/></table:table-row>',
    "<table:table-row>" + _text("R2") + '<table:table-cell office:value-type="float" office:value="1400.5"/>'
    '<table:table-cell office:value-type="date" office:date-value="2026-11-18T21:30:00"/></table:table-row>',
    '<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
)  # fmt: skip


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (LINES, "csv"),
        (LINES.replace(b";", b"\t"), "csv"),
        (LINES.replace(b"\n", b"\r"), "csv"),
        (gzip.compress(LINES), "csv"),
        (zipped(parc__csv=LINES), "csv"),
        (book(("Parc", SHEET)), "xlsx"),
        (zipped(parc__xlsx=book(("Parc", SHEET))), "xlsx"),
        (gzip.compress(book(("Parc", SHEET))), "xlsx"),
        (ODS, "ods"),
    ],
    ids=["csv", "tsv", "old macintosh", "gz", "zip", "xlsx", "zip of xlsx", "gz of xlsx", "ods"],
)
def test_a_file_is_known_by_its_content(tmp_path, content, kind):
    found = recognise(written(tmp_path, content))
    assert (found.format, found.header, found.doubts) == (kind, HEADER, ())
    assert cells(content) == TABLE


def test_what_was_recognised_reads_the_same_again(tmp_path):
    content = zipped(un__csv=csv_bytes("a;b", "1;2"), deux__csv=LINES)
    path = written(tmp_path, content)
    found = recognise(path, Choices(member="deux.csv"))
    assert found.choices == Choices("deux.csv", "", 1, 1, "utf-8-sig", ";")
    assert cells(path, found.choices) == TABLE
    assert Choices(**found.choices.as_dict()) == found.choices


def test_a_workbook_keeps_hours_and_leading_zeros_and_says_words_in_french():
    content = book(
        (
            "Faits",
            [["code", "jour", "heure", "plainte"], [1400, dt.datetime(2026, 11, 18), dt.time(21, 30), True]],
        ),
        zeros="A2",
    )
    assert cells(content)[1] == ["01400", "2026-11-18T00:00:00", "21:30:00", "VRAI"]


def test_the_sheet_that_looks_like_a_table_is_read(tmp_path):
    cover = [["Brumeval Habitat"], [None], ["Édité le", "02/11/2026"]]
    words = [["nature", "code"], *([f"mot {n}", n] for n in range(30))]
    table = [
        ["référence", "adresse", "code postal", "commune", "logements"],
        ["R1", "1 rue A", 100, "Brumeval", 10],
    ]
    found = recognise(written(tmp_path, book(("Garde", cover), ("Parc", table), ("Natures", words))))
    assert (found.sheets, found.sheet, found.doubts) == (("Garde", "Parc", "Natures"), "Parc", ())
    assert found.remarks == ("La feuille lue est « Parc ».",)
    chosen = recognise(
        written(tmp_path, book(("Garde", cover), ("Parc", table), ("Natures", words))),
        Choices(sheet="Natures"),
    )
    assert chosen.header == ["nature", "code"]


def test_two_sheets_that_look_like_tables_are_asked_about(tmp_path):
    rows = [["nature", "jour"], ["Tags", "02/11/2026"], ["Tags", "03/11/2026"]]
    found = recognise(written(tmp_path, book(("Janvier", rows), ("Février", rows))))
    assert [(doubt.code, doubt.choices, doubt.samples) for doubt in found.doubts] == [
        ("sheet", ("Janvier", "Février"), (("nature", "jour"), ("nature", "jour")))
    ]


def test_an_archive_of_several_files_is_asked_about_and_not_read_without_an_answer(tmp_path):
    content = zipped(un__csv=csv_bytes("a;b", "1;2"), deux__csv=LINES, **{"__MACOSX/un__csv": b"x"})
    found = recognise(written(tmp_path, content))
    assert [(doubt.code, doubt.choices) for doubt in found.doubts] == [("member", ("un.csv", "deux.csv"))]
    with pytest.raises(BrokenFileError) as refused:
        read(content)
    assert (
        str(refused.value)
        == "L’archive contient plusieurs fichiers (« un.csv », « deux.csv »…) : envoyez-en un seul."
    )
    assert cells(content, Choices(member="deux.csv")) == TABLE


def test_what_lies_beside_a_table_in_an_archive_is_not_asked_about(tmp_path):
    content = zipped(lisez__pdf=b"%PDF-1.4", parc__CSV=LINES, plan__png=b"\x89PNG")
    found = recognise(written(tmp_path, content))
    assert (found.members, found.doubts, cells(content)) == (("parc.CSV",), (), TABLE)


def _geojson(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def test_the_objects_of_a_geojson_file_are_rows_with_a_column_for_each_property_and_the_point():
    content = _geojson(
        {"type": "Feature", "properties": {"nature": "Tags", "n": 3}, "geometry": {"type": "Point", "coordinates": [2.39, 48.83]}},
        {"type": "Feature", "properties": {"nature": "Dépôt", "suite": ["a"]}, "geometry": None},
        {"type": "Feature", "properties": None, "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}},
    )  # fmt: skip
    rows = cells(content)
    assert rows == [
        ["nature", "n", "suite", "point"],
        ["Tags", "3", "", '{"type": "Point", "coordinates": [2.39, 48.83]}'],
        ["Dépôt", "", '["a"]', ""],
        ["", "", "", '{"type": "Polygon"}'],
    ]
    assert read_point({"point": rows[1][3]}).point == (2.39, 48.83)
    assert read_point({"point": rows[3][3]}).point is None


def _locked():
    content = bytearray(zipped(parc__csv=LINES))
    # The flag of encryption, in the entry and in the directory.
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    return bytes(content)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (_locked(), "Ce fichier est protégé par un mot de passe : envoyez-le sans."),
        (OLE + b"\0" * 70_000 + "EncryptedPackage".encode("utf-16-le"), "Ce fichier est protégé par un mot de passe : envoyez-le sans."),
        (OLE + b"\0" * 1000, "Ce fichier ne peut pas être lu : il est incomplet ou abîmé."),
        (zipped(parc__zip=zipped(parc__csv=LINES)), "Ce fichier contient un autre fichier compressé : décompressez-le avant l’envoi."),
        (gzip.compress(gzip.compress(LINES)), "Ce fichier contient un autre fichier compressé : décompressez-le avant l’envoi."),
        (zipped(parc__csv=LINES)[:-30], "Ce fichier ne peut pas être lu : il est incomplet ou abîmé."),
        (zipped(), "L’archive est vide."),
        (b'{"type": "Feature", "geometry": null}', "Ce fichier GeoJSON ne contient pas d’objets (« FeatureCollection »)."),
        (_geojson({"type": "Feature", "properties": {"a": 1}})[:-5], "Ce fichier ne peut pas être lu : il est incomplet ou abîmé."),
        (book(("Vide", [])), "Le fichier est vide."),
        (b"%PDF-1.4\n1 0 obj\ntrailer", "Ce fichier n’est ni un CSV, ni un classeur, ni un fichier GeoJSON."),
        (zipped(un__pdf=b"%PDF-1.4", deux__pdf=b"%PDF-1.4"), "Ce fichier n’est ni un CSV, ni un classeur, ni un fichier GeoJSON."),
        (b"%PDF-1.7\n\0\0", "Ce fichier n’est ni un CSV, ni un classeur, ni un fichier GeoJSON."),
    ],
    ids=["zip locked", "xls locked", "xls", "zip of zip", "gz of gz", "zip cut", "zip empty", "no features", "geojson cut", "no rows", "pdf of text alone", "zip of pdf", "pdf"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(tmp_path, content, message):
    path = written(tmp_path, content)
    for reading in (recognise, lambda file: list(read(file).rows)):
        with pytest.raises(BrokenFileError) as refused:
            reading(path)
        assert str(refused.value) == message


@pytest.mark.parametrize(("choices", "message"), [
    (Choices(sheet="Autre"), "Ce classeur n’a pas de feuille « Autre »."),
    (Choices(header_row=90), "La ligne 90 ne porte pas de titres."),
])  # fmt: skip
def test_a_choice_that_the_file_does_not_have_is_refused(choices, message):
    with pytest.raises(BrokenFileError) as refused:
        read(book(("Parc", SHEET)), choices)
    assert str(refused.value) == message


def _raw_book(
    strings: str,
    sheet: str,
    prefix: str = "",
    namespace: str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
) -> bytes:
    """A workbook as programs other than spreadsheets write it: prefixes, no styles, no places of cells."""
    p, xmlns = (f"{prefix}:", f'xmlns:{prefix}="{namespace}"') if prefix else ("", f'xmlns="{namespace}"')
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<{p}workbook {xmlns} xmlns:r="{relations}"><{p}sheets><{p}sheet name="S" sheetId="1" r:id="r1"/></{p}sheets></{p}workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="x"><Relationship Id="r1" Type="{relations}/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/sharedStrings.xml",
            f"<{p}sst {xmlns}>{strings.replace('<', f'<{p}').replace(f'<{p}/', f'</{p}')}</{p}sst>",
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f"<{p}worksheet {xmlns}><{p}sheetData>{sheet.replace('<', f'<{p}').replace(f'<{p}/', f'</{p}')}</{p}sheetData></{p}worksheet>",
        )
    return file.getvalue()


@pytest.mark.parametrize(("prefix", "namespace"), [
    ("", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"), ("x", "http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    ("", "http://purl.oclc.org/ooxml/spreadsheetml/main"),
])  # fmt: skip
def test_workbooks_of_other_programs_are_read(prefix, namespace):
    strings = "<si><t>nom</t></si><si><r><t>Les </t></r><r><t>Essais_x000D_</t></r><rPh><t>no</t></rPh></si>"
    sheet = (
        '<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>jour</t></is></c></row>'
        '<row r="3"><c t="s"><v>1</v></c><c t="str"><f>A1</f><v>calculé</v></c><c r="E3" t="d"><v>2026-11-18T00:00:00</v></c></row>'
    )
    table = read(_raw_book(strings, sheet, prefix, namespace))
    assert (table.header, all_read(table)[0]) == (
        ["nom", "jour", "", "", ""], [(3, ["Les Essais", "calculé", "", "", "2026-11-18"])],
    )  # fmt: skip


def test_a_cell_that_names_a_string_that_is_not_there_is_a_damaged_workbook():
    with pytest.raises(BrokenFileError, match="incomplet ou abîmé"):
        read(_raw_book("<si><t>nom</t></si>", '<row><c t="s"><v>7</v></c></row>'))
