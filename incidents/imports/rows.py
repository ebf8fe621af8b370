"""Convert a row of a file of facts into a row of the staging table."""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from incidents.checks import contradictions, read_cost
from incidents.enums import PlaceKind, Source
from incidents.identifiers import own_identifier
from incidents.shield.places import passages
from incidents.shield.validators import EXTERNAL_ID_LENGTH, complaint_number, holds_phone_number, is_technical
from sites.identifiers import bounded
from sites.imports.guard import speaks_of_somebody
from sites.imports.points import area_of
from sites.imports.profiles import Profile, Values
from sites.imports.report import counted
from sites.match_key import plain

from .days import read_month, read_time
from .types import Types
from .words import words_of
from .written_places import DIGEST_DIGITS, TEXT_LENGTH, place_columns

_YES = {"OUI", "O", "YES", "Y", "VRAI", "TRUE", "1", "X"}
_NO = {"", "NON", "N", "NO", "FAUX", "FALSE", "0"}
_SUBJECT_LENGTH = 200
# Ten figures that start with a zero: only such an identifier may hold a French telephone number.
_DIALLED = re.compile(r"0(?:[^A-Za-z0-9]*\d){9}")
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
    subtype_ids: list[int] | None = None
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
        begin_reading()
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
        filed = _complaint_filed(get("complaint", ""), complaint, remarks, faults)
        # What the form would refuse is refused here too: the row comes back, to be corrected.
        remarks += faults[1:]
        return Staged(
            line=line,
            subject=_subject(values),
            reason=faults[0] if faults else None,
            external_id=bounded(identifier, EXTERNAL_ID_LENGTH, DIGEST_DIGITS),
            own_id=own_id,
            fact_type_id=fact_type,
            subtype_ids=self._types.subtypes(fact_type, get("subtype", ""), get("type", "")),
            day_text=get("day", "")[:TEXT_LENGTH],
            end_text=get("span_end", "")[:TEXT_LENGTH],
            day=day,
            span_end=span_end,
            time=time,
            place_kind=self._word(get("place_kind", ""), self._kinds, "place_kind", remarks),
            source=self._word(get("reporter", ""), self._sources, "reporter", remarks) or Source.OTHER.value,
            complaint_filed=filed,
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


def is_identifier(text: str) -> bool:
    """Say whether a text may be kept as an identifier: a word as programs give, or a text about nobody."""
    if not is_technical(text):
        return not speaks(text)
    return not (_DIALLED.search(text) and holds_phone_number(text[:TEXT_LENGTH]))


@lru_cache(16384)
def speaks(text: str) -> bool:
    """Say whether a text of the file seems to name or describe a person; a residence of one's own is a place, as in forms.

    What is remembered is of one reading alone: the next one may be in another scope (:func:`begin_reading`).
    """
    return bool(text) and bool(passages(text[:TEXT_LENGTH]))


def begin_reading() -> None:
    """Forget what :func:`speaks` remembers of the file before."""
    speaks.cache_clear()


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


def _complaint_filed(text: str, number: str, remarks: list[str], faults: list[str]) -> bool:
    """Return whether a complaint was filed: a number says so too, where the cell that would say it is empty."""
    filed = said_yes(text, remarks, "bad_complaint") or bool(number and not text.strip())
    if contradictions(day=None, span_end=None, complaint_filed=filed, complaint_reference=number):
        faults.append("number_without_complaint")
    return filed


def _cost(text: str, faults: list[str]) -> Decimal | None:
    cost = read_cost(text) if text else None
    if text and cost is None:
        faults.append("bad_cost")
    return cost


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
