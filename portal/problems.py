"""Render errors of the API as problem documents (RFC 9457)."""

from typing import Any

from django.db import transaction
from django.http import JsonResponse
from django.utils.functional import Promise
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.constraints import refers_to_nothing

from .errors import GONE, RETRY_AFTER_S, unavailable

_KIND = "application/problem+json"


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response to an error that DRF caught, as ``application/problem+json``.

    A database that gives no answer is a 503; what refers to a row deleted meanwhile, a 409. For any other error
    that DRF does not handle, return None: it becomes a plain server error.
    """
    if why := unavailable(error):
        headers = {"Retry-After": RETRY_AFTER_S}
        return _problem(status.HTTP_503_SERVICE_UNAVAILABLE, "Service Unavailable", why.value, headers)
    if refers_to_nothing(error):
        return _problem(status.HTTP_409_CONFLICT, "Conflict", GONE)
    # The handler's transaction is rolled back already (accounts.tokens.handlers.for_program). REST framework
    # marks the surrounding transaction for rollback: this empty one takes the mark.
    with transaction.atomic():
        response = exception_handler(error, context)
    if response is None:
        return None
    problem = {"type": "about:blank", "title": response.status_text, "status": response.status_code}
    if isinstance(error, ValidationError):
        problem["errors"] = response.data
    else:
        problem["detail"] = str(getattr(error, "detail", error))
    response.data = problem
    response.content_type = _KIND
    return response


def document(code: int, title: str, detail: str | Promise, headers: dict[str, str]) -> JsonResponse:
    """Return a problem document outside the views of the API, whose handler is not reached."""
    said = _said(code, title, detail)
    return JsonResponse(said, status=code, content_type=_KIND, headers=headers)


def _problem(code: int, title: str, detail: str | Promise, headers: dict[str, str] | None = None) -> Response:
    return Response(_said(code, title, detail), code, content_type=_KIND, headers=headers)


def _said(code: int, title: str, detail: str | Promise) -> dict[str, Any]:
    return {"type": "about:blank", "title": title, "status": code, "detail": str(detail)}
