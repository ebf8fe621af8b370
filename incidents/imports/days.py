"""Parse days, spans, months and hours in the notations of files.

A text is read whole or not at all: of a day followed by something unknown, nothing is kept.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from sites.match_key import plain
from sites.zones import zone_of

# Which of two figures is the day and which the month, in notations that leave it open.
Order = Literal["day", "month"]

_LONGEST = 80
_MONTHS = (
    "JANVIER JANUARY", "FEVRIER FEBRUARY", "MARS MARCH", "AVRIL APRIL", "MAI MAY", "JUIN JUNE", "JUILLET JULY",
    "AOUT AUGUST", "SEPTEMBRE SEPTEMBER", "OCTOBRE OCTOBER", "NOVEMBRE NOVEMBER", "DECEMBRE DECEMBER",
)  # fmt: skip
_WEEKDAYS = frozenset(
    [
        "LUNDI",
        "MARDI",
        "MERCREDI",
        "JEUDI",
        "VENDREDI",
        "SAMEDI",
        "DIMANCHE",
        "LUN",
        "MAR",
        "MER",
        "JEU",
        "VEN",
        "SAM",
        "DIM",
        "MONDAY",
        "TUESDAY",
        "WEDNESDAY",
        "THURSDAY",
        "FRIDAY",
        "SATURDAY",
        "SUNDAY",
        "MON",
        "TUE",
        "WED",
        "THU",
        "FRI",
        "SAT",
        "SUN",
    ]
)
_HOUR = (
    r"(?P<hour>\d{1,2}) ?(?:[:H]|HEURES?) ?(?:(?P<minute>\d{2})(?::\d{2}(?:[.,]\d+)?)?(?: ?MIN)?)?(?: ?(?P<half>[AP]M))?"
    r"|(?P<bare>\d{1,2})(?: ?(?P<bare_half>[AP]M))?"
)
_TIME = re.compile(_HOUR)
_ZONE = r"(?: ?(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))"
# A day, then perhaps the hour and its distance from Greenwich.
_MOMENT = re.compile(
    rf"(?P<day>.+?)(?:(?:T|,? (?:A )?)(?P<time>(?=\d{{1,2}} ?(?:[:H]|[AP]M))(?:{_HOUR})){_ZONE}?)?"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_FIGURES = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
# Hyphens are not accepted: with two-digit numbers, the first might be the year.
_SHORT = re.compile(r"(?<!\d)(\d{1,2})([/.])(\d{1,2})\2(\d{2})(?!\d)")
# "mercredi 18 novembre 2026", "1er déc. 2026", "14-juil.-26".
_WORDED = re.compile(r"(?:(?P<weekday>[A-Z]+)[.,]? )?(\d{1,2})(?:ER)?[ -]([A-Z]{3,})\.?[ -](\d{4}|\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
# How two days are written as a span; the first may leave out what the second says.
_SPANS = (
    re.compile(r"(?:DU|DE|ENTRE LE|D')? ?(?P<first>.+?) (?:AU|A|ET LE|-|–|—|>|->|→|/) (?P<last>.+)"),
    re.compile(r"(?P<first>[^-–—→]+?) ?[-–—→] ?(?P<last>[^-–—→]+)"),
    re.compile(r"(?P<first>\d{4}-[^/]+)/(?P<last>\d{4}-.+)"),
)
_WITHOUT_YEAR = re.compile(r"\d{1,2}([/.])\d{1,2}")
_WITHOUT_MONTH = re.compile(r"(?:[A-Z]+ )?\d{1,2}(?:ER)?")
_WORDED_WITHOUT_YEAR = re.compile(r"(?:[A-Z]+ )?\d{1,2}(?:ER)? [A-Z]{3,}\.?")
_MIDNIGHT = dt.time()
_NOON = 12


class Moment(NamedTuple):
    """When something happened: a day and perhaps its hour, or the first and the last day of a span."""

    day: dt.date
    span_end: dt.date | None = None
    time: dt.time | None = None


@lru_cache(8192)
def read_moment(
    text: str, order: Order = "day", zone: ZoneInfo | None = None, *, hours: bool = True
) -> Moment | None:
    """Parse a day, a moment or a span, in figures or in words; None when the text is something else as well.

    Args:
        text: what the cell says.
        order: whether 03/04/2026 is the 3rd of April ("day") or the 4th of March ("month").
        zone: the zone of the place. A moment written with a zone of its own becomes the day and the hour
            there; without ``zone``, such a moment is not read.
        hours: False where the whole column says midnight (:func:`tells_hours`): its days have no hour, and
            stay as written.
    """
    said = plain(text[: _LONGEST + 1])
    if len(said) > _LONGEST:
        return None
    return _single(said, order, zone, hours=hours) or _span(said, order)


def instant_of(text: str, order: Order = "day", *, hours: bool = True) -> dt.datetime | None:
    """Return the instant of a moment written with its distance from Greenwich, whose day depends on the place.

    None for every other text, and for a midnight where the whole column says midnight: that is a day as written.
    The parameters are those of :func:`read_moment`.
    """
    found = _MOMENT.fullmatch(plain(text[: _LONGEST + 1]))
    if found is None or not found["zone"]:
        return None
    day, time = _day(found["day"], order), _time(found)
    if day is None or time is None or (not hours and time == _MIDNIGHT):
        return None
    return _at(day, time, found["zone"])


def order_of(texts: Iterable[str]) -> Literal["day", "month", "either", "mixed"]:
    """Tell which of the figures of a column's days is the day: what one text shows holds for all of them.

    Args:
        texts: the different texts of the column.

    Returns:
        "day" or "month", which comes first; "either" when no text tells them apart; "mixed" when some show the
        one, some the other, and none can be trusted.
    """
    shown = {order for text in texts for order in _orders(plain(text[:_LONGEST]))}
    if len(shown) > 1:
        return "mixed"
    return shown.pop() if shown else "either"


def tells_hours(texts: Iterable[str]) -> bool:
    """Say whether a column tells an hour other than midnight, which programs write beside days without one."""
    moments = (_MOMENT.fullmatch(plain(text[:_LONGEST])) for text in texts)
    return any(found["time"] and _time(found) not in {None, _MIDNIGHT} for found in moments if found)


@lru_cache(4096)
def read_day(text: str) -> dt.date | None:
    """Parse a day, in metropolitan France; None when it is a span, no day, or not in the calendar."""
    moment = read_moment(text, zone=zone_of(""))
    return moment.day if moment and not moment.span_end else None


@lru_cache(512)
def read_month(text: str) -> tuple[dt.date, dt.date] | None:
    """Parse a month ("2021-03") into its first and last days; None when it is none."""
    found = _MONTH.fullmatch(text)
    first = _date(int(found[1]), int(found[2]), 1) if found else None
    if first is None:
        return None
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


@lru_cache(2048)
def read_time(text: str) -> dt.time | None:
    """Parse an hour ("22:30", "22h", "22 h 30", "9:30 PM"); None when it is none."""
    found = _TIME.fullmatch(plain(text[:_LONGEST]))
    return _time(found) if found else None


def _single(said: str, order: Order, zone: ZoneInfo | None, *, hours: bool) -> Moment | None:
    found = _MOMENT.fullmatch(said)
    day = _day(found["day"], order) if found else None
    if found is None or day is None:
        return None
    if not found["time"]:
        return Moment(day)
    time = _time(found)
    if time is None:
        return None
    if not hours and time == _MIDNIGHT:
        return Moment(day)
    return _there(_at(day, time, found["zone"]), zone) if found["zone"] else Moment(day, None, time)


def _there(at: dt.datetime | None, zone: ZoneInfo | None) -> Moment | None:
    """Return the day and hour of an instant in ``zone``."""
    if at is None or zone is None:
        return None
    here = at.astimezone(zone)
    return Moment(here.date(), None, here.time())


def _at(day: dt.date, time: dt.time, offset: str) -> dt.datetime | None:
    """Return the instant of an hour written with ``offset``; None where some zone's calendar has no such day."""
    if not dt.MINYEAR < day.year < dt.MAXYEAR:
        return None
    try:
        return dt.datetime.combine(day, time, _offset(offset))
    except ValueError:
        return None


