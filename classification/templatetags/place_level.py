"""Provide the level of a place to the templates of lower applications, which may not import this one."""

import datetime as dt

from django import template

from classification.models import SiteLevel

register = template.Library()


@register.simple_tag
def counts_until(residence_id: int, confirmed_on: dt.date) -> dt.date | None:
    """Return the last day on which an observation confirmed on ``confirmed_on`` counts; None before a first level."""
    found = SiteLevel.objects.filter(residence_id=residence_id, address=None)
    days = found.values_list("grid_version__confirmation_days", flat=True).first()
    return None if days is None else confirmed_on + dt.timedelta(days)


@register.inclusion_tag("components/place_level.html")
def place_level(
    residence_id: int, address_id: int | None, before: int | None = None
) -> dict[str, int | None]:
    """Show the level of an address or of a whole residence, and its former level if it changed.

    ``address_id`` is None for a whole residence, ``before`` where the former level is not known.
    """
    found = SiteLevel.objects.filter(residence_id=residence_id, address=address_id)
    level, mark = found.values_list("level", "mark").first() or (None, None)
    return {"level": level, "mark": mark, "before": before}
