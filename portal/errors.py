"""Render the error pages that need more than a template."""

import sys
from enum import Enum

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from psycopg import errors

RETRY_AFTER_S = "30"


class Unavailable(Enum):
    """The reason why the database gave no answer, with its text for people."""

    AWAY = _("La base de données ne répond pas")
    TOO_LONG = _("Cette demande prend trop de temps")
    BUSY = _("Un autre travail est en cours sur ces données")


def unavailable(error: BaseException | None) -> Unavailable | None:
    """Return why the database gave no answer; None when ``error`` has another cause."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    match error.__cause__:
        case errors.QueryCanceled() | errors.IdleInTransactionSessionTimeout():
            return Unavailable.TOO_LONG
        case errors.LockNotAvailable() | errors.DeadlockDetected():
            return Unavailable.BUSY
    return Unavailable.AWAY if isinstance(error, OperationalError | InterfaceError) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """Render the error page, or, when the database gave no answer, the page that keeps the values of the form.

    Neither page uses the database, so both work without it.
    """
    why = unavailable(sys.exc_info()[1])
    if why is not None:
        return database_away(request, why)
    return HttpResponse(render_to_string("500.html"), status=500)


def database_away(request: HttpRequest, why: Unavailable = Unavailable.AWAY) -> HttpResponse:
    """Render the page that offers to submit the same form again."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    context = {
        "why": why.value,
        "narrower": why is Unavailable.TOO_LONG and request.method != "POST",
        "fields": fields,
        "path": request.get_full_path(),
        "csrf_token": get_token(request),
        "posted": request.method == "POST",
    }
    response = HttpResponse(render_to_string("503.html", context), status=503)
    response.headers["Retry-After"] = RETRY_AFTER_S
    response.headers["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the 404 page, the same for a missing object and for one outside the person's perimeter."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the 403 page: the page is for another role."""
    return render(request, "403.html", status=403)
