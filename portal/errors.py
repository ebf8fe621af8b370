"""Error pages that need more than a template."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponse:
    """Say what happened; when the database is away, keep what was typed.

    Neither page touches the database, so both work without it.
    """
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return database_away(request)
    return HttpResponse(render_to_string("500.html"), status=500)


def database_away(request: HttpRequest) -> HttpResponse:
    """Render the page that offers to send the same form again."""
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
    }
    response = HttpResponse(render_to_string("503.html", context), status=503)
    response.headers["Retry-After"] = "30"
    response.headers["Cache-Control"] = "no-store"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing here, for what does not exist and what is not yours alike."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the page is for another role."""
    return render(request, "403.html", status=403)
