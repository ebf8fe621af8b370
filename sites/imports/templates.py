"""The product's own formats as files to fill in, made from their profiles."""

import csv
import io

from openpyxl import Workbook

from .run import Importer


def csv_template(importer: Importer) -> bytes:
    """Return the header and one example row; semicolons and BOM, as French spreadsheets expect."""
    example = importer.profiles["generic"].tables["example"]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([example.keys(), example.values()])
    return text.getvalue().encode("utf-8-sig")


def xlsx_template(importer: Importer) -> bytes:
    """Return the same as a workbook."""
    example = importer.profiles["generic"].tables["example"]
    book = Workbook()
    book.active.append(list(example.keys()))
    book.active.append(list(example.values()))
    book.active.freeze_panes = "A2"
    for column in book.active.columns:
        book.active.column_dimensions[column[0].column_letter].width = 22
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
