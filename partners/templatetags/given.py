"""Provide the template filter that says of a given level whether it was decided about."""

from django import template

from partners.wording import Given, given_of

register = template.Library()


@register.filter
def given(site: Given) -> str:
    """Say of a level whether its landlord decided about it, or by when it is expected to."""
    return given_of(site)
