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
    # What the handler did is already undone (accounts.tokens.handlers.for_program). REST framework
    # marks the transaction around it as failed, where there is one: here, this empty one.
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
