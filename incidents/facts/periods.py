"""Narrow facts to the last days or the last night at their place, and to parts of the day.

Days and hours of facts are those of their place, so that "today" differs between departments overseas and Paris.
"""

import datetime as dt
from collections.abc import Callable

from django.db.models import Case, F, Q, TimeField, Value, When
from django.db.models.functions import Cast

from incidents.enums import DayPart, Recent
from incidents.querysets import may_fall_since
from sites.perimeter import is_own
from sites.zones import OVERSEAS, today_at

NIGHT_FROM, NIGHT_UNTIL = dt.time(20), dt.time(8)
# The hours of each part, the last one excluded; together they are the whole day.
HOURS = {
    DayPart.MORNING: (NIGHT_UNTIL, dt.time(12)),
    DayPart.AFTERNOON: (dt.time(12), dt.time(17)),
    DayPart.EVENING: (dt.time(17), NIGHT_FROM),
}
_DAYS = {Recent.TODAY: 1, Recent.WEEK: 7, Recent.WINDOW: 28}
# The hour for somebody who holds no landlord's role: the column is not even read.
NO_HOUR = Cast(Value(None), TimeField())
_HOUR_READ = Q(is_own(), time__isnull=False)


def hour_read() -> Case:
    """Return the hour of a fact that the acting person may read in full, null for any other fact."""
    return Case(When(is_own(), then=F("time")), output_field=TimeField())


def recent(period: Recent) -> Q:
    """Return the condition of facts that may have happened in ``period``, whatever their hour."""
    if period == Recent.NIGHT:
        return _at_places(lambda today: _may_fall_between(today - dt.timedelta(1), today))
    return _at_places(lambda today: _may_fall_between(today - dt.timedelta(_DAYS[period] - 1), today))


def last_night() -> Q:
    """Return the condition of facts whose hour is read and lies between 20:00 the day before and 8:00 today."""

    def night(today: dt.date) -> Q:
        evening = Q(day=today - dt.timedelta(1), time__gte=NIGHT_FROM)
        return evening | Q(day=today, time__lt=NIGHT_UNTIL)

    return _HOUR_READ & Q(span_end=None) & _at_places(night)


def in_part(part: DayPart) -> Q:
    """Return the condition of facts whose hour is read and lies in ``part``; of those without one for UNKNOWN."""
    if part == DayPart.UNKNOWN:
        return ~_HOUR_READ
    if part == DayPart.NIGHT:
        return _HOUR_READ & (Q(time__gte=NIGHT_FROM) | Q(time__lt=NIGHT_UNTIL))
    first, end = HOURS[part]
    return _HOUR_READ & Q(time__gte=first, time__lt=end)


def hour_unknown_in_last_night() -> Q:
    """Return the condition of facts that may belong to the last night: their hour or their day is not known."""
    return recent(Recent.NIGHT) & (~_HOUR_READ | Q(span_end__isnull=False))


def _may_fall_between(first: dt.date, last: dt.date) -> Q:
    return may_fall_since(first) & Q(day__lte=last)


def _at_places(condition: Callable[[dt.date], Q]) -> Q:
    """Return ``condition`` of the current day at each place.

    While all of France has one day it is a plain condition, which an index answers.
    """
    here = today_at("")
    elsewhere = {code: day for code in OVERSEAS if (day := today_at(code)) != here}
    found = condition(here)
    if not elsewhere:
        return found
    found &= ~Q(commune__department__in=list(elsewhere))
    for day in sorted(set(elsewhere.values())):
        codes = [code for code in elsewhere if elsewhere[code] == day]
        found |= Q(commune__department__in=codes) & condition(day)
    return found
