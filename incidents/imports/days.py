"""Parse days, months and hours in the notations of files."""

import calendar
import datetime as dt
import re
from functools import lru_cache

from sites.match_key import plain

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_FRENCH = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: .*)?")
# Hyphens are not accepted: with two-digit numbers, the first might be the year.
_SHORT = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{2})")
# "mercredi 18 novembre 2026", "1er déc. 2026".
_WORDED = re.compile(r"(?:[A-Z]+ )?(\d{1,2})(?:ER)? ([A-Z]{3,})\.? (\d{4})")
_LONGEST = 40
_MONTHS = (
    "JANVIER", "FEVRIER", "MARS", "AVRIL", "MAI", "JUIN", "JUILLET", "AOUT", "SEPTEMBRE", "OCTOBRE",
    "NOVEMBRE", "DECEMBRE",
)  # fmt: skip
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_TIME = re.compile(r"(\d{1,2})(?:[:h](\d{2})?)?(?::\d{2}(?:\.\d+)?)?", re.IGNORECASE)


@lru_cache(4096)
def read_day(text: str) -> dt.date | None:
    """Parse an ISO or a French day, in figures or in words; None when it is neither, or not in the calendar."""
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _FRENCH.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _SHORT.fullmatch(text):
        day, month, year = int(found[1]), int(found[2]), 2000 + int(found[3])
    elif found := _WORDED.fullmatch(plain(text[:_LONGEST])):
        day, month, year = int(found[1]), _month_called(found[2]), int(found[3])
    else:
        return None
    return _date(year, month, day)


def _month_called(word: str) -> int:
    """Return the number of the only month that starts with ``word``; 0, which is no month, without exactly one."""
    found = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
    return found[0] if len(found) == 1 else 0


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
    """Parse an hour ("22:30", "22h", "22h30"); None when it is none."""
    found = _TIME.fullmatch(text)
    try:
        return dt.time(int(found[1]), int(found[2] or 0)) if found else None
    except ValueError:
        return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
