"""Convert a row of a file of facts into a row of the staging table."""

import datetime as dt
import hashlib
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone

from incidents.enums import PlaceKind, Source
from incidents.shield import inspect
from incidents.shield.validators import EXTERNAL_ID_LENGTH, complaint_number, is_technical
from sites.imports.communes import postcode_in
from sites.imports.points import area_of, number, read_point
from sites.imports.profiles import Profile, Values
from sites.match_key import Door, parse, plain

from .days import read_day, read_month, read_time
from .types import Types

_YES = {"OUI", "O", "YES", "Y", "VRAI", "TRUE", "1", "X"}
_NO = {"", "NON", "N", "NO", "FAUX", "FALSE", "0"}
_MAX_COST = 10**8
_SUBJECT_LENGTH = 200
_DAY_LENGTH = 30


class Staged(NamedTuple):
    """A row of the table ``import_staging``, in the order of its columns."""

    line: int
    subject: str
    reason: str | None = None
    remarks: str = ""
    external_id: str = ""
    content: str = ""
    fact_type_id: int | None = None
    day: dt.date | None = None
    span_end: dt.date | None = None
    time: dt.time | None = None
    place_kind: str = ""
    source: str = ""
    complaint_filed: bool = False
    complaint_reference: str = ""
    damage_cost: Decimal | None = None
    reference: str = ""
    key: str = ""
    postcode: str = ""
    street: str = ""
    door: int | None = None
    suffix: str = ""
    unit: str = ""
    longitude: float | None = None
    latitude: float | None = None
    proposal: str = ""


class RowReader:
    """The reader of a file's rows by the rules of one profile."""

    def __init__(self, profile: Profile) -> None:
        self._types = Types(profile)
        self._options = profile.options
        self._area = area_of(profile.options)
        self._today = timezone.localdate()
        self._kinds = {plain(str(label)): value for value, label in PlaceKind.choices} | _values(PlaceKind)
        self._sources = {plain(str(label)): value for value, label in Source.choices} | _values(Source)

    def read(self, line: int, values: Values) -> Staged:
        """Return the row to stage; with a reason, its outcome is final and it is not matched."""
        get = values.get
        subject = _subject(values)
        fact_type, reason = self._types.find(get("type", ""), get("subtype", ""))
        if fact_type is None:
            proposal = self._types.nearest(get("type", "")) if reason == "unknown_type" else ""
            return Staged(line, subject, reason, proposal=proposal)
        day, span_end, reason = self._days(values)
        if reason:
            return Staged(line, _beside(subject, values), reason)
        remarks: list[str] = []
        point, point_remarks = read_point(values, self._area)
        remarks += point_remarks
        key, at, unit = _read_address(get("address", ""))
        return Staged(
            line=line,
            subject=subject,
            external_id=_identifier(get("external_id", "")[:EXTERNAL_ID_LENGTH]),
            content=_digest(values),
            fact_type_id=fact_type,
            day=day,
            span_end=span_end,
            time=self._time(get("time", ""), remarks),
            place_kind=self._word(get("place_kind", ""), self._kinds, "place_kind", remarks),
            source=self._word(get("reporter", ""), self._sources, "reporter", remarks) or Source.OTHER.value,
            complaint_filed=_yes(get("complaint", ""), remarks) or bool(get("complaint_reference")),
            complaint_reference=_complaint_number(get("complaint_reference", ""), remarks),
            damage_cost=_cost(get("cost", ""), remarks),
            reference=get("reference", ""),
            key=key,
            postcode=postcode_in(get("postcode", "")),
            street=at.street if at else "",
            door=at.number if at else None,
            suffix=at.suffix if at else "",
            unit=unit,
            longitude=point[0] if point else None,
            latitude=point[1] if point else None,
            remarks=" ".join(remarks),
        )

    def _days(self, values: Values) -> tuple[dt.date | None, dt.date | None, str]:
        if "month" in values:
            first, last = read_month(values["month"]) or (None, None)
        else:
            first, last = read_day(values.get("day", "")), read_day(values.get("span_end", ""))
        if first is None or (values.get("span_end") and last is None):
            return None, None, "bad_date"
        if first > self._today:
            return None, None, "future_date"
        if last and last < first:
            return None, None, "bad_span"
        return first, (last if last != first else None), ""

    def _time(self, text: str, remarks: list[str]) -> dt.time | None:
        time = read_time(text) if text else None
        if text and time is None:
            remarks.append("bad_time")
        return time

    def _word(self, text: str, known: dict[str, str], option: str, remarks: list[str]) -> str:
        if not text:
            default: str = self._options.get(option, "")
            return default
        found = known.get(plain(text), "")
        if not found:
            remarks.append("bad_word")
        return found


def _values(words: type[PlaceKind] | type[Source]) -> dict[str, str]:
    return {plain(value): value for value in words.values}


@lru_cache(32_768)
def _read_address(text: str) -> tuple[str, Door | None, str]:
    parsed = parse(text)
    return parsed.key, parsed.door, parsed.unit


def _digest(values: Values) -> str:
    """Return a digest of the row's values, by which a row without an identifier is recognised; "" with one."""
    if values.get("external_id"):
        return ""
    return _md5("\x1f".join(values.values()))


def _identifier(text: str) -> str:
    """Return the row's identifier, replaced by its digest where it seems to name or describe a person."""
    return text if not text or is_technical(text) or not inspect(text) else f"~{_md5(text)}"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _yes(text: str, remarks: list[str]) -> bool:
    word = text.strip().upper()
    if word not in _YES | _NO:
        remarks.append("bad_complaint")
    return word in _YES


def _complaint_number(text: str, remarks: list[str]) -> str:
    try:
        if text:
            complaint_number(text)
    except ValidationError:
        remarks.append("bad_complaint_number")
        return ""
    return text


def _cost(text: str, remarks: list[str]) -> Decimal | None:
    value = number(text.replace("€", "")) if text else None
    if value is not None and 0 <= value < _MAX_COST:
        return round(Decimal(str(value)), 2)
    if text:
        remarks.append("bad_cost")
    return None


def _subject(values: Values) -> str:
    named = (values.get(name, "") for name in ("external_id", "type", "subtype", "address"))
    return " · ".join(text for text in named if text)[:_SUBJECT_LENGTH]


def _beside(subject: str, values: Values) -> str:
    """Return the days as written in the file, then the subject, for a row whose days are refused."""
    days = (values.get(name, "")[:_DAY_LENGTH] for name in ("day", "month", "span_end"))
    return " · ".join(text for text in (*days, subject) if text)[:_SUBJECT_LENGTH]
