"""The accessibility statement: what conforms, what does not, whom to tell."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

# The three states of the RGAA 4.1 (obligations, declaration): without an audit in force, the first.
CONFORMITY = {
    "none": _("non conforme"),
    "partial": _("partiellement conforme"),
    "full": _("totalement conforme"),
}
# When somebody last held the statement against the product.
_STATED_ON = dt.date(2026, 11, 22)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the statement, to anybody."""
    contact = settings.ACCESSIBILITY_CONTACT
    context = {
        "stated_on": _STATED_ON,
        "audit": settings.ACCESSIBILITY_AUDIT,
        "contact": contact,
        "contact_is_email": "@" in contact,
    }
    return render(request, "accessibility.html", context)
