"""Close everything to whoever must have a second factor and has not given it, and ask for a fresh one."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import ScopedRequest
from accounts.factors.rules import given_at, is_compulsory, is_stale, need_of
from portal.login import page_of
from portal.unsent import asking_for_factor

from .asking import ask_again

# What stays open without a second factor: to enrol one or give it, to leave, to choose a language.
OPEN = frozenset({
    "account_logout", "account_reauthenticate", "accounts:language", "mfa_activate_totp", "mfa_add_webauthn", "mfa_enrol",
    "mfa_reauthenticate",
})  # fmt: skip


class FactorMiddleware:
    """The middleware that leads to the second factor; whoever has given it in this session costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the response."""
        return self.get_response(request)

    def process_view(
        self,
        request: ScopedRequest,
        view: Callable[..., HttpResponseBase],
        _args: tuple[Any, ...],
        _kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Lead to the enrolment whoever must have a second factor; ask again where a view needs a fresh one."""
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        if given_at(request) is None and is_compulsory(request):
            return None if _name(request) in OPEN else _led(request)
        need = need_of(view)
        return ask_again(request, file=need.file) if need and is_stale(request, need) else None


def _name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""


def _led(request: ScopedRequest) -> HttpResponse:
    """Lead to the page where a second factor is enrolled; keep what was typed until then."""
    page = f"{reverse('mfa_enrol')}?{urlencode({'next': page_of(request)})}"
    if request.htmx:
        return HttpResponseClientRedirect(page)
    return asking_for_factor(request, page) if request.method == "POST" else redirect(page)
