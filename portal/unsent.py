"""Answer a form that its session cannot carry: it ended, another began, or the token of the form is not its own.

Nothing is recorded. What was typed is given back in a page that sends it again, but only to a browser that says
that a page of this site sent it: another site could otherwise have its own values sent by a click on our page.
"""

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest

from .errors import keeping

# The fields that static/drafts.js adds to a form: whose it is, and the number of its draft, with whether it is kept.
OPENED_BY = "opened-by"
DRAFT = "draft"
_DRAFT = re.compile(r"([0-9a-f]{32})(\.kept)?")
_PROBLEM = "application/problem+json"
_KINDS = ("text/html", _PROBLEM, "application/json")


def draft_of(request: HttpRequest) -> tuple[str, bool]:
    """Return the number of the draft that was sent, empty for none, and whether the device keeps it."""
    sent = _DRAFT.fullmatch(request.POST.get(DRAFT, "")) if request.method == "POST" else None
    return (sent[1], sent[2] is not None) if sent else ("", False)


def is_anothers(request: HttpRequest) -> bool:
    """Say whether a form was opened by another account than the one logged in now."""
    owner = request.POST.get(OPENED_BY) if request.method == "POST" else None
    return owner is not None and request.user.is_authenticated and owner != str(request.user.pk)


def opened_by_another(request: HttpRequest) -> HttpResponse:
    """Answer 409, with nothing of what the other account typed."""
    return keeping(request, "unsent.html", {"why": "another", "fields": []}, HTTPStatus.CONFLICT)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without the token of its session: JSON to a program, a page to a person."""
    if request.path.startswith("/api/") or request.get_preferred_type(_KINDS) != "text/html":
        problem = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": f"CSRF: {reason}"}
        return JsonResponse(problem, status=HTTPStatus.FORBIDDEN, content_type=_PROBLEM)
    if is_anothers(request):
        return opened_by_another(request)
    if not _came_from_here(request):
        return keeping(request, "unsent.html", {"why": "elsewhere", "fields": []}, HTTPStatus.FORBIDDEN)
    return _asking_again(request)


class KeepingLoginMiddleware(LoginRequiredMiddleware):
    """The middleware that asks for a login, and keeps what was typed when the session ended."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Redirect to the login; where a form would be lost by it, show a page that sends it again."""
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        is_part = bool(getattr(request, "htmx", False))
        if refused is None or request.method != "POST" or is_part or not _came_from_here(request):
            return refused
        return _asking_again(request)


@login_not_required
@never_cache
@require_GET
def session(request: ScopedRequest) -> HttpResponse:
    """Return who is logged in, with their name, empty for nobody, and a CSRF token, as JSON."""
    scope = request.scope
    name = request.user.get_full_name() if scope.user_id else ""
    return JsonResponse({"person": str(scope.user_id or ""), "name": name, "token": get_token(request)})


def asking_for_factor(request: HttpRequest, page: str) -> HttpResponse:
    """Give back what was typed by somebody who must give a second factor first, at the address ``page``."""
    if not _came_from_here(request) or draft_of(request)[1]:
        return redirect(page)
    context = {"why": "factor", "files": bool(request.FILES), "session": reverse("session"), "login": page}
    return keeping(request, "unsent.html", context, HTTPStatus.FORBIDDEN)


def _asking_again(request: HttpRequest) -> HttpResponse:
    """Lead to the login where the device keeps what was typed; else give it back in a page."""
    is_known = request.user.is_authenticated
    if not is_known and draft_of(request)[1]:
        return redirect_to_login(page_before(request, request.get_full_path()))
    if any("password" in name for name in request.POST):
        return keeping(request, "unsent.html", {"why": "secret", "fields": []}, HTTPStatus.FORBIDDEN)
    context: dict[str, object] = {
        "why": "old" if is_known else "ended",
        "files": bool(request.FILES),
        # Without a script the form does not say who opened it: whoever sends it again says that it is theirs.
        "nobodys": OPENED_BY not in request.POST,
        "name": str(request.user) if is_known else "",
        "session": reverse("session"),
        "login": f"{reverse('account_login')}?next={reverse('home')}",
    }
    return keeping(request, "unsent.html", context, HTTPStatus.FORBIDDEN)


def _came_from_here(request: HttpRequest) -> bool:
    """Say whether the browser states that a page of this site sent the request."""
    here = f"{request.scheme}://{request.get_host()}"
    return request.headers.get("Sec-Fetch-Site") == "same-origin" or request.headers.get("Origin") == here


def page_before(request: HttpRequest, otherwise: str = "/") -> str:
    """Return the address of the page that sent the request; ``otherwise`` where it is not known, or not ours."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return otherwise
    return f"{page.path}?{page.query}" if page.query else page.path
