"""Provide the version of the product and its stated conformity to templates."""

from django import template
from django.conf import settings

from portal.accessibility import CONFORMITY

register = template.Library()


@register.simple_tag
def product_version() -> str:
    """Return the version of the product, as in the changelog."""
    return str(settings.VERSION)


@register.simple_tag
def conformity() -> str:
    """Return the stated accessibility conformity of this installation, in words."""
    return str(CONFORMITY[settings.ACCESSIBILITY_CONFORMITY])
