"""The login page, which lists the accounts in the demonstration; the way out."""

from collections.abc import Callable, Iterable
from typing import Any

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import ScopedRequest
from core.pages import RefusalMixin

# What the login page offers to log in as; registered by the demonstration (demo/apps.py).
_offered: list[object] = []


def offer_accounts(accounts: Iterable[object]) -> None:
    """List ``accounts`` on the login page, each with the attributes that its template reads."""
    _offered[:] = accounts


@method_decorator(login_not_required, name="dispatch")
class LoginView(RefusalMixin, views.LoginView):
    """Log in by e-mail and password."""

    def get_form(self, form_class: type[Form] | None = None) -> Form:
        """Ask for what every other page calls so."""
        form = super().get_form(form_class)
        form.fields["login"].label = _("Adresse e-mail")
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the accounts that are offered, if any."""
        context = super().get_context_data(**kwargs)
        if _offered:
            context["demo_accounts"] = _offered
        return context


class LogoutView(views.LogoutView):
    """End the session, and have the browser forget what it kept of it."""

    def post(self, request: ScopedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log out."""
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response


class WholePageLoginMiddleware:
    """Has the browser leave the page for the login page when a part of it was asked for without a session."""

    def __init__(self, get_response: Callable[[ScopedRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponse:
        """Answer; a person who logs in again comes back to the page, not to its part."""
        response = self.get_response(request)
        login = reverse("account_login")
        if not (request.htmx and response.headers.get("Location", "").startswith(login)):
            return response
        page = request.htmx.current_url_abs_path or request.get_full_path()
        return HttpResponseClientRedirect(redirect_to_login(page, login).url)
