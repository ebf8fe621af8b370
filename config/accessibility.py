"""The accessibility statement: what conforms, what does not, whom to tell."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

# When somebody last held the statement against the product.
_STATED_ON = dt.date(2026, 11, 22)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the statement, to anybody."""
    contact = settings.ACCESSIBILITY_CONTACT
    context = {"stated_on": _STATED_ON, "contact": contact, "contact_is_email": "@" in contact}
    return render(request, "accessibility.html", context)
