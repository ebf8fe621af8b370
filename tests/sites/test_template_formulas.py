"""What a landlord named its places is text in the templates that it downloads, whatever it begins with."""

import csv
import io

from openpyxl import load_workbook

from sites.imports.templates import csv_template, xlsx_template

FORMULA = "=HYPERLINK(1)"


def test_no_cell_of_a_template_is_a_formula():
    example = {"nom": FORMULA, FORMULA: "12 rue des Essais"}
    rows = list(csv.reader(io.StringIO(csv_template(example).decode("utf-8-sig")), delimiter=";"))
    assert rows == [["nom", f"'{FORMULA}"], [f"'{FORMULA}", "12 rue des Essais"]]
    book = load_workbook(io.BytesIO(xlsx_template(example, [(FORMULA, "NOISE")])))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s"}
    assert len(cells) == 8