def _offset(text: str) -> dt.tzinfo:
    if text[0] not in "+-":
        return dt.UTC
    figures = text[1:].replace(":", "").ljust(4, "0")
    ahead = dt.timedelta(hours=int(figures[:2]), minutes=int(figures[2:]))
    return dt.timezone(-ahead if text[0] == "-" else ahead)


def _span(said: str, order: Order) -> Moment | None:
    for pattern in _SPANS:
        found = pattern.fullmatch(said)
        last = _day(_without_midnight(found["last"]), order) if found else None
        first = (
            _first_of(_without_midnight(found["first"]), found["last"], last, order)
            if found and last
            else None
        )
        if first and last and first <= last:
            return Moment(first, last if last > first else None)
    return None


def _without_midnight(said: str) -> str:
    """Return a day without the midnight that a program wrote beside it; other hours of a span are not read."""
    found = _MOMENT.fullmatch(said)
    at_midnight = found and found["time"] and not found["zone"] and _time(found) == _MIDNIGHT
    return found["day"] if found and at_midnight else said


def _first_of(said: str, last_said: str, last: dt.date, order: Order) -> dt.date | None:
    """Return the first day of a span; its year, and in words its month, may be left to the last one."""
    if day := _day(said, order):
        return day
    if found := _WITHOUT_YEAR.fullmatch(said):
        completed = f"{said}{found[1]}{{year}}"
    elif _WORDED_WITHOUT_YEAR.fullmatch(said):
        completed = f"{said} {{year}}"
    elif _WITHOUT_MONTH.fullmatch(said):
        same = _WORDED.fullmatch(last_said)
        completed = f"{said} {same[3]} {{year}}" if same else f"{said}/{last:%m}/{{year}}"
        order = order if same else "day"
    else:
        return None
    first = _day(completed.format(year=last.year), order)
    # From 31/12 to 01/01/2027.
    return _day(completed.format(year=last.year - 1), order) if first and first > last else first


