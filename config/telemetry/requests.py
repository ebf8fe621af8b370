"""Log and measure each request, under the name of its route."""

import logging
import re
import sys
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from .logs import request_id
from .metrics import REQUESTS, count_error

GetResponse = Callable[[HttpRequest], HttpResponse]

HEADER = "X-Request-ID"
# Accept a UUID alone: anything else would let a visitor write free text into the log.
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_logger = logging.getLogger("palier.request")


class TelemetryMiddleware:
    """Give each request an identifier, log how it was answered and measure how fast."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; put the identifier into every log line and into the response."""
        number = _number(request)
        token = request_id.set(number)
        began = time.monotonic()
        try:
            response = self.get_response(request)
            _tell(request, response, time.monotonic() - began)
        finally:
            request_id.reset(token)
        response.headers[HEADER] = number
        return response


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route = _route(request)
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(route, method, response.status_code).observe(seconds)
    _logger.log(
        logging.DEBUG if route == "static" else logging.INFO,
        "request",
        extra={
            "route": route,
            "method": method,
            "status": response.status_code,
            "duration_ms": round(1000 * seconds, 1),
        },
    )


def _number(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "")
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT and _UUID.fullmatch(given)
    return given if trusted else str(uuid.uuid4())


def _route(request: HttpRequest) -> str:
    if match := request.resolver_match:
        return match.view_name
    return "static" if request.path_info.startswith(settings.STATIC_URL) else "none"


@receiver(got_request_exception)
def _count(**_signal: object) -> None:
    count_error(sys.exc_info()[1])
