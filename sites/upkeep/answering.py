"""Answer the form of an act on places: ask first where a level changes, tell a stale form, offer to take it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest
from core.pages import is_sent, render_form
from core.versions import StaleError
from sites.models import PlaceChange, Residence

from .foreseen import to_agree

_TEMPLATE = "sites/place_act.html"


@dataclass(frozen=True, kw_only=True)
class Act:
    """What the page of an act says.

    Attributes:
        subject: the place.
        says: what the act does.
        back: the address of the page to return to.
        residences: those whose levels are compared.
        done: what is said afterwards.
        undoable: whether taking it back is offered at once.
    """

    heading: str
    subject: str
    back: str
    residences: Sequence[Residence]
    done: str
    button: str
    says: str = ""
    undoable: bool = True


def answer(
    request: ScopedRequest,
    form: BaseForm,
    act: Act,
    change: Callable[[], PlaceChange | None],
    version: str = "",
    *,
    raises_stale: bool = False,
) -> HttpResponse:
    """Do what the form asks for, and redirect; or show it with what is to be agreed to, corrected or read again.

    Args:
        request: the request that asks for the form or sends it.
        form: the form.
        act: what the page says.
        change: the call of the service.
        version: what the form sends the next time where it was stale.
        raises_stale: let the error of a stale form through.
    """
    context = {"act": act}
    if not is_sent(request) or not form.is_valid():
        return render_form(request, _TEMPLATE, form, **context)
    try:
        if agreement := to_agree(request, act.residences, change):
            return render(request, _TEMPLATE, context | {"form": form, "agreement": agreement})
        made = change()
    except StaleError:
        if raises_stale:
            raise
        return _stale(request, form, act, version)
    except ValidationError as error:
        form.add_error(None, error)
        return render_form(request, _TEMPLATE, form, **context)
    messages.success(request, _said(request, act, made))
    return redirect(act.back)


def _said(request: ScopedRequest, act: Act, made: PlaceChange | None) -> str:
    """Return what is said after an act: with the other residences that it concerns, and its undoing."""
    others = Residence.objects.filter(pk__in=made.residences[1:] if made else ()).order_by(
        "name__french", "pk"
    )
    context = {"act": act, "others": others, "change": made if act.undoable else None}
    return render_to_string("sites/_act_done.html", context, request)


def _stale(request: ScopedRequest, form: BaseForm, act: Act, version: str) -> HttpResponse:
    """Show the form again with what a colleague changed since it was opened."""
    form.add_error(
        None, _("Ce lieu a été modifié entre-temps : relisez, puis confirmez. Rien n’est enregistré.")
    )
    sent = request.POST.copy()
    sent["version"] = version
    form.data = sent
    return render(request, _TEMPLATE, {"form": form, "act": act}, status=HTTPStatus.CONFLICT)
