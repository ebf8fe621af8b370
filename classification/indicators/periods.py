"""Name periods: quarters, months and years by a code, others by their days, and the periods that they are compared with."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from core.dates import is_french, long_date
from incidents.days import EARLIEST

# The longest period that days may be chosen for: three years, one of them leap.
MOST_DAYS = 1096
BETWEEN = "dates"
YEAR_BEFORE, PREVIOUS = "an", "precedente"
_QUARTER = 3
_LAST_MONTH = 12
_CODE = re.compile(r"(?P<year>\d{4})(?:-(?:T(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)
_QUARTERS_OFFERED, _MONTHS_OFFERED, _YEARS_OFFERED = 12, 24, 5


@dataclass(frozen=True, slots=True)
class Period:
    """A period from its first to its last day, both included; ``code`` is "" for one that is chosen by its days."""

    first: dt.date
    last: dt.date
    code: str = ""

    def days(self, today: dt.date) -> int:
        """Return how many of its days have begun, one at least."""
        return max(1, (min(self.last, today) - self.first).days + 1)

    def goes_on(self, today: dt.date) -> bool:
        """Say whether some of its days are still to come."""
        return self.last > today

    @property
    def name(self) -> str:
        """The period in words."""
        found = _CODE.fullmatch(self.code)
        if found is None:
            first, last = long_date(self.first, self.last), long_date(self.last)
            return _("du %(first)s au %(last)s") % {"first": first, "last": last}
        if found["quarter"]:
            return _("%(number)s trimestre %(year)s") % {
                "number": _ordinal(int(found["quarter"])), "year": found["year"],
            }  # fmt: skip
        return format_date(self.first, "F Y") if found["month"] else found["year"]

    @property
    def short(self) -> str:
        """The period in a word, for the head of a column."""
        found = _CODE.fullmatch(self.code)
        if found and found["quarter"]:
            return _("T%(number)s %(year)s") % {"number": found["quarter"], "year": found["year"]}
        if found:
            return format_date(self.first, "N Y") if found["month"] else found["year"]
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"


def _ordinal(number: int) -> str:
    if is_french():
        return "1er" if number == 1 else f"{number}e"
    return ["1st", "2nd", "3rd", "4th"][number - 1]


def read(code: str) -> Period | None:
    """Return the period of a code: ``2026-T3``, ``2026-09`` or ``2026``; None for any other text.

    >>> read("2026-T1")
    Period(first=datetime.date(2026, 1, 1), last=datetime.date(2026, 3, 31), code='2026-T1')
    >>> read("2024-02").last
    datetime.date(2024, 2, 29)
    >>> read("2026-13"), read("1999")
    (None, None)
    """
    found = _CODE.fullmatch(code)
    if found is None or int(found["year"]) < EARLIEST.year:
        return None
    if found["quarter"]:
        end = int(found["quarter"]) * _QUARTER
        return _months(int(found["year"]), end - _QUARTER + 1, end, code)
    if found["month"]:
        return _months(int(found["year"]), int(found["month"]), int(found["month"]), code)
    return _months(int(found["year"]), 1, _LAST_MONTH, code)


def quarter_of(day: dt.date) -> Period:
    """Return the quarter that a day lies in.

    >>> quarter_of(dt.date(2026, 11, 27)).code
    '2026-T4'
    """
    number = (day.month - 1) // _QUARTER + 1
    return _months(day.year, number * _QUARTER - 2, number * _QUARTER, f"{day.year}-T{number}")


def default(today: dt.date) -> Period:
    """Return the last quarter that has ended: all its facts can have been entered, and every landlord names it alike.

    >>> default(dt.date(2026, 1, 1)).code
    '2025-T4'
    """
    return before(quarter_of(today))


def before(period: Period) -> Period:
    """Return the period of the same kind, or of as many days, that ends where ``period`` begins.

    >>> before(read("2026-T1")).code, before(read("2026-01")).code, before(read("2026")).code
    ('2025-T4', '2025-12', '2025')
    >>> before(Period(dt.date(2026, 3, 1), dt.date(2026, 3, 10))).first
    datetime.date(2026, 2, 19)
    """
    last = period.first - dt.timedelta(1)
    if "T" in period.code:
        return quarter_of(last)
    if "-" in period.code:
        return _months(last.year, last.month, last.month, f"{last:%Y-%m}")
    if period.code:
        return _months(last.year, 1, _LAST_MONTH, str(last.year))
    return Period(last - (period.last - period.first), last)


def year_before(period: Period, today: dt.date) -> Period:
    """Return the same period of the year before: of one that goes on, the days that correspond to those begun.

    >>> year_before(read("2026-T3"), dt.date(2026, 11, 27)).code
    '2025-T3'
    >>> year_before(read("2026-T4"), dt.date(2026, 11, 27)).last
    datetime.date(2025, 11, 27)
    """
    if period.code and not period.goes_on(today):
        year, rest = period.code[:4], period.code[4:]
        return Period(_shifted(period.first), _end_shifted(period.last), f"{int(year) - 1}{rest}")
    return Period(_shifted(period.first), _shifted(max(period.first, min(period.last, today))))


def against(period: Period, code: str, today: dt.date) -> Period | None:
    """Return the period that a code compares with: a year before, the one before, or one that it names; None for no such code."""
    if code == YEAR_BEFORE:
        return year_before(period, today)
    return before(period) if code == PREVIOUS else read(code)


def quarters(today: dt.date, number: int = _QUARTERS_OFFERED) -> list[Period]:
    """Return the current quarter and those before it, the latest first."""
    found = [quarter_of(today)]
    while len(found) < number:
        found.append(before(found[-1]))
    return found


def offered(today: dt.date) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the periods of each kind to choose from, as the groups of a list."""
    kinds = (
        (_("Trimestres"), quarters(today)),
        (_("Mois"), _row(_months(today.year, today.month, today.month, f"{today:%Y-%m}"), _MONTHS_OFFERED)),
        (_("Années"), _row(_months(today.year, 1, _LAST_MONTH, str(today.year)), _YEARS_OFFERED)),
    )
    yield from ((kind, [(period.code, period.name) for period in found]) for kind, found in kinds)


def _row(last: Period, number: int) -> list[Period]:
    found = [last]
    while len(found) < number:
        found.append(before(found[-1]))
    return found


def _months(year: int, first: int, last: int, code: str) -> Period:
    end = calendar.monthrange(year, last)[1]
    return Period(dt.date(year, first, 1), dt.date(year, last, end), code)


def _shifted(day: dt.date) -> dt.date:
    """Return the same day of the year before: the 28th for a 29th of February."""
    return day.replace(year=day.year - 1, day=min(day.day, calendar.monthrange(day.year - 1, day.month)[1]))


def _end_shifted(day: dt.date) -> dt.date:
    """Return the end of the same month of the year before."""
    return day.replace(year=day.year - 1, day=calendar.monthrange(day.year - 1, day.month)[1])
