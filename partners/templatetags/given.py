"""Provide the template filters that say of a given level whether it was decided about, and from which campaign it comes."""

from django import template

from partners.wording import Dated, Given, day_and_origin_of, given_of, origin_of

register = template.Library()


@register.filter
def given(site: Given) -> str:
    """Say of a level whether its landlord decided about it, or by when it is expected to."""
    return given_of(site)


@register.filter
def origin(publication: Dated) -> str:
    """Say which campaign a publication comes from, or that it comes from none."""
    return origin_of(publication)


@register.filter
def day_and_origin(publication: Dated) -> str:
    """Say the same with the day of the levels."""
    return day_and_origin_of(publication)
