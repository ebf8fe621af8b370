"""Define the forms that identify a person."""

from contextlib import suppress
from typing import Any

from allauth.account.forms import ResetPasswordForm, UserTokenForm
from allauth.core import context
from allauth.core.internal.ratelimit import consume
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import int_to_base36

from accounts.models import User
from accounts.people.services import request_password_link
from accounts.scope import system_scope
from core.opaque import read

from .waiting import saying_when


class ForgottenPasswordForm(ResetPasswordForm):
    """The form of the e-mail address of an account whose password is forgotten."""

    def clean_email(self) -> str:
        """Return the address; whether it has an account is looked up when the form is saved."""
        email: str = self.cleaned_data["email"]
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Ask for the e-mail with the link, which a worker sends; return the address."""
        email: str = self.cleaned_data["email"]
        request_password_link(email=email, site_url=request.build_absolute_uri("/").rstrip("/"))
        return email


class ResetLinkForm(UserTokenForm):
    """The form that checks the link of an invitation or of a forgotten password."""

    def _get_user(self, uidb36: str) -> User | None:
        """Return the account the link was made for; None where there is none, or where it is closed.

        A link that was sent before numbers were hidden names it by the number.
        """
        with suppress(ValueError):
            uidb36 = int_to_base36(read("account", uidb36))
        with system_scope("authentication"):
            user: User | None = super()._get_user(uidb36)
        return user if user and user.is_active else None


class OwnPasswordForm(PasswordChangeForm):
    """The form of one's own new password, which counts wrong guesses at the old one."""

    def clean_old_password(self) -> str:
        """Check the old password; after too many wrong ones, say when to come back."""
        guess = consume(context.request, app="allauth.account", action="change_password")
        if not guess:
            refused = ValidationError("", code="rate_limited")
            raise saying_when(refused, key="", action="change_password")
        password: str = super().clean_old_password()
        guess.rollback()
        return password
