"""Filters that write as people do."""

import datetime as dt

from django import template

from accounts import dates
from classification import wording

register = template.Library()


@register.filter(expects_localtime=True)
def long_date(day: dt.date | None) -> str:
    """Write a day in words; nothing for None."""
    return wording.typeset(dates.long_date(day)) if day else ""


@register.filter
def long_moment(at: dt.datetime | None) -> str:
    """Write a moment in words, to the minute; nothing for None."""
    return wording.typeset(dates.long_moment(at)) if at else ""
