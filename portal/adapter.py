"""What this product asks of the login: invitations only, and an entry in the journal."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import User
from accounts.scope import acting_as


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """Closes public sign-up and writes down logins."""

    # allauth's greetings say nothing the next page does not show.
    _SILENT = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts come from invitations."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session, and write the moment of it as the person."""
        with acting_as(user):
            super().login(request, user)

    def set_password(self, user: User, password: str) -> None:
        """Write a password as the person."""
        with acting_as(user):
            super().set_password(user, password)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Record the login under the person's own name."""
        with acting_as(user) as scope:
            write_entry(scope, AuditAction.LOGIN, user)
        return super().post_login(request, user, **kwargs)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Pass on all but the greetings."""
        if message_template not in self._SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)
