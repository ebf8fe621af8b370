"""Render errors of the API as problem documents (RFC 9457)."""

from typing import Any

from django.db import transaction
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from .errors import RETRY_AFTER_S, Unavailable, unavailable


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response to an error that DRF caught, as ``application/problem+json``.

    A database that gives no answer is a 503. For any other error that DRF does not handle, return None:
    it becomes a plain server error.
    """
    if why := unavailable(error):
        return _unavailable(why)
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
    response.content_type = "application/problem+json"
    return response


def _unavailable(why: Unavailable) -> Response:
    code = status.HTTP_503_SERVICE_UNAVAILABLE
    problem = {
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": code,
        "detail": str(why.value),
    }
    return Response(
        problem, code, content_type="application/problem+json", headers={"Retry-After": RETRY_AFTER_S}
    )
