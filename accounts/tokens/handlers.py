"""Run API requests in the scope of the caller's organisation."""

import functools
from collections.abc import Callable
from typing import Any, cast

from django.db import transaction
from django.views import View
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import TokenRight
from accounts.models import ApiToken
from accounts.scope import Scope, acting_for


class ProgramRequest(Request):
    """A request of a program; its handler runs in ``scope``."""

    scope: Scope


def may(request: Request, right: TokenRight) -> bool:
    """Say whether the token that was presented has ``right``."""
    return right in cast("ApiToken", request.auth).rights


class ProgramView(APIView):
    """A view of the API that is no transaction itself: each of its handlers is, by :func:`for_program`.

    What every call writes (the date of the token, the count against the limit) is committed before the
    handler begins. In one transaction with the handler, the calls of a token would wait for each other, as
    long as the slowest takes.
    """

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """Return the view, exempt from ``ATOMIC_REQUESTS``."""
        return transaction.non_atomic_requests(super().as_view(**initkwargs))


Handler = Callable[..., Response]


def for_program(right: TokenRight) -> Callable[[Handler], Handler]:
    """Run a handler of a :class:`ProgramView` in a transaction, in the scope of the caller's organisation.

    A token without ``right`` is answered 403.

    The transaction ends before REST framework handles errors, so that a handler that fails is rolled back.
    Responses are rendered after it, so they must hold plain data.
    """

    def decorate(handler: Handler) -> Handler:
        @functools.wraps(handler)
        def scoped(view: View, request: ProgramRequest, *args: object, **kwargs: object) -> Response:
            if not may(request, right):
                raise PermissionDenied
            token = cast("ApiToken", request.auth)
            with acting_for(token.organisation, token.name) as request.scope:
                response = handler(view, request, *args, **kwargs)
            response["Cache-Control"] = "no-store"
            return response

        return scoped

    return decorate
