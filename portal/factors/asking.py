"""Ask again for a second factor before a view that needs a fresh one, and lose nothing of what was typed."""

from http import HTTPStatus
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import ScopedRequest
from accounts.models import User
from accounts.scope import system_scope
from portal.errors import keeping
from portal.login import page_of
from portal.unsent import page_before

from .forms import CodeForm, KeyForm, given, is_given


def ask_again(request: ScopedRequest, *, file: bool = False) -> HttpResponse | None:
    """Ask for the factor; None once the request itself carries the right one, and the view may answer.

    A form that is sent is held by the page that asks, which sends both together. A page or a file that is asked for
    is asked for again afterwards: a ``file`` from the page that offers it, since it replaces no page.
    """
    if request.method != "POST" or request.htmx:
        after = {"next": page_before(request), "file": "1"} if file else {"next": page_of(request)}
        page = f"{reverse('mfa_reauthenticate')}?{urlencode(after)}"
        return HttpResponseClientRedirect(page) if request.htmx else redirect(page)
    form: CodeForm | KeyForm = CodeForm(user=request.user)
    if is_given(request.POST):
        form = given(request, request.user)
        if form.is_valid():
            form.save(again=True)
            return None
    return keeping(
        request, "mfa/again.html", _held(request) | giving(request, request.user, form), HTTPStatus.FORBIDDEN
    )


def giving(request: HttpRequest, user: User, form: CodeForm | KeyForm | None = None) -> dict[str, Any]:
    """Return the context of a page that asks for a factor: its form, and what a passkey is to answer to.

    Args:
        request: the request.
        user: whose factor it is; at the login nobody acts yet.
        form: the form that was refused.
    """
    with system_scope("authentication"):
        kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
        asked = begin_authentication(user) if Authenticator.Type.WEBAUTHN in kinds else None
    # A refused key is said beside the field of the code.
    shown = form if isinstance(form, CodeForm) else CodeForm(user=user)
    return {
        "form": shown,
        "refused": form.errors.get("credential", []) if isinstance(form, KeyForm) else [],
        "key_options": asked,
        "has_application": Authenticator.Type.TOTP in kinds,
        "failed": form is not None and form.is_bound,
    }


def _held(request: HttpRequest) -> dict[str, Any]:
    """Return the fields that the page holds: those of the form, without those of the factor."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "factor-code", "factor-credential"} and "password" not in name
        for value in values
    ]
    return {"fields": fields, "files": bool(request.FILES)}
