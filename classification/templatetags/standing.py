"""Provide the words for where a campaign stands."""

from django import template

from classification.campaigns.standing import Standing

register = template.Library()


@register.filter
def standing_label(value: str) -> str:
    """Say in words where a campaign stands."""
    return str(Standing(value).label)
