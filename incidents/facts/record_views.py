"""Show a recorded fact, correct it, cancel it, and take the cancellation back."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of
from incidents.agreement import agree, asked, shut_or
from incidents.foreseen import Attempt, attempt, moves_between
from incidents.history import author_of, changer_of, changes
from incidents.models import FactReply, Incident, Narrative
from incidents.outdated import render_outdated, shown_version
from incidents.retention.services import holds_of
from sites.changes import marks_of
from sites.reading import write_reading

from . import places, replies
from .forms import CancelForm, FactForm, initial_of
from .services import (
    STATED,
    CancelledMeanwhileError,
    NotCancelledError,
    TakenError,
    cancel_incident,
    correct_incident,
    may_restore,
    restore_incident,
    state_of,
)
from .views import entry, own, undoable

_COUNTING = {"cancelled_at": None}
_CANCELLED_MEANWHILE = gettext_lazy(
    "Ce fait a été annulé entre-temps : il ne compte plus et ne se corrige plus. Rien n’a été enregistré."
)
_TAKEN_THERE = gettext_lazy(
    "Le bailleur de ce lieu a déjà un fait de même identifiant : celui-ci ne peut pas y être déplacé. Rien n’a"
    " été modifié."
)


@require_GET
@for_roles(Role.AGENT, Role.LEAD, Role.COORDINATOR)
def detail(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a fact: in full with its history to its landlord; type, place and day to others."""
    shown = get_object_or_404(Incident.objects.visible().structured(), pk=pk)
    # Asked first: no statement made for a coordinator names what is confidential of a fact.
    if not Incident.objects.own().filter(pk=pk).exists():
        write_reading(request.scope, shown, concerns=[shown.landlord_id])
        return render(request, "incidents/detail.html", {"incident": shown})
    incident = own(pk)
    context = {
        "incident": incident,
        "full": incident,
        "narrative": _narrative(incident),
        "reporter": author_of(incident),
        "changes": changes(incident, STATED),
        "again": places.Choice.of(incident.place).key,
        "answers": replies.concerns(request.scope, incident),
        "leads": request.scope.has(Role.LEAD),
        "held": holds_of(incident).filter(lifted_at=None).exists(),
        "restores": incident.cancelled_at is not None and may_restore(request.scope, incident),
    }
    if context["answers"]:
        replies.note_reading(scope=request.scope, incident=incident)
    context["reply"] = FactReply.objects.filter(incident=incident).first()
    return render(request, "incidents/detail.html", context)


@form_page
@for_roles(Role.AGENT, Role.LEAD)
def edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct a fact."""
    # A form opened before a colleague cancelled the fact gets an explanation, not a 404.
    incident = own(pk, **({} if request.method == "POST" else _COUNTING))
    state = state_of(incident)
    initial, version = initial_of(state), version_of(incident, state)
    form = open_form(
        request, lambda data: FactForm(data, scope=request.scope, initial=initial, version=version)
    )
    if is_sent(request) and form.is_valid():
        fact, version = form.fact(), form.cleaned_data["version"]
        correct = partial(
            correct_incident, scope=request.scope, incident=incident, fact=fact, version=version
        )
        places = {incident.residence_id, fact.values()["residence_id"]}
        try:
            tried = attempt(request, places, correct)
        except CancelledMeanwhileError:
            form.add_error(None, _CANCELLED_MEANWHILE)
        except TakenError:
            form.add_error("place", _TAKEN_THERE)
        except StaleError as stale:
            return _conflict(request, form, stale)
        else:
            if tried.asks:
                return entry(request, form, {"incident": incident, "foreseen": tried})
            _say_corrected(request, tried)
            return redirect("incidents:detail", pk=pk)
    return entry(request, form, {"incident": incident})


@form_page
@for_roles(Role.AGENT, Role.LEAD)
def cancel(request: ScopedRequest, pk: int) -> HttpResponse:
    """Cancel a fact, with a reason."""
    incident = own(pk, **({} if request.method == "POST" else _COUNTING))
    form = CancelForm(sent(request), version=shown_version(incident))
    if request.method == "POST" and form.is_valid():
        cancel = partial(cancel_incident, scope=request.scope, incident=incident, **form.cleaned_data)
        try:
            tried = attempt(request, [incident.residence_id], cancel)
        except CancelledMeanwhileError:
            messages.info(request, _("Ce fait était déjà annulé : son premier motif est gardé."))
            return redirect("incidents:detail", pk=pk)
        except StaleError as stale:
            page = reverse("incidents:detail", args=[pk])
            return render_outdated(request, [stale], act=_("Annuler quand même ce fait"), back=page)
        if tried.asks:
            return asked(request, form, {"incident": incident}, tried, "incidents/cancel.html")
        said = _("Fait annulé : il ne compte plus dans le niveau du lieu.")
        messages.success(request, f"{said} {tried.told}".strip())
        return redirect("incidents:detail", pk=pk)
    return render_form(request, "incidents/cancel.html", form, incident=incident)


@require_POST
@for_roles(Role.AGENT, Role.LEAD)
def restore(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take the cancellation of a fact back."""
    incident = own(pk)
    page = reverse("incidents:detail", args=[pk])
    try:
        tried = attempt(
            request,
            [incident.residence_id],
            partial(restore_incident, scope=request.scope, incident=incident),
        )
    except NotCancelledError:
        messages.info(request, _("Déjà rétabli : rien n’a été modifié."))
        return redirect(page)
    if tried.asks:
        return agree(request, tried, heading=_("Rétablir un fait"), subject=incident, back=page)
    said = shut_or(incident, _("Fait rétabli : il compte de nouveau."))
    messages.success(request, f"{said} {tried.told}".strip())
    return redirect(page)


@require_POST
@for_roles(Role.AGENT, Role.LEAD)
def undo(request: ScopedRequest, pk: int) -> HttpResponse:
    """Cancel at once a fact that the person has just recorded; otherwise redirect to the form with a reason."""
    incident = own(pk)
    if incident.cancelled_at:
        return redirect("incidents:saved", pk=pk)
    if not undoable(request, incident):
        return redirect("incidents:cancel", pk=pk)
    before = marks_of([incident.residence_id])
    try:
        cancel_incident(scope=request.scope, incident=incident, reason=_("Saisie annulée aussitôt"))
    except CancelledMeanwhileError:
        return redirect("incidents:saved", pk=pk)
    # The page of the saved fact has told both levels: taking it back at once asks nothing.
    moves = moves_between(before, marks_of([incident.residence_id]))
    said = [_("Saisie annulée : %(fact)s. Elle ne compte pas.") % {"fact": incident}]
    messages.success(request, " ".join([*said, *(move.does for move in moves)]))
    return redirect("incidents:create")


def _conflict(request: ScopedRequest, form: FactForm, stale: StaleError) -> HttpResponse:
    changed = get_object_or_404(Incident.objects.own(), pk=stale.record.pk)
    back = reverse("incidents:detail", args=[changed.pk])
    return render_conflict(request, form, stale, back=back, by=(changer_of(changed), changed.changed_at))


def _say_corrected(request: ScopedRequest, tried: Attempt[bool]) -> None:
    if tried.made:
        said = _("Fait corrigé. Son état précédent reste dans l’historique.")
        messages.success(request, f"{said} {tried.told}".strip())
    else:
        messages.info(request, _("Rien n’a été modifié."))


def _narrative(incident: Incident) -> str:
    return Narrative.objects.filter(incident=incident).values_list("text", flat=True).first() or ""
