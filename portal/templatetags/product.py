"""Provide the version of the product and its stated conformity to templates."""

import datetime as dt

from django import template
from django.conf import settings
from django.utils import timezone

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


@register.simple_tag
def moment() -> dt.datetime:
    """Return the moment at which the page is made, to be said in words."""
    return timezone.now()
