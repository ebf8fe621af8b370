"""What the product says of itself."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def product_version() -> str:
    """Return the version, as in the changelog."""
    return settings.VERSION
