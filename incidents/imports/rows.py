"""Convert a row of a file of facts into a row of the staging table."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from incidents.enums import PlaceKind, Source
from incidents.files import whole_residence_words
from incidents.identifiers import own_identifier
from incidents.shield import inspect
from incidents.shield.validators import EXTERNAL_ID_LENGTH, complaint_number, holds_phone_number, is_technical
from sites.identifiers import ban_key, bounded, rnb_id
from sites.imports.guard import speaks_of_somebody
from sites.imports.points import Box, area_of, number, read_point
from sites.imports.profiles import Profile, Values
from sites.imports.report import counted
from sites.imports.stock_addresses import written_address
from sites.imports.stock_rows import bounded_reference
from sites.match_key import Door, Doors, parse, plain

from .communes import within
from .days import read_month, read_time
from .types import Types
from .words import words_of

_YES = {"OUI", "O", "YES", "Y", "VRAI", "TRUE", "1", "X"}
_NO = {"", "NON", "N", "NO", "FAUX", "FALSE", "0"}
_MAX_COST = 10**8
_SUBJECT_LENGTH = 200
TEXT_LENGTH = 200
# The digits of the digest that ends a longer identifier or address: a file has up to a million of them.
_DIGEST_DIGITS = 16
# Ten figures that start with a zero: only such an identifier may hold a French telephone number.
_DIALLED = re.compile(r"0(?:[^A-Za-z0-9]*\d){9}")
# The key of a row that speaks of its residence as a whole; no address has it.
WHOLE_KEY = "*"
# The reason for a row with a text that seems to name or describe a person: nothing of the row is quoted.
SPEAKS = "speaks_of_people"


class Staged(NamedTuple):
    """A row of the table ``import_staging``, in the order of its columns."""

    line: int
    subject: str
    reason: str | None = None
    remarks: str = ""
    external_id: str = ""
    own_id: UUID | None = None
    fact_type_id: int | None = None
    day_text: str = ""
    end_text: str = ""
    day: dt.date | None = None
    span_end: dt.date | None = None
    time: dt.time | None = None
    place_kind: str = ""
    source: str = ""
    complaint_filed: bool = False
    complaint_reference: str = ""
    damage_cost: Decimal | None = None
    reference: str = ""
    place_text: str = ""
    key: str = ""
    within: str = ""
    street: str = ""
    door: int | None = None
    suffix: str = ""
    unit: str = ""
    rnb_id: str = ""
    ban_key: str = ""
    meant_street: str = ""
    meant_low: int | None = None
    meant_high: int | None = None
    longitude: float | None = None
    latitude: float | None = None
    proposal: str = ""


class RowReader:
    """The reader of a file's rows by the rules of one profile.

    Args:
        profile: the format of the file.
        titles: field → the title of its column in this file.
    """

    def __init__(self, profile: Profile, titles: dict[str, str]) -> None:
        self._titles = titles
        self._types = Types(profile)
        self._options = profile.options
        self._area = area_of(profile.options)
        self._kinds = words_of(PlaceKind)
        self._sources = words_of(Source)

    def read(self, line: int, values: Values) -> Staged:
        """Return the row to stage; with a reason, its outcome is final and it is not matched."""
        get = values.get
        identifier = get("external_id", "")
        own_id = own_identifier(identifier)
        if own_id is None and not is_identifier(identifier):
            return self._speaks(line, "external_id")
        fact_type, reason = self._types.find(get("type", ""), get("subtype", ""))
        if fact_type is None:
            return self._without_type(line, values, reason)
        remarks, faults = list[str](), list[str]()
        day, span_end = self._month(values)
        time, cost = _time(get("time", ""), faults), _cost(get("cost", ""), faults)
        complaint = _complaint_number(get("complaint_reference", ""), faults)
        # What the form would refuse is refused here too: the row comes back, to be corrected.
        remarks += faults[1:]
        return Staged(
            line=line,
            subject=_subject(values),
            reason=faults[0] if faults else None,
            external_id=bounded(identifier, EXTERNAL_ID_LENGTH, _DIGEST_DIGITS),
            own_id=own_id,
            fact_type_id=fact_type,
            day_text=get("day", "")[:TEXT_LENGTH],
            end_text=get("span_end", "")[:TEXT_LENGTH],
            day=day,
            span_end=span_end,
            time=time,
            place_kind=self._word(get("place_kind", ""), self._kinds, "place_kind", remarks),
            source=self._word(get("reporter", ""), self._sources, "reporter", remarks) or Source.OTHER.value,
            complaint_filed=said_yes(get("complaint", ""), remarks, "bad_complaint")
            or bool(get("complaint_reference")),
            complaint_reference=complaint,
            damage_cost=cost,
            **place_columns(values, self._area, remarks),
            remarks=" ".join(remarks),
        )

    def misfit(self, line: int, cells: list[str], width: int) -> Staged:
        """Return the refusal of a row that has not one cell for each title; it quotes nothing of the row."""
        return Staged(line, *misfit(cells, width))

    def _without_type(self, line: int, values: Values, reason: str) -> Staged:
        for field in ("type", "subtype"):
            if speaks(values.get(field, "")):
                return self._speaks(line, field)
        kind = values.get("type", "")
        proposal = self._types.nearest(kind) if reason == "unknown_type" else ""
        return Staged(
            line,
            _subject(values),
            reason,
            proposal=proposal,
            # Its days still show which figure comes first in the column.
            day_text=values.get("day", "")[:TEXT_LENGTH],
            end_text=values.get("span_end", "")[:TEXT_LENGTH],
        )

    def _speaks(self, line: int, field: str) -> Staged:
        return Staged(line, named_column(self._titles[field]), SPEAKS)

    @staticmethod
    def _month(values: Values) -> tuple[dt.date | None, dt.date | None]:
        """Return the first and last days of a row whose day is a month; days are read once all rows are."""
        return read_month(values["month"]) or (None, None) if "month" in values else (None, None)

    def _word(self, text: str, known: dict[str, str], option: str, remarks: list[str]) -> str:
        if not text:
            default: str = self._options.get(option, "")
            return default
        found = known.get(plain(text), "")
        if not found:
            remarks.append("bad_word")
        return found


# The staged columns by which the place of a row is found, whatever the kind of the records.
PLACE_COLUMNS = (
    "reference", "place_text", "key", "within", "street", "door", "suffix", "unit", "rnb_id", "ban_key", "meant_street",
    "meant_low", "meant_high", "longitude", "latitude",
)  # fmt: skip


def place_columns(values: Values, area: Sequence[Box], remarks: list[str]) -> dict[str, Any]:
    """Return each of ``PLACE_COLUMNS`` with its value; add what is left of the row's point to its remarks."""
    point, point_remarks = read_point(values, area)
    remarks += point_remarks
    place = written_address(values)
    key, at, unit, meant = _read_address(place)
    found = (
        bounded_reference(values.get("reference", "")),
        bounded(place, TEXT_LENGTH, _DIGEST_DIGITS),
        key,
        within(values, place, str(at.number) if at else ""),
        at.street if at else "",
        at.number if at else None,
        at.suffix if at else "",
        unit,
        _identifier(rnb_id, values.get("rnb", ""), remarks),
        _identifier(ban_key, values.get("ban", ""), remarks),
        meant.street if meant else "",
        meant.low if meant else None,
        meant.high if meant else None,
        *(point or (None, None)),
    )
    return dict(zip(PLACE_COLUMNS, found, strict=True))


