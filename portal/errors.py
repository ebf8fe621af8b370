"""Render the error pages that need more than a template."""

import sys
from enum import Enum
from http import HTTPStatus

from django.contrib import messages
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from psycopg import errors

from accounts.enums import Role
from accounts.scope import NOBODY, Scope
from core.constraints import refers_to_nothing
from partners.charters.reading import awaited_of

RETRY_AFTER_S = "30"
GONE = _("Ce sur quoi portait cet envoi vient d’être supprimé, par exemple parce qu’un import a été annulé.")


class Unavailable(Enum):
    """The reason why a request was not answered now, with its text for people."""

    AWAY = _("La base de données ne répond pas")
    TOO_LONG = _("Cette demande prend trop de temps")
    BUSY = _("Un autre travail est en cours sur ces données")
    CROWDED = _("Trop de personnes utilisent Palier en ce moment")


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
    """Render the error page, or a page that keeps the values of the form where the database did not record them.

    None of these pages uses the database, so all work without it.
    """
    error = sys.exc_info()[1]
    why = unavailable(error)
    if why is not None:
        return unavailable_page(request, why)
    if refers_to_nothing(error):
        return gone_meanwhile(request)
    return HttpResponse(render_to_string("500.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def unavailable_page(request: HttpRequest, why: Unavailable = Unavailable.AWAY) -> HttpResponse:
    """Render the page that offers to submit the same form again."""
    context = {
        "why": why.value,
        "narrower": why is Unavailable.TOO_LONG and request.method != "POST",
        "files": bool(request.FILES),
    }
    response = keeping(request, "503.html", context, HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def gone_meanwhile(request: HttpRequest) -> HttpResponse:
    """Answer 409 with a page that offers to submit the same form again, which then says what is missing."""
    # The commit fails outside the middleware that chooses the person's language.
    language = getattr(request.user, "language", None) if hasattr(request, "user") else None
    with override(language or get_language()):
        context = {"why": GONE, "files": bool(request.FILES)}
        return keeping(request, "409.html", context, HTTPStatus.CONFLICT)


def keeping(
    request: HttpRequest, template: str, context: dict[str, object], status: HTTPStatus
) -> HttpResponse:
    """Render a page that holds the typed values of a form of which nothing was recorded.

    ``context`` goes before: with its own ``fields`` it says what the page holds instead.
    """
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    context = {
        "fields": fields,
        "path": request.get_full_path(),
        "csrf_token": get_token(request),
        "posted": request.method == "POST",
        **context,
    }
    _forget_messages(request)
    response = HttpResponse(render_to_string(template, context), status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _forget_messages(request: HttpRequest) -> None:
    """Drop the messages of a view that succeeded and whose commit failed: "recorded" would be false on the next page."""
    queued = messages.get_messages(request)
    # Without a new message there is nothing to drop, and reading old ones may ask the database for the session.
    if getattr(queued, "added_new", False):
        list(queued)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the 404 page, the same for a missing object and for one outside the person's perimeter.

    A member of a circle reads there which charters close it until they are accepted.
    """
    scope: Scope = getattr(request, "scope", NOBODY)
    charters = awaited_of(scope) if scope.has(Role.PARTNER) else []
    return render(request, "404.html", {"charters": charters}, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render the 403 page: the page is for another role."""
    return render(request, "403.html", status=403)
