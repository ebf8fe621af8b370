"""Ask that somebody's lost second factor be erased, and confirm it as a second person."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Loss, ResetState, Role
from accounts.models import FactorReset, User
from core.pages import site_url

from . import services
from .rules import needs_fresh_factor


class LossForm(forms.Form):
    """The form of why a second factor is to be erased."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Le téléphone ou la clé est"),
        choices=Loss,
        widget=forms.Select(attrs={"class": "form-select"}),
    )


def waiting_reset(person: User) -> FactorReset | None:
    """Return the request that waits for a person, if the reader is in charge of them."""
    waiting = FactorReset.objects.filter(user=person, state=ResetState.WAITING)
    return waiting.select_related("asked_by").first()


@needs_fresh_factor()
@require_POST
@for_roles(Role.ADMIN, Role.LEAD)
def ask(request: ScopedRequest, pk: int) -> HttpResponse:
    """Ask that a person's second factor be erased."""
    person = get_object_or_404(User, pk=pk)
    form = LossForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Dites ce qui est arrivé au téléphone ou à la clé."))
        return redirect("accounts:user", pk)
    try:
        services.ask_reset(request.scope, user=person, **form.cleaned_data, site_url=site_url(request))
        messages.success(request, _("La demande attend qu’une seconde personne la confirme."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("accounts:user", pk)


@needs_fresh_factor()
@require_POST
@for_roles(Role.ADMIN, Role.LEAD)
def answer(request: ScopedRequest, pk: int) -> HttpResponse:
    """Confirm or refuse a request."""
    reset = get_object_or_404(FactorReset, pk=pk)
    confirm = "confirm" in request.POST
    said: dict[bool, Any] = {
        True: _("Le second facteur est effacé : un autre sera demandé à la prochaine connexion."),
        False: _("La demande est refusée ; le second facteur reste."),
    }
    try:
        services.answer_reset(request.scope, reset=reset, confirm=confirm, site_url=site_url(request))
        messages.success(request, said[confirm])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("accounts:user", reset.user_id)
