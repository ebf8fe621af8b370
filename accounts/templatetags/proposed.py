"""Show on a first page which roles are proposed, and what became of those one proposed."""

from typing import Any

from django import template

from accounts.proposals.reading import told_to

register = template.Library()


@register.inclusion_tag("accounts/_proposals_told.html", takes_context=True)
def proposed(context: dict[str, Any]) -> dict[str, Any]:
    """Return the proposals that the person is to answer, to confirm or to take note of."""
    request = context["request"]
    return {"told": told_to(request.scope), "request": request, "csrf_token": context["csrf_token"]}
