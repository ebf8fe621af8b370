"""Provide the version of the product and its stated conformity to templates."""

import datetime as dt
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone

from accounts.models import Organisation
from portal.accessibility import CONFORMITY

register = template.Library()


@register.simple_tag(takes_context=True)
def reader(context: dict[str, Any]) -> str:
    """Return the name of the person who reads, and those of the organisations in which they hold a role."""
    request = context["request"]
    scope = getattr(request, "scope", None)
    held = {pk for organisations in scope.roles.values() for pk in organisations} if scope else set()
    names = Organisation.objects.filter(pk__in=held).order_by("name__french").values_list("name", flat=True)
    return ", ".join([str(request.user), *names])


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
