"""Log people in and out; in the demonstration the login page lists the accounts."""

from collections.abc import Callable, Iterable
from contextlib import suppress
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

# The accounts that the login page lists, registered by the demonstration (demo/apps.py).
_offered: list[object] = []


def offer_accounts(accounts: Iterable[object]) -> None:
    """Have the login page list ``accounts``, each with the attributes that its template reads."""
    _offered[:] = accounts


@method_decorator(login_not_required, name="dispatch")
class LoginView(RefusalMixin, views.LoginView):
    """The login page, with e-mail address and password."""

    def get_form(self, form_class: type[Form] | None = None) -> Form:
        """Return the form, with the label that all other pages use for the e-mail address."""
        form = super().get_form(form_class)
        form.fields["login"].label = _("Adresse e-mail")
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the registered accounts, if any."""
        context = super().get_context_data(**kwargs)
        if _offered:
            context["demo_accounts"] = _offered
        return context


class LogoutView(views.LogoutView):
    """The logout, which also makes the browser forget the session.

    What the device stores is erased by the page that logs out (static/device_key.js), the person's own alone: the header would
    erase what waits there for a colleague.
    """

    def post(self, request: ScopedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log out, and send ``Clear-Site-Data``."""
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "cookies"'
        return response


class WholePageLoginMiddleware:
    """The middleware that opens the whole login page when htmx requests a part of a page without a session."""

    def __init__(self, get_response: Callable[[ScopedRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponse:
        """Return the response; after the login the person comes back to the page, not to its part."""
        response = self.get_response(request)
        login = reverse("account_login")
        if not (request.htmx and response.headers.get("Location", "").startswith(login)):
            return response
        return HttpResponseClientRedirect(redirect_to_login(page_of(request), login).url)


def page_of(request: ScopedRequest) -> str:
    """Return the page from which htmx asks for a part; the address itself where it is none, or cannot be read."""
    with suppress(ValueError):
        return request.htmx.current_url_abs_path or request.get_full_path()
    return request.get_full_path()
