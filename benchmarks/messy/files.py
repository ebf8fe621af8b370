"""Make messy files of an estate and of its facts: every kind of mess a landlord's file was seen with, combined."""

import csv
import datetime as dt
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

from openpyxl import Workbook

from .spellings import DAYS, MOMENTS, address_of, commune_of, word_of
from .town import Address, Fact, Residence

Cell = str | int | dt.date | dt.datetime
Row = dict[str, Cell]

# What a column is called: titles that the product knows, then one that only a person understands.
_TITLES = {
    "reference": ("référence", "Code programme", "CODE RÉSIDENCE", "n° programme", "Groupe immo"),
    "name": ("résidence", "Nom programme", "Libellé résidence", "Appellation"),
    "address": ("adresse", "ADRESSE", "Adresse complète", "Où"),
    "insee": ("code insee", "INSEE", "Code commune"),
    "postcode": ("code postal", "CP", "CODEPOSTAL"),
    "city": ("commune", "Ville", "Localité"),
    "dwellings": ("logements", "Nb logts", "NOMBRE DE LOGEMENTS", "Effectif"),
    "external_id": ("identifiant", "N° fait", "Numéro incident", "Réf."),
    "type": ("nature", "Type d'incident", "Catégorie", "Quoi"),
    "day": ("jour", "Date du fait", "DATE", "Survenu"),
    "time": ("heure", "Heure du fait", "HEURE"),
    "building": ("bâtiment", "Bâtiment"),
    "entrance": ("entrée",),
    "odd": ("Observations internes", "Code agence", "Visa"),
}
_PLACE_OF_FACTS = {"reference": ("référence résidence", "Code résidence", "Réf résidence", "Groupe immo")}


@dataclass
class Messy:
    """A messy file, and what is true of it.

    Attributes:
        name: its name.
        content: its bytes.
        kinds: the kinds of mess in it.
        fields: position of a column → the field that it holds; "" for one to leave alone.
        truth: for each row of data the address or fact that it is about.
        words: word for a fact type → its code.
        month_first: whether its days are written month first.
        written: for each row of an estate its address as written.
    """

    name: str
    content: bytes
    kinds: list[str]
    fields: list[str]
    truth: list[tuple[Residence, Address]] | list[Fact]
    words: dict[str, str] = field(default_factory=dict)
    month_first: bool = False
    written: list[str] = field(default_factory=list)


def stock_file(dice: random.Random, estate: list[Residence], *, plain: bool = False) -> Messy:
    """Return a file of the estate, one row an address; ``plain`` for one without mess."""
    mess = _Mess(dice, plain=plain)
    truth = [(residence, address) for residence in estate for address in residence.addresses]
    apart = mess("unit in its own column", 0.3)
    merged = not apart and mess("merged cells", 0.15)
    rows: list[Row] = []
    for residence, address in truth:
        code, postcode, city = commune_of(dice, address.commune, plain=not mess.chance(0.6))
        unit = "entrance" if address.unit.startswith(("Hall", "Escalier", "Allée")) else "building"
        rows.append(
            {
                "reference": residence.reference,
                "name": residence.name,
                "address": address_of(dice, address, unit=not apart, plain=not mess.chance(0.7)),
                "insee": code,
                "postcode": postcode,
                "city": city,
                "dwellings": address.dwellings,
            }
            | ({"building": "", "entrance": ""} | {unit: address.unit} if apart else {})
        )
    total: Row = {"reference": "TOTAL", "dwellings": sum(address.dwellings for _, address in truth)}
    made = mess.made("patrimoine", rows, {}, total if mess("totals at the end", 0.2) else None, merged=merged)
    return Messy(truth=truth, written=[str(row["address"]) for row in rows], **made)


def facts_file(dice: random.Random, facts: list[Fact], *, plain: bool = False) -> Messy:
    """Return a file of the facts, one row each; ``plain`` for one without mess."""
    mess = _Mess(dice, plain=plain)
    where = "both" if plain else dice.choice(("reference", "address", "both"))
    day_style = "iso" if plain else dice.choice(tuple(DAYS))
    moment_style = dice.choice(tuple(MOMENTS)) if mess("day and hour in one cell", 0.25) else ""
    typo = mess("a letter too many in streets", 0.15)
    unit_left_out = mess("buildings left out", 0.2)
    rows: list[Row] = []
    words: dict[str, str] = {}
    for fact in facts:
        word = fact.code if plain else word_of(dice, fact.code)
        words[word] = fact.code
        row: Row = {"external_id": fact.identifier, "type": word}
        if moment_style:
            row["day"] = MOMENTS[moment_style](fact.moment)
        else:
            row |= {"day": DAYS[day_style](fact.moment.date()), "time": f"{fact.moment:%H:%M}"}
        place = fact.address or fact.residence.addresses[0]
        # A fact of the whole residence has only its reference to be known by.
        if where != "address" or fact.address is None:
            row["reference"] = fact.residence.reference
        if where != "reference":
            written = address_of(dice, place, unit=not unit_left_out, plain=not mess.chance(0.7))
            row["address"] = (_with_typo(dice, written) if typo else written) if fact.address else ""
            row["insee"], row["postcode"], row["city"] = commune_of(
                dice, place.commune, plain=not mess.chance(0.5)
            )
        rows.append(row)
    if where == "address":
        for row in rows:
            row.setdefault("reference", "")
    made = mess.made("faits", rows, _PLACE_OF_FACTS, None)
    return Messy(
        truth=facts, words=words, month_first=day_style == "month_first" and not moment_style, **made
    )