def misfit(cells: list[str], width: int) -> tuple[str, str]:
    """Return what the report says of a row that has not one cell for each title, and the reason of its refusal."""
    if speaks("\n".join(cells[width:])):
        return named_column(str(width + 1)), SPEAKS
    return counted(cells, width), "wrong_columns"


def named_column(title: str) -> str:
    """Return what the report says of a row of which nothing may be quoted: the column that speaks of a person.

    A file without titles has its first row in their place, which may speak of a person as well.
    """
    if speaks_of_somebody(title):
        return _("colonne dont le titre n’est pas repris")
    return _("colonne « %(title)s »") % {"title": title[:TEXT_LENGTH]}


def _identifier(read: Callable[[str], str], written: str, remarks: list[str]) -> str:
    found = read(written)
    if written.strip() and not found and "bad_identifier" not in remarks:
        remarks.append("bad_identifier")
    return found


@lru_cache(32_768)
def _read_address(text: str) -> tuple[str, Door | None, str, Doors | None]:
    if plain(text) in _whole_residence():
        return WHOLE_KEY, None, "", None
    parsed = parse(text)
    return parsed.key, parsed.door, parsed.unit, None if parsed.door else parsed.meant


def is_identifier(text: str) -> bool:
    """Say whether a text may be kept as an identifier: a word as programs give, or a text about nobody."""
    if not is_technical(text):
        return not speaks(text)
    return not (_DIALLED.search(text) and holds_phone_number(text[:TEXT_LENGTH]))


@cache
def _whole_residence() -> set[str]:
    return {plain(words) for words in whole_residence_words()}


@lru_cache(16384)
def speaks(text: str) -> bool:
    """Say whether a text of the file seems to name or describe a person."""
    return bool(text) and bool(inspect(text[:TEXT_LENGTH]))


def said_yes(text: str, remarks: list[str], doubt: str) -> bool:
    """Return whether a cell says yes; one that says neither yes nor no gets the remark ``doubt``."""
    word = text.strip().upper()
    if word not in _YES | _NO:
        remarks.append(doubt)
    return word in _YES


def _time(text: str, faults: list[str]) -> dt.time | None:
    time = read_time(text) if text else None
    if text and time is None:
        faults.append("bad_time")
    return time


def _complaint_number(text: str, faults: list[str]) -> str:
    try:
        if text:
            complaint_number(text)
    except ValidationError:
        faults.append("bad_complaint_number")
        return ""
    return text


def _cost(text: str, faults: list[str]) -> Decimal | None:
    value = number(text.replace("€", "")) if text else None
    if value is not None and 0 <= value < _MAX_COST:
        return round(Decimal(str(value)), 2)
    if text:
        faults.append("bad_cost")
    return None


def _subject(values: Values) -> str:
    """Return words by which the file's author recognises the row; an address is quoted where it matters alone."""
    named = [values.get("external_id", "")[:EXTERNAL_ID_LENGTH], values.get("type", "")]
    if (subtype := values.get("subtype", "")) and not speaks(subtype):
        named.append(subtype)
    return " · ".join(text for text in named if text)[:_SUBJECT_LENGTH]


def quoted(text: str) -> str:
    """Return a text of the file to show in its report; "" for one that seems to name or describe a person."""
    return "" if speaks(text) else text[:TEXT_LENGTH]


def quoted_days(*texts: str | None) -> str:
    """Return the days of a row as the file writes them, to show beside the question about their order."""
    return " · ".join(said for said in (quoted(text or "") for text in texts) if said)
