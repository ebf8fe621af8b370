"""Check an e-mail address and a password, with access to no more accounts than that requires."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.scope import acting_as, system_scope


class CredentialsBackend(AuthenticationBackend):
    """allauth's authentication backend in its own system scope: the view around it sees no account."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the user with that address and password, or None."""
        with system_scope("authentication"):
            return super().authenticate(request, **credentials)

    def _check_password(self, user: User | None, password: str) -> User | None:
        """Check the password in the scope of the person, because a hash with outdated parameters is saved anew."""
        if user is None:
            return None
        with acting_as(user):
            return super()._check_password(user, password)
