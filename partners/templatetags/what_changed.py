"""Show on a first page what was withdrawn or replaced among what the person had read."""

from typing import Any

from django import template

from partners.withdrawals.telling import notices_of

register = template.Library()


@register.inclusion_tag("partners/_what_changed.html", takes_context=True)
def what_changed(context: dict[str, Any]) -> dict[str, Any]:
    """Return the withdrawals of which the person did not take note yet."""
    request = context["request"]
    unseen = list(notices_of(request.scope).filter(seen_at=None))
    return {"unseen": unseen, "request": request, "csrf_token": context["csrf_token"]}
