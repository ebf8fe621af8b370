"""Days and moments in words, as people write them in the active language."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.dateformat import time_format
from django.utils.translation import get_language


def is_french() -> bool:
    """Say whether the active language is French, as it is when none is."""
    return (get_language() or "fr").startswith("fr")


def long_date(day: dt.date, beside: dt.date | None = None) -> str:
    """Write a day in words, without its year when it is that of ``beside``."""
    year = "" if beside and day.year == beside.year else " Y"
    if is_french():
        number = "1er" if day.day == 1 else str(day.day)
        return f"{number} {format_date(day, 'F' + year)}"
    return format_date(day, "j F" + year)


def long_moment(at: dt.datetime) -> str:
    """Write a moment in words, to the minute, as clocks here show it."""
    here = timezone.localtime(at)
    time = time_format(here, r"à H \h i" if is_french() else r"\a\t H:i")
    return f"{long_date(here)} {time}"


class DayColumn(tables.Column):
    """A day in words on the page, as it is in a file."""

    def __init__(self, **options: Any) -> None:
        super().__init__(attrs={"td": {"class": "text-nowrap"}}, **options)

    def render(self, value: dt.date) -> str:
        """The day in words."""
        return long_date(value)

    def value(self, value: dt.date) -> dt.date:
        """The day itself."""
        return value


class MomentColumn(tables.Column):
    """A moment in words on the page, in a file too; with its seconds where entries follow closely."""

    def __init__(self, *, seconds: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._seconds = seconds

    def render(self, value: dt.datetime) -> str:
        """The moment in words, its hour on one line."""
        return self.value(value).replace(" h ", "\xa0h\xa0")

    def value(self, value: dt.datetime) -> str:
        """The moment in words."""
        if not self._seconds:
            return long_moment(value)
        here = timezone.localtime(value)
        return f"{long_date(here)}, {time_format(here, 'H:i:s')}"
