"""Answer pages that hold a form: how it is bound, and the status of one that is refused."""

from http import HTTPStatus
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
# What the page of a conflict sends when its reader goes on typing: core/conflicts.py.
GOES_ON = "goes-on"
form_page = require_http_methods(["GET", "HEAD", "POST"])


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: what was sent, be it nothing at all; None when the form is asked for."""
    return request.POST if request.method == "POST" else None


def is_sent(request: HttpRequest) -> bool:
    """Say whether a form was sent to be recorded, not to go on typing in it."""
    return request.method == "POST" and GOES_ON not in request.POST


def render_form(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    """Render ``template`` with ``form``: 200 when it is asked for, 422 when what was sent is refused.

    A view that accepts what was sent redirects, and does not come here.
    """
    status = INVALID if is_sent(request) else HTTPStatus.OK
    return render(request, template, {"form": form, **context}, status=status)


class RefusalMixin:
    """Have a form view of Django's answer 422, as :func:`render_form` does, when it refuses."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Render the form with what is wrong."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = INVALID
        return response
