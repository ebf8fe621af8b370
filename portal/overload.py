"""Refuse what has waited too long for a free thread, so that a crowd slows the product down and does not stop it.

Without it every thread would answer people who have given up, and everybody after them would wait longer still.
"""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from .errors import RETRY_AFTER_S, Unavailable, unavailable_page
from .problems import document

# The moment at which the reverse proxy took the request, "t=" and milliseconds of the clock.
HEADER = "X-Request-Start"
# Seconds. What was typed is worth a longer wait than a page that is asked for again by a click.
READ_WAITS_S, WRITE_WAITS_S = 5, 15
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_API = "/api/"
# Of a moment until the year 33658.
_DIGITS = 15


_WAITED = "palier.waited"


class ArrivalMiddleware:
    """The middleware that notes how long a request has waited, before anything reads its body: sending that is no waiting."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response."""
        request.META[_WAITED] = waited(request)
        return self.get_response(request)


class OverloadMiddleware:
    """The middleware that answers 503 with a time to come back, before anything is read from the database.

    It stands after that of the CSRF tokens, whose check comes before a page that holds what was posted.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response, or refuse to read."""
        if request.method in _READS and request.META[_WAITED] > READ_WAITS_S:
            return _refused(request)
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        _view: Callable[..., HttpResponseBase],
        _args: tuple[Any, ...],
        _kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        """Refuse to write, and keep what was sent in the page that says so."""
        writes = request.method not in _READS
        return _refused(request) if writes and request.META[_WAITED] > WRITE_WAITS_S else None


def waited(request: HttpRequest) -> float:
    """Return for how many seconds a request has waited since the proxy took it; 0 where no trusted proxy says."""
    given = request.headers.get(HEADER, "").removeprefix("t=")
    is_moment = given.isascii() and given.isdecimal() and len(given) <= _DIGITS
    if not (settings.ALLAUTH_TRUSTED_PROXY_COUNT and is_moment):
        return 0
    return max(0.0, time.time() - int(given) / 1000)


def _refused(request: HttpRequest) -> HttpResponse:
    if request.path_info.startswith(_API):
        code = HTTPStatus.SERVICE_UNAVAILABLE
        return document(code, code.phrase, Unavailable.CROWDED.value, {"Retry-After": RETRY_AFTER_S})
    return unavailable_page(request, Unavailable.CROWDED)
