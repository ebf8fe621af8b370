"""The login page, which lists the accounts in the demonstration; the way out."""

from typing import Any

from allauth.account import views
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from .demo_accounts import DEMO_ACCOUNTS


@method_decorator(login_not_required, name="dispatch")
class LoginView(views.LoginView):
    """Log in by e-mail and password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demonstration's accounts, where there is nothing else to see."""
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context["demo_accounts"] = DEMO_ACCOUNTS
        return context


class LogoutView(views.LogoutView):
    """End the session, and have the browser forget what it kept of it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log out."""
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response
