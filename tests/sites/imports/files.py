"""Make small files of every format."""

import io
import zipfile
from pathlib import Path

from openpyxl import Workbook

from sites.imports.reading import Choices, Table, read


def csv_bytes(*lines: str, encoding: str = "utf-8", end: str = "\n") -> bytes:
    return "".join(line + end for line in lines).encode(encoding)


def book(*sheets: tuple[str, list[list[object]]], merge: str = "", zeros: str = "") -> bytes:
    """A workbook of sheets, each a name and its rows; cells merged on the first, and some with leading zeros."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if merge:
        made.worksheets[0].merge_cells(merge)
    if zeros:
        made.worksheets[0][zeros].number_format = "00000"
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return file.getvalue()


def ods(*rows: str) -> bytes:
    """An ODS workbook of one sheet from rows of XML."""
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Parc">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/"'
        ' manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return file.getvalue()


def written(folder: Path, content: bytes) -> Path:
    # The name says nothing: a file is known by its content.
    file = folder / "fichier"
    file.write_bytes(content)
    return file


def cells(content: bytes, choices: Choices | None = None) -> list[list[str]]:
    table = read(content, choices or Choices())
    return [table.header, *(row.cells for row in table.rows)]


def all_read(table: Table) -> tuple[list[tuple[int, list[str]]], list[str]]:
    return [(row.number, row.cells) for row in table.rows], table.remarks
