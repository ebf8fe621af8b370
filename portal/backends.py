"""Checks an e-mail address and a password, opening no more of the accounts than that needs."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.scope import acting_as, system_scope


class CredentialsBackend(AuthenticationBackend):
    """allauth's check, in a scope of its own: the view around it sees no account."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the person whose address and password these are, or None."""
        with system_scope("authentication"):
            return super().authenticate(request, **credentials)

    def _check_password(self, user: User | None, password: str) -> User | None:
        """Check the password as the person: a hash of former parameters is then written anew."""
        if user is None:
            return None
        with acting_as(user):
            return super()._check_password(user, password)