def _with_typo(dice: random.Random, text: str) -> str:
    letters = [place for place, letter in enumerate(text) if letter.isalpha() and place > len(text) // 2]
    if not letters:
        return text
    place = dice.choice(letters)
    return text[:place] + text[place] + text[place:]


class _Mess:
    """The kinds of mess drawn for one file, and the making of its bytes."""

    def __init__(self, dice: random.Random, *, plain: bool) -> None:
        self._dice, self._plain = dice, plain
        self.kinds: list[str] = []

    def __call__(self, kind: str, share: float) -> bool:
        """Draw whether the file has a kind of mess; note it."""
        drawn = self.chance(share)
        if drawn:
            self.kinds.append(kind)
        return drawn

    def chance(self, share: float) -> bool:
        """Draw a chance; never in a plain file."""
        return not self._plain and self._dice.random() < share

    def made(
        self,
        name: str,
        rows: list[Row],
        own_titles: dict[str, tuple[str, ...]],
        total: Row | None,
        *,
        merged: bool = False,
    ) -> dict[str, object]:
        """Return the name, the bytes, the kinds of mess and the fields of the columns."""
        fields = list(dict.fromkeys(key for row in rows for key in row))
        if self("columns in another order", 0.4):
            self._dice.shuffle(fields)
        if self("a column that says nothing", 0.3):
            fields.insert(self._dice.randrange(len(fields)), "odd")
        titles = [self._title(field, own_titles) for field in fields]
        if "odd" in fields and self("two columns of one title", 0.3):
            fields.append("odd")
            titles.append(titles[fields.index("odd")])
        cells: list[list[Cell]] = [[row.get(field, "") for field in fields] for row in rows]
        if total:
            cells.append([total.get(field, "") for field in fields])
        if self("an empty title at the end", 0.15):
            fields.append("")
            titles.append("")
            cells = [[*row, ""] for row in cells] if self._dice.random() < 0.5 else cells
        head = self._head(titles)
        if not merged and "" not in titles and len(set(titles)) == len(titles) and self("GeoJSON", 0.05):
            content, ending = _geojson(titles, cells), "geojson"
        elif merged or self("workbook", 0.3):
            if merged and total:
                cells.pop()
            content, ending = self._workbook(head, cells, fields if merged else []), "xlsx"
        else:
            content, ending = self._text(head, cells), "csv"
        content, ending = self._packed(content, f"{name}.{ending}")
        named = {"odd": ""}
        return {
            "name": ending,
            "content": content,
            "kinds": self.kinds,
            "fields": [named.get(field, field) for field in fields],
        }

    def _title(self, field: str, own: dict[str, tuple[str, ...]]) -> str:
        titles = own.get(field) or _TITLES[field]
        return titles[0] if self._plain else self._dice.choice(titles)

    def _head(self, titles: list[str]) -> list[list[str]]:
        if self("title lines", 0.2):
            lines = [["Extraction du 20/11/2026"], ["Patrimoine et faits, tous secteurs"], []]
            return [*lines[: self._dice.randrange(1, 4)], titles]
        if self("two lines of titles", 0.05):
            return [["Où et quoi", *[""] * (len(titles) - 1)], titles]
        return [titles]

    def _text(self, head: list[list[str]], cells: list[list[Cell]]) -> bytes:
        delimiter = ";" if self._plain else self._dice.choice((";", ";", ",", "\t", "|"))
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
        if self("sep= line", 0.1):
            text.write(f"sep={delimiter}\r\n")
        writer.writerows(head)
        for row in cells:
            writer.writerow(row)
            if self.chance(0.02):
                text.write("\r\n")
        encoding = "utf-8" if self._plain else self._dice.choice(("utf-8", "utf-8-sig", "cp1252", "utf-16"))
        return text.getvalue().encode(encoding)

    def _workbook(self, head: list[list[str]], cells: list[list[Cell]], merged: list[str]) -> bytes:
        book = Workbook()
        sheet = book.active
        if self("cover sheet", 0.3):
            sheet.append(["Brumeval Habitat – édition mensuelle"])
            sheet = book.create_sheet("Données")
        numbers = self("numbers as numbers", 0.5)
        for line in head:
            sheet.append(line)
        start = len(head) + 1
        convert: Callable[[Cell], Cell] = _as_number if numbers else lambda cell: cell
        for row in cells:
            sheet.append([convert(cell) for cell in row])
        for column, name in enumerate(merged, 1):
            if name in {"reference", "name"}:
                _merge(sheet, column, start, [str(row[column - 1]) for row in cells])
        file = io.BytesIO()
        book.save(file)
        return file.getvalue()

    def _packed(self, content: bytes, name: str) -> tuple[bytes, str]:
        if self("gz", 0.1):
            return gzip.compress(content), f"{name}.gz"
        if self("zip", 0.1):
            file = io.BytesIO()
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(name, content)
            return file.getvalue(), f"{name}.zip"
        return content, name


def _geojson(titles: list[str], cells: list[list[Cell]]) -> bytes:
    features = [
        {"type": "Feature", "geometry": None, "properties": dict(zip(titles, map(str, row), strict=True))}
        for row in cells
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _as_number(cell: Cell) -> Cell:
    return int(cell) if isinstance(cell, str) and cell.isdecimal() else cell


def _merge(sheet: object, column: int, start: int, values: list[str]) -> None:
    """Merge the cells of neighbouring rows that say the same."""
    first = 0
    for place in range(1, len(values) + 1):
        if place == len(values) or values[place] != values[first]:
            if place - first > 1:
                sheet.merge_cells(  # type: ignore[attr-defined]  # openpyxl has no types for it
                    start_row=start + first, end_row=start + place - 1, start_column=column, end_column=column
                )
            first = place
