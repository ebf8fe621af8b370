"""Provide template filters that write days, moments, frequencies and decisions in words."""

import datetime as dt

from django import template

from classification.decisions import wording as decided
from classification.method.scale import Frequency, Mark
from classification.models import Decision
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


@register.filter
def decision(site: decided.Decided) -> str:
    """Say of a level whether its landlord decided about it, or it is proposed and not yet decided."""
    return decided.said_of(site)


@register.filter
def lapsed_because(ended: Decision) -> str:
    """Say why a decision that lapsed does not stand any more."""
    return decided.lapsed_because(ended)


@register.filter
def mark_label(mark: int) -> str:
    """Write what a site is shown with in words: of a level, or that recording stopped."""
    return str(Mark(mark).label)
