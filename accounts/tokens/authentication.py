"""Authenticate a program by its token."""

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, Organisation
from accounts.scope import system_scope

from .services import date_use, digest


class Program:
    """A program of an organisation that calls the API."""

    is_authenticated = True

    def __init__(self, token: ApiToken) -> None:
        self.token = token
        self.organisation: Organisation = token.organisation
        self.pk = f"token-{token.pk}"


class OrganisationTokenAuthentication(BaseAuthentication):
    """The authentication by ``Authorization: Bearer <token>``."""

    def authenticate(self, request: Request) -> tuple[Program, ApiToken] | None:
        """Return the calling program, or None when no token is presented.

        Raises:
            AuthenticationFailed: the token is unknown, expired or revoked.
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
            date_use(token)
        return Program(token), token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge, which makes the answer to a missing token 401 rather than 403."""
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):
    """The description of the token in the OpenAPI document."""

    target_class = OrganisationTokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the security scheme: a bearer token."""
        return {"type": "http", "scheme": "bearer"}
