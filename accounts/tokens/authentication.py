"""Token authentication of programs; the request then runs as the token's organisation."""

import functools
from collections.abc import Callable
from typing import cast

from django.utils import timezone
from django.views import View
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, Organisation
from accounts.scope import Scope, acting_for, system_scope

from .services import digest


class Program:
    """Who calls the API: a program of an organisation."""

    is_authenticated = True

    def __init__(self, token: ApiToken) -> None:
        self.token = token
        self.organisation: Organisation = token.organisation
        self.pk = f"token-{token.pk}"


class ProgramRequest(Request):
    """A request of a program; its handler runs inside ``scope``."""

    scope: Scope


class OrganisationTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``."""

    def authenticate(self, request: Request) -> tuple[Program, ApiToken] | None:
        """Return the calling program, or None when no token is presented.

        Raises:
            AuthenticationFailed: unknown, expired or revoked token.
        """
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != "bearer":
            return None
        if len(words) != len(("Bearer", "token")):
            raise AuthenticationFailed
        with system_scope("token"):
            token = (
                ApiToken.objects.select_related("organisation")
                .filter(digest=digest(words[1]), revoked_at=None, expires_on__gt=timezone.localdate())
                .first()
            )
            if token is None:
                raise AuthenticationFailed
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
        return Program(token), token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge, so that a missing token is a 401 and not a 403."""
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the token stands in the OpenAPI document."""

    target_class = OrganisationTokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the security scheme: a bearer token."""
        return {"type": "http", "scheme": "bearer"}


Handler = Callable[..., Response]


def for_program(handler: Handler) -> Handler:
    """Run a handler of an API view inside the scope of the caller's organisation.

    It closes before the error handling of REST framework, so that a handler that fails is
    undone; answers must hold plain data, for they are rendered outside.
    """

    @functools.wraps(handler)
    def scoped(view: View, request: ProgramRequest, *args: object, **kwargs: object) -> Response:
        with acting_for(cast("ApiToken", request.auth).organisation) as request.scope:
            response = handler(view, request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return scoped
