"""Adapt allauth's login: accounts by invitation only, and a journal entry for each login."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import User
from accounts.scope import acting_as


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """The allauth adapter that closes public sign-up and journals logins."""

    # allauth's messages after login and logout only repeat what the next page shows.
    _SILENT = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts come from invitations."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Say whether an address is a page of ours; one that cannot be read is not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session in the scope of the person, whose row gets the time of the login."""
        with acting_as(user):
            super().login(request, user)

    def set_password(self, user: User, password: str) -> None:
        """Save the password in the scope of the person."""
        with acting_as(user):
            super().set_password(user, password)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Write the journal entry of the login in the scope of the person."""
        with acting_as(user) as scope:
            write_entry(scope, AuditAction.LOGIN, user)
        return super().post_login(request, user, **kwargs)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Show the message, unless it is one of those after login and logout."""
        if message_template not in self._SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)
