"""Tie what a device keeps of a form to one account, and tell the device which forms were accepted.

The draft itself never leaves the device (static/drafts.js). The server gives the key that it is encrypted with,
and refuses a form that another account opened.
"""

import base64
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from accounts.access import ScopedRequest

from .unsent import draft_of, is_anothers, opened_by_another

_NUMBER = re.compile(r"[0-9a-f]{32}")
_COOKIE = "palier-sent"
_REMEMBERED = 5
_DAY_S = 86_400


def drafts(request: ScopedRequest) -> dict[str, Any]:
    """Add to the context the key of the person's drafts, and the numbers of those that need be kept no more.

    Functions, because each cell of a table runs the context processors.
    """
    if not (getattr(request, "scope", None) and request.scope.user_id):
        return {}
    return {
        "draft_key": lambda: draft_key(request.scope.user_id),
        # How long a device may hold it for pages opened without network: as long as the session, in seconds.
        "draft_key_s": request.session.get_expiry_age,
        "drafts_sent": lambda: _told(request),
        "draft_answered": lambda: draft_of(request)[0],
    }


def draft_key(user_id: int | None) -> str:
    """Return the key of an account's drafts, 32 bytes in base64; the same in each of its sessions."""
    digest = salted_hmac("portal.drafts", str(user_id), algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


class DraftsMiddleware:
    """The middleware that refuses a form opened by another account, and remembers the drafts of accepted ones."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note the draft of a form that was answered by a redirect; forget those of which a page was told."""
        response = self.get_response(request)
        number, _kept = draft_of(request)
        if number and request.user.is_authenticated and _is_accepted(response):
            sent = [*_sent(request), number][-_REMEMBERED:]
            response.set_cookie(
                _COOKIE,
                ".".join(sent),
                max_age=_DAY_S,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        elif getattr(request, "drafts_told", False):
            response.delete_cookie(_COOKIE, samesite="Lax")
        return response

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Refuse a form that was opened by one account and sent in the session of another."""
        return opened_by_another(request) if is_anothers(request) else None


def _is_accepted(response: HttpResponse) -> bool:
    """Say whether a view accepted a form: it redirects, where a refusal shows the form again."""
    return response.status_code in {302, 303} or "HX-Redirect" in response.headers


def _sent(request: HttpRequest) -> list[str]:
    return [number for number in request.COOKIES.get(_COOKIE, "").split(".") if _NUMBER.fullmatch(number)]


def _told(request: HttpRequest) -> str:
    sent = _sent(request)
    if sent:
        request.drafts_told = True  # type: ignore[attr-defined]  # read by the middleware
    return ".".join(sent)