def _day(said: str, order: Order) -> dt.date | None:
    if found := _YEAR_FIRST.fullmatch(said):
        return _date(int(found[1]), int(found[3]), int(found[4]))
    if found := _FIGURES.fullmatch(said) or _SHORT.fullmatch(said):
        day, month = (found[1], found[3]) if order == "day" else (found[3], found[1])
        return _date(_year(found[4]), int(month), int(day))
    found = _WORDED.fullmatch(said)
    if found is None or (found["weekday"] and found["weekday"] not in _WEEKDAYS):
        return None
    return _date(_year(found[4]), _month_called(found[3]), int(found[2]))


def _year(figures: str) -> int:
    return int(figures) if len(figures) > 2 else 2000 + int(figures)  # noqa: PLR2004


def _month_called(word: str) -> int:
    """Return the number of the only month with a name that starts with ``word``; 0, which is no month, else."""
    found = [
        number
        for number, names in enumerate(_MONTHS, 1)
        if any(name.startswith(word) for name in names.split())
    ]
    return found[0] if len(found) == 1 else 0


def _orders(said: str) -> set[Literal["day", "month"]]:
    """Return what the figures of a text show of their order: a figure over 12 is no month."""
    shown: set[Literal["day", "month"]] = set()
    for pattern in (_FIGURES, _SHORT):
        for first, _mark, second, _year_said in pattern.findall(said):
            if int(first) > _NOON >= int(second):
                shown.add("day")
            elif int(second) > _NOON >= int(first):
                shown.add("month")
    return shown


def _time(found: re.Match[str]) -> dt.time | None:
    hour = int(found["hour"] or found["bare"])
    half = found["half"] or found["bare_half"]
    if half:
        if not 1 <= hour <= _NOON:
            return None
        hour = hour % _NOON + (_NOON if half == "PM" else 0)
    try:
        return dt.time(hour, int(found["minute"] or 0))
    except ValueError:
        return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
