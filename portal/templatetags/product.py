"""What the product says of itself."""

from django import template
from django.conf import settings

from portal.accessibility import CONFORMITY

register = template.Library()


@register.simple_tag
def product_version() -> str:
    """Return the version, as in the changelog."""
    return str(settings.VERSION)


@register.simple_tag
def conformity() -> str:
    """Return how far this installation is stated to be accessible, in words."""
    return str(CONFORMITY[settings.ACCESSIBILITY_CONFORMITY])
