"""Answer pages that hold a form: bind the form, and answer 422 when it is refused."""

from http import HTTPStatus
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
# The field that the conflict page (core/conflicts.py) sends when the person goes on typing.
GOES_ON = "goes-on"
form_page = require_http_methods(["GET", "HEAD", "POST"])


def sent(request: HttpRequest) -> QueryDict | None:
    """Return the data a form is bound to: that of a POST, even empty; None for any other request."""
    return request.POST if request.method == "POST" else None


def site_url(request: HttpRequest) -> str:
    """Return the address of this site, for e-mails, without a final slash."""
    return request.build_absolute_uri("/").rstrip("/")


def is_sent(request: HttpRequest) -> bool:
    """Say whether a form was sent to be recorded, rather than opened again to go on typing."""
    return request.method == "POST" and GOES_ON not in request.POST


def render_form(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    """Render ``template`` with ``form``: 200 when the form is asked for, 422 when it was sent and refused.

    A view that accepts the form redirects instead.
    """
    status = INVALID if is_sent(request) else HTTPStatus.OK
    return render(request, template, {"form": form, **context}, status=status)


class RefusalMixin:
    """Have a form view of Django answer 422 when it refuses a form, as :func:`render_form` does."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Render the form with its errors, with status 422."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # of the view beside it
        response.status_code = INVALID
        return response
