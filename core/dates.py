"""Write days and moments in words, in the active language."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.dateformat import time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

NO_BREAK = "\xa0"


def is_french() -> bool:
    """Say whether the active language is French, which it is when none is set."""
    return (get_language() or "fr").startswith("fr")


def long_date(day: dt.date, beside: dt.date | None = None) -> str:
    """Write a day in words, without its year when it is that of ``beside``."""
    year = "" if beside and day.year == beside.year else " Y"
    if is_french():
        number = "1er" if day.day == 1 else str(day.day)
        return f"{number} {format_date(day, 'F' + year)}"
    return format_date(day, "j F" + year)


def long_moment(at: dt.datetime) -> str:
    """Write a moment in words, to the minute, in local time."""
    here = timezone.localtime(at)
    time = time_format(here, r"à G \h i" if is_french() else r"\a\t H:i")
    return f"{long_date(here)} {time}"


def month_ends(day: dt.date, months: int) -> list[dt.date]:
    """Return the last days of so many months before the month of ``day``, oldest first.

    >>> [end.isoformat() for end in month_ends(dt.date(2026, 3, 15), 2)]
    ['2026-01-31', '2026-02-28']
    """
    ends = [day]
    for _month in range(months):
        ends.append(ends[-1].replace(day=1) - dt.timedelta(1))
    return ends[:0:-1]


def near_day(day: dt.date, today: dt.date) -> str:
    """Return the word for ``day`` when it is ``today`` or the day before; "" for any other day."""
    return {today: _("aujourd’hui"), today - dt.timedelta(1): _("hier")}.get(day, "")


def about_hour(time: dt.time) -> str:
    """Write a recorded hour in words, as people give it: about."""
    return f"vers {_french_hour(time)}" if is_french() else f"about {time:%H:%M}"


def hours_between(start: dt.time, end: dt.time) -> str:
    """Write the hours from ``start`` to ``end`` in words."""
    if is_french():
        return f"de {_french_hour(start)} à {_french_hour(end)}"
    return f"from {start:%H:%M} to {end:%H:%M}"


def _french_hour(time: dt.time) -> str:
    return time_format(time, r"G\ \h\ i" if time.minute else r"G\ \h").replace(" ", "\xa0")


class DayColumn(tables.Column):
    """A column that shows a day in words on the page, and keeps it a date in a file."""

    def __init__(self, **options: Any) -> None:
        super().__init__(attrs={"td": {"class": "text-nowrap"}}, **options)

    def render(self, value: dt.date) -> str:
        """Return the day in words."""
        return long_date(value)

    def value(self, value: dt.date) -> dt.date:
        """Return the day itself."""
        return value


class MomentColumn(tables.Column):
    """A column that shows a moment in words, on the page and in a file; ``seconds`` tells close entries apart."""

    def __init__(self, *, seconds: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._seconds = seconds

    def render(self, value: dt.datetime) -> str | SafeString:
        """Return the moment in words, day and hour on a line each; where there is little room, without its seconds."""
        minute = long_moment(value)
        words = len(long_date(timezone.localtime(value)))
        day, hour = minute[:words].replace(" ", NO_BREAK), minute[words + 1 :].replace(" ", NO_BREAK)
        if not self._seconds:
            return f"{day} {hour}"
        seconds = self.value(value)[len(minute) :].replace(" ", NO_BREAK)
        return format_html('{} {}<span class="d-none d-md-inline">{}</span>', day, hour, seconds)

    def value(self, value: dt.datetime) -> str:
        """Return the moment in words."""
        if not self._seconds:
            return long_moment(value)
        seconds = time_format(timezone.localtime(value), r" \m\i\n s \s" if is_french() else ":s")
        return f"{long_moment(value)}{seconds}"
