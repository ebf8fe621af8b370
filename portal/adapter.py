"""Adapt allauth's login: accounts by invitation only, and a journal entry for each login."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.enums import AuditAction
from accounts.factors.rules import FRESH_S
from accounts.journal.audit import write_account_entry, write_failed_login
from accounts.models import User
from accounts.scope import acting_as, system_scope
from accounts.sessions.devices import device_of
from accounts.sessions.store import DEVICE, STARTED

from .waiting import saying_when


class InvitationOnlyAdapter(DefaultAccountAdapter):
    """The allauth adapter that closes public sign-up and journals logins."""

    # allauth's messages after login, logout and enrolment only repeat what the next page shows.
    _SILENT = frozenset({
        "account/messages/logged_in.txt", "account/messages/logged_out.txt", "mfa/messages/recovery_codes_generated.txt",
        "mfa/messages/totp_activated.txt", "mfa/messages/webauthn_added.txt",
    })  # fmt: skip

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts come from invitations."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Say whether an address is a page of ours; one that cannot be read is not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; after too many for this account or this address, say when to come back."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            key = self._get_login_attempts_cache_key(request, **credentials)
            raise saying_when(error, key=key) from None

    def reauthenticate(self, user: User, password: str) -> bool:
        """Say whether the password is that of the person logged in."""
        return user.check_password(password)

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:
        """Return how a person proves again who they are: by the second factor, or the password where there is none."""
        if not user.is_authenticated:
            return []
        name = "mfa_reauthenticate" if is_mfa_enabled(user) else "account_reauthenticate"
        return [{"id": name, "description": "", "url": reverse(name)}]

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Say whether the second factor, or the password where there is none, was last given too long ago."""
        user = self.request.user
        counted = {"mfa"} if is_mfa_enabled(user) else {"mfa", "password"}
        records = get_authentication_records(self.request, user)
        return all(time.time() - each["at"] > FRESH_S for each in records if each["method"] in counted)

    def login(self, request: HttpRequest, user: User) -> None:
        """Open the session in the scope of the person, whose row gets the time of the login."""
        with acting_as(user):
            super().login(request, user)
        request.session[STARTED] = int(time.time())
        request.session[DEVICE] = device_of(request.headers.get("User-Agent", ""))

    def set_password(self, user: User, password: str) -> None:
        """Save the password in the scope of the person."""
        with acting_as(user):
            super().set_password(user, password)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Write the journal entry of the login in the scope of the person."""
        with acting_as(user) as scope:
            write_account_entry(scope, AuditAction.LOGIN, user)
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt, and write its journal entry: in the product's name, for nobody has proved who they are."""
        super().authentication_failed(request, **credentials)
        email = str(credentials.get("email") or credentials.get("username") or "").strip()
        with system_scope("authentication"):
            meant = User.objects.filter(email__iexact=email, is_active=True).first()
        if meant is None:
            write_failed_login(None)
        else:
            with acting_as(meant) as scope:
                write_failed_login(meant, scope.roles)

    def logout(self, request: HttpRequest) -> None:
        """Write the journal entry of the logout, and end the session."""
        if request.user.is_authenticated:
            with acting_as(request.user) as scope:
                write_account_entry(scope, AuditAction.LOGOUT, request.user)
        super().logout(request)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Show the message, unless it is one of those after login and logout."""
        if message_template not in self._SILENT:
            super().add_message(request, level, message_template, *args, **kwargs)
