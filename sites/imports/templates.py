"""Make templates to fill in, in the product's own formats, from their profiles."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from core.cells import harmless
from sites.models import Address
from sites.perimeter import is_led

from .run import Importer

Example = dict[str, str]
Words = Sequence[tuple[str, str]]


def example_of(importer: Importer) -> Example:
    """Return the headers of a format, each with an example value; the reader can import the row.

    The row lies in the commune of the first residence that the acting person leads and, if the profile places
    rows by reference, in that residence. Without a residence it is the profile's own example.
    """
    profile = importer.profiles["generic"]
    example = dict(profile.tables["example"])
    own = Address.objects.open().filter(is_led()).select_related("residence", "commune")
    address = own.order_by("residence_id", "id").first()
    if address is None:
        return example
    values = _where(address) | (_which(address) if "day" in profile.columns else {})
    return example | {names[0]: values[field] for field, names in profile.columns.items() if field in values}


def csv_template(example: Example, _words: Words = ()) -> bytes:
    """Return the header and the example row as CSV, with semicolons and a BOM for French spreadsheets."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(
        [map(harmless, row) for row in (example.keys(), example.values())]
    )
    return text.getvalue().encode("utf-8-sig")


def xlsx_template(example: Example, words: Words = ()) -> bytes:
    """Return the same as a workbook, with the accepted words, if any, on a second sheet."""
    book = Workbook()
    _fill(book.worksheets[0], [list(example.keys()), list(example.values())])
    if words:
        _fill(book.create_sheet(_("Natures acceptées")), [[_("nature"), _("code")], *words])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(sheet: Worksheet, rows: Iterable[Sequence[str]]) -> None:
    for row in rows:
        sheet.append([harmless(value) for value in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            # openpyxl takes a text that begins with "=" for a formula.
            cell.data_type = "s"
    sheet.freeze_panes = "A2"
    for number in range(1, sheet.max_column + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 22


def _where(address: Address) -> dict[str, str]:
    commune = address.commune
    return {
        "postcode": address.postcode or next(iter(commune.postcodes), ""),
        "city": commune.name,
        "insee": commune.code,
        "longitude": _written(address.longitude),
        "latitude": _written(address.latitude),
    }


def _which(address: Address) -> dict[str, str]:
    return {
        "reference": address.residence.reference,
        "address": address.label,
        "day": (timezone.localdate() - dt.timedelta(1)).isoformat(),
    }


def _written(degrees: float | None) -> str:
    return "" if degrees is None else str(degrees).replace(".", ",")
