"""Answer pages that hold a form: how it is bound, and the status of one that is refused."""

from http import HTTPStatus
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
form_page = require_http_methods(["GET", "HEAD", "POST"])


def sent(request: HttpRequest) -> QueryDict | None:
    """Return what a form is bound to: what was sent, be it nothing at all; None when the form is asked for."""
    return request.POST if request.method == "POST" else None


def render_form(request: HttpRequest, template: str, form: BaseForm, **context: Any) -> HttpResponse:
    """Render ``template`` with ``form``: 200 when it is asked for, 422 when what was sent is refused.

    A view that accepts what was sent redirects, and does not come here.
    """
    status = INVALID if request.method == "POST" else HTTPStatus.OK
    return render(request, template, {"form": form, **context}, status=status)


class RefusalMixin:
    """Have a form view of Django's answer 422, as :func:`render_form` does, when it refuses."""

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Render the form with what is wrong."""
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = INVALID
        return response
