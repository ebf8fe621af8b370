"""Filters that write as people do."""

import datetime as dt

from django import template

from classification import wording

register = template.Library()


@register.filter
def long_date(day: dt.date | None) -> str:
    """Write a day in words; nothing for None."""
    return wording.typeset(wording.long_date(day)) if day else ""
