"""Run every request in the scope of its user."""

import codecs
import time
from collections.abc import Callable
from http import HTTPStatus
from itertools import chain
from typing import cast

from django.conf import settings
from django.contrib import auth
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import translation

from core.afterwards import Afterwards

from .access import ScopedRequest
from .enums import AuditAction, Role
from .journal.audit import write_account_entry
from .scope import NOBODY, acting_as, system_scope
from .sessions.store import STARTED

GetResponse = Callable[[HttpRequest], HttpResponse]


class NulMiddleware:
    """Refuse NUL, the one character that no text of the database may hold, wherever it was typed."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer 400 to a NUL in the path, the query, a form or a cookie, and to a form that cannot be read."""
        if request.content_type == "multipart/form-data" and not _is_utf8(request.encoding):
            raise BadRequest
        try:
            fields = chain(request.GET.lists(), request.POST.lists())
        except UnreadablePostError:
            raise BadRequest from None
        typed = chain.from_iterable((name, *values) for name, values in fields)
        if any("\0" in text for text in (request.path_info, *request.COOKIES.values(), *typed)):
            raise BadRequest
        return self.get_response(request)


class ScopeMiddleware:
    """Run the request in the scope of the person logged in, and keep confidential pages out of caches.

    A person who is not logged in has no scope: the view sees no row, and what it must look up (a password,
    an invitation, a token) opens a scope for that query alone.

    ``ATOMIC_REQUESTS`` gives the view a savepoint inside this transaction, so that a view that fails leaves
    nothing behind and the error page still has its scope.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the scope of the person logged in, or in none."""
        scoped = cast("ScopedRequest", request)
        with system_scope("authentication"):
            request.user = auth.get_user(request)
        if not request.user.is_authenticated:
            scoped.scope = NOBODY
            return self.get_response(request)
        with acting_as(request.user) as scoped.scope:
            _keep_session(scoped)
            response = (
                self._asked_for_headers(request) if request.method == "HEAD" else self.get_response(request)
            )
            if response.status_code == HTTPStatus.FORBIDDEN and request.resolver_match:
                page = request.resolver_match.view_name
                write_account_entry(scoped.scope, AuditAction.REFUSED, "accounts.page", path=page)
        if isinstance(response, Afterwards):
            response = response.made()
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _asked_for_headers(self, request: HttpRequest) -> HttpResponse:
        """Answer, and write nothing: who asks for headers alone has read and downloaded nothing.

        Nor do they learn how long the page or the file is: under one filter after the other, its length would tell what
        it holds, without an entry.
        """
        with transaction.atomic():
            response = self.get_response(request)
            transaction.set_rollback(True)
        if response.streaming:
            response.headers.pop("Content-Length", None)
        else:
            response.content = b""
        return response


class LanguageMiddleware:
    """Answer in the language a person has chosen, whatever the browser asks for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in that language; without a login, in the browser's language, or French."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        # The thread serves another person next.
        with translation.override(request.user.language):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


def _is_utf8(encoding: str | None) -> bool:
    """Say whether an encoding, which Django has looked up, is UTF-8 or not named; forms are sent in no other."""
    return encoding is None or codecs.lookup(encoding).name == "utf-8"


def _keep_session(request: ScopedRequest) -> None:
    """Let the session expire after 30 idle minutes and 12 hours in all; that of agents alone after 12 hours and a week."""
    moment = int(time.time() // settings.SESSION_KEPT_EVERY_S)
    if request.session.get("kept") == moment:
        return
    request.session["kept"] = moment
    only_agent = request.scope.has(Role.AGENT) and not request.scope.has(*set(Role) - {Role.AGENT})
    idle = settings.SESSION_IDLE_AGENT_S if only_agent else settings.SESSION_IDLE_S
    longest = settings.SESSION_LONGEST_AGENT_S if only_agent else settings.SESSION_LONGEST_S
    started = request.session.setdefault(STARTED, int(time.time()))
    # One whose end has come is not loaded any more.
    request.session.set_expiry(max(1, min(idle, int(started + longest - time.time()))))
