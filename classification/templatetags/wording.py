"""Provide template filters that write days, moments and frequencies in words."""

import datetime as dt

from django import template

from classification.method.scale import Frequency
from classification.residence import wording
from classification.residence.explanation import agreed
from core import dates
from incidents.models import StandingObservation

register = template.Library()


@register.filter(expects_localtime=True)
def long_date(day: dt.date | None) -> str:
    """Write a day in words; "" for None."""
    return wording.typeset(dates.long_date(day)) if day else ""


@register.filter
def long_moment(at: dt.datetime | None) -> str:
    """Write a moment in words, to the minute; "" for None."""
    return wording.typeset(dates.long_moment(at)) if at else ""


@register.filter
def about_hour(time: dt.time | None) -> str:
    """Write a recorded hour in words; "" for None."""
    return dates.about_hour(time) if time else ""


@register.filter
def how_often(observation: StandingObservation) -> str:
    """Write the frequency of a standing observation, in agreement with its fact type."""
    return agreed(Frequency(observation.frequency), observation.fact_type.code)
