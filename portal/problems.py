"""Errors of the API as problem documents (RFC 9457)."""

from typing import Any

from django.db import transaction
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what DRF caught into ``application/problem+json``.

    Returns None for anything DRF does not know, so that it stays a plain server error.
    """
    broken = transaction.get_rollback()
    response = exception_handler(error, context)
    if response is None:
        return None
    # What the handler did is already undone (accounts.tokens.authentication.for_program). REST framework would
    # undo the rest of the request too: the call, which counts against the limit, and its date.
    transaction.set_rollback(broken)
    problem = {"type": "about:blank", "title": response.status_text, "status": response.status_code}
    if isinstance(error, ValidationError):
        problem["errors"] = response.data
    else:
        problem["detail"] = str(getattr(error, "detail", error))
    response.data = problem
    response.content_type = "application/problem+json"
    return response
