"""Show on a first page what was withdrawn or replaced among what the person had read, with its version."""

from typing import Any

from django import template

from core.versions import version_of
from partners.models import Notice
from partners.withdrawals.telling import notices_of, state_of

register = template.Library()


@register.inclusion_tag("partners/_what_changed.html", takes_context=True)
def what_changed(context: dict[str, Any]) -> dict[str, Any]:
    """Return the withdrawals of which the person did not take note yet."""
    request = context["request"]
    unseen = list(notices_of(request.scope).filter(seen_at=None))
    return {"unseen": unseen, "request": request, "csrf_token": context["csrf_token"]}


@register.simple_tag
def notice_version(notice: Notice) -> str:
    """Return the version of what a page tells of a withdrawal."""
    return version_of(notice, state_of(notice))
