"""Facts as files: exactly what a list shows, CSV or XLSX."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from .models import Incident

Column = tuple[str, Callable[[Incident], Any]]

# A sheet holds no more rows, its header included.
XLSX_MAX_ROWS = 1_048_576
_CHUNK = 2000
_IN_MEMORY = 5 * 1024 * 1024
# What a spreadsheet may take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def columns(*, own: bool, landlord: bool) -> list[Column]:
    """Return the columns of a file: what, where, when; more for one's own facts.

    Args:
        own: add what only the landlord's people read; left empty on facts of others.
        landlord: add the landlord, for those who see several.
    """
    found: list[Column] = [
        (_("Numéro"), lambda i: i.pk),
        (_("Jour"), lambda i: i.day),
        (_("Au plus tard le"), lambda i: i.span_end),
        (_("Nature"), lambda i: str(i.fact_type)),
        (_("Famille"), lambda i: i.fact_type.get_family_display()),
        (_("Gravité"), lambda i: i.fact_type.gravity),
        (_("Résidence"), lambda i: i.residence.name),
        (_("Adresse"), lambda i: i.address.label if i.address else ""),
        (_("Lieu précis"), lambda i: i.get_place_kind_display()),
    ]
    if landlord:
        found.append((_("Bailleur"), lambda i: str(i.landlord)))
    if own:
        found += [(label, _if_own(read)) for label, read in _own_columns()]
    return found


def _own_columns() -> list[Column]:
    return [
        (_("Heure"), lambda i: i.time),
        (_("Signalé par"), lambda i: i.get_source_display()),
        (_("Plainte déposée"), lambda i: _("oui") if i.complaint_filed else _("non")),
        (_("Numéro de plainte"), lambda i: i.complaint_reference),
        (_("Coût des dégâts (€)"), lambda i: i.damage_cost),
        (_("Annulé le"), lambda i: i.cancelled_at.date() if i.cancelled_at else None),
        (_("Motif d'annulation"), lambda i: i.cancel_reason),
    ]


def _if_own(read: Callable[[Incident], Any]) -> Callable[[Incident], Any]:
    return lambda incident: read(incident) if incident.own else None


def csv_file(facts: QuerySet[Incident], chosen: list[Column]) -> BinaryIO:
    """Return a file that French spreadsheets open as is: UTF-8 with BOM, semicolons."""
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the response
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(label for label, _read in chosen)
    writer.writerows([_written(value) for value in row] for row in _rows(facts, chosen))
    text.flush()
    text.detach()
    file.seek(0)
    return file


def xlsx_file(facts: QuerySet[Incident], chosen: list[Column]) -> BinaryIO:
    """Return a workbook of one sheet whose numbers and dates are numbers and dates."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Faits"))
    sheet.freeze_panes = "A2"
    sheet.append([label for label, _read in chosen])
    for row in _rows(facts, chosen):
        sheet.append([_cell(sheet, value) for value in row])
    file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by the response
    book.save(file)
    file.seek(0)
    return file


def neutral(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula.

    >>> neutral("=1+1"), neutral("12 rue des Lilas")
    ("'=1+1", '12 rue des Lilas')
    """
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(facts: QuerySet[Incident], chosen: list[Column]) -> Iterator[Iterable[Any]]:
    for incident in facts.iterator(chunk_size=_CHUNK):
        yield [read(incident) for _label, read in chosen]


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, neutral(value))
    cell.data_type = "s"
    return cell


def _written(value: Any) -> Any:
    if isinstance(value, str):
        return neutral(value)
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return value
