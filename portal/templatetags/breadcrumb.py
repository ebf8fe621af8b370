"""Draw the breadcrumb of a page: its territory or landlord, then the lists above it."""

from typing import Any

from django import template
from django.db.models import QuerySet
from django.urls import reverse

from accounts.access import ScopedRequest
from accounts.enums import Role
from accounts.models import Organisation
from sites.models import Territory

register = template.Library()


@register.inclusion_tag("components/breadcrumb.html", takes_context=True)
def breadcrumb(context: dict[str, Any], *steps: object, origin: object = None) -> dict[str, Any]:
    """Return the context of a page's breadcrumb.

    Args:
        context: the context of the page.
        steps: alternately the label and the URL of each page above; instead of a URL, its name will do.
        origin: the territory or landlord of the page; by default the person's own.
    """
    pairs = zip(steps[::2], steps[1::2], strict=True)
    return {
        "origin": origin or _origin(context["request"]),
        "steps": [(label, _address(str(address))) for label, address in pairs],
    }


def _address(address: str) -> str:
    return address if address.startswith("/") else reverse(address)


def _origin(request: ScopedRequest) -> str:
    """Return the name of a coordinator's only territory, or of others' only landlord; "" where there are several."""
    roles = request.scope.roles
    named: QuerySet[Territory] | QuerySet[Organisation]
    if coordinated := roles.get(Role.COORDINATOR):
        named = Territory.objects.filter(organisation_id__in=coordinated)
    elif employers := {*roles.get(Role.LEAD, ()), *roles.get(Role.AGENT, ())}:
        named = Organisation.objects.filter(pk__in=employers)
    else:
        return ""
    names = list(named.order_by("name__french").values_list("name", flat=True)[:2])
    return names[0] if len(names) == 1 else ""
