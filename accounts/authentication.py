"""Token authentication of programs; the request then runs as the token's organisation."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from .models import ApiToken, Organisation
from .scope import system_scope
from .tokens import digest


class Program:
    """Who calls the API: a program of an organisation."""

    is_authenticated = True

    def __init__(self, token: ApiToken) -> None:
        self.token = token
        self.organisation: Organisation = token.organisation
        self.pk = f"token-{token.pk}"


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
        with system_scope("authentication"):
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
