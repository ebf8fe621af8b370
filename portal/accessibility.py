"""Show the accessibility statement: the conformity, the known faults, the contact."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

# The three states of conformity of the RGAA 4.1; without a valid audit it is the first.
CONFORMITY = {
    "none": _("non conforme"),
    "partial": _("partiellement conforme"),
    "full": _("totalement conforme"),
}
# The day on which the statement was last checked against the product.
_STATED_ON = dt.date(2026, 11, 22)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the statement, without a login."""
    contact = settings.ACCESSIBILITY_CONTACT
    context = {
        "stated_on": _STATED_ON,
        "audit": settings.ACCESSIBILITY_AUDIT,
        "contact": contact,
        "contact_is_email": "@" in contact,
    }
    return render(request, "accessibility.html", context)
