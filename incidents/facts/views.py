"""Record, show, correct and cancel a fact."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of
from core.words import is_cut
from incidents.changes import level_of
from incidents.history import author_of, changer_of, changes
from incidents.models import Incident, Narrative
from sites.places import too_short
from sites.reading import write_reading

from . import places
from .forms import CancelForm, FactForm, HereForm, initial_of
from .nomenclature import arranged
from .services import (
    BY_FORM,
    STATED,
    CancelledMeanwhileError,
    TakenError,
    cancel_incident,
    correct_incident,
    record_incident,
    says_the_same,
    state_of,
)

UNDO_MINUTES = 15
# The session key of the levels of the place just before the last fact was recorded.
_BEFORE = "levels_before"
_COUNTING = {"cancelled_at": None}
_CANCELLED_MEANWHILE = gettext_lazy(
    "Ce fait a été annulé entre-temps : il ne compte plus et ne se corrige plus. Rien n’a été enregistré."
)
_TAKEN = gettext_lazy(
    "Ce formulaire a déjà servi : le fait qu’il a enregistré n’est plus parmi ceux que vous voyez. Rien n’a été"
    " enregistré cette fois ; enregistrez ce qui suit si c’est un autre fait."
)
_TAKEN_THERE = gettext_lazy(
    "Le bailleur de ce lieu a déjà un fait de même identifiant : celui-ci ne peut pas y être déplacé. Rien n’a"
    " été modifié."
)


@form_page
@for_roles(Role.AGENT, Role.LEAD)
def create(request: ScopedRequest) -> HttpResponse:
    """Record a fact; because of the hidden token, a repeated submission records nothing more."""
    initial = {"place": request.GET.get("lieu", "")}
    form = FactForm(sent(request), scope=request.scope, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _entry(request, form, {})
    fact, token = form.fact(), str(form.cleaned_data["token"])
    before = _levels(fact.values())
    try:
        incident, made = record_incident(
            scope=request.scope, fact=fact, external_source=BY_FORM, external_id=token
        )
    except TakenError:
        form.renew()
        form.add_error(None, _TAKEN)
        return _entry(request, form, {})
    if made:
        request.session[_BEFORE] = {"fact": incident.pk, **before}
    if made or says_the_same(incident, fact):
        if not made:
            messages.info(request, _("Ce fait est déjà enregistré : il ne l’a pas été une seconde fois."))
        return redirect("incidents:saved", pk=incident.pk)
    # A form submitted again with other values is shown again: it may be a correction or another fact.
    form.renew()
    return _entry(request, form, {"earlier": incident})


# After an undo, the back button must not show the browser's cached copy.
@never_cache
@require_GET
@for_roles(Role.AGENT, Role.LEAD)
def saved(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show the fact just recorded or cancelled, the level of its place now, and the next possible steps."""
    incident = _own(pk)
    context = {
        "incident": incident,
        "again": places.Choice.of(incident.place).key,
        "undoable": _undoable(request, incident),
        "undo_minutes": UNDO_MINUTES,
        "before": _before(request, incident),
    }
    return render(request, "incidents/saved.html", context)


@require_GET
@for_roles(Role.AGENT, Role.LEAD)
def find_place(request: ScopedRequest) -> HttpResponse:
    """Return the places that match the search of the place field, or the last used ones for an empty search."""
    text = request.GET.get("q", "").strip()
    found = places.search(text) if text else places.last_used(request.scope.user_id)
    context = {"text": text, "too_short": too_short(text), "is_cut": is_cut(text)}
    return _found(request, request.GET, found, context)


@require_POST
@sensitive_post_parameters("longitude", "latitude")
@for_roles(Role.AGENT, Role.LEAD)
def near_place(request: ScopedRequest) -> HttpResponse:
    """Return one's own addresses around a point, which is stored nowhere."""
    form = HereForm(request.POST)
    found = places.nearest(**form.cleaned_data) if form.is_valid() else []
    return _found(request, request.POST, found, {"nearby_km": places.NEARBY_M // 1000})


@require_GET
@for_roles(Role.AGENT, Role.LEAD, Role.COORDINATOR)
def detail(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a fact: in full with its history to its landlord; type, place and day to others."""
    shown = get_object_or_404(Incident.objects.visible().structured(), pk=pk)
    # Asked first: no statement made for a coordinator names what is confidential of a fact.
    if not Incident.objects.own().filter(pk=pk).exists():
        write_reading(request.scope, shown, concerns=[shown.landlord_id])
        return render(request, "incidents/detail.html", {"incident": shown})
    incident = _own(pk)
    context = {
        "incident": incident,
        "full": incident,
        "narrative": _narrative(incident),
        "reporter": author_of(incident),
        "changes": changes(incident, STATED),
        "again": places.Choice.of(incident.place).key,
    }
    return render(request, "incidents/detail.html", context)


@form_page
@for_roles(Role.AGENT, Role.LEAD)
def edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Correct a fact."""
    # A form opened before a colleague cancelled the fact gets an explanation, not a 404.
    incident = _own(pk, **({} if request.method == "POST" else _COUNTING))
    state = state_of(incident)
    initial, version = initial_of(state), version_of(incident, state)
    form = open_form(
        request, lambda data: FactForm(data, scope=request.scope, initial=initial, version=version)
    )
    if is_sent(request) and form.is_valid():
        try:
            corrected = correct_incident(
                scope=request.scope, incident=incident, fact=form.fact(), version=form.cleaned_data["version"]
            )
        except CancelledMeanwhileError:
            form.add_error(None, _CANCELLED_MEANWHILE)
        except TakenError:
            form.add_error("place", _TAKEN_THERE)
        except StaleError as stale:
            return _conflict(request, form, stale)
        else:
            _say_corrected(request, corrected=corrected)
            return redirect("incidents:detail", pk=pk)
    return _entry(request, form, {"incident": incident})


@form_page
@for_roles(Role.AGENT, Role.LEAD)
def cancel(request: ScopedRequest, pk: int) -> HttpResponse:
    """Cancel a fact, with a reason."""
    incident = _own(pk, **({} if request.method == "POST" else _COUNTING))
    form = CancelForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            cancel_incident(scope=request.scope, incident=incident, reason=form.cleaned_data["reason"])
        except CancelledMeanwhileError:
            messages.info(request, _("Ce fait était déjà annulé : son premier motif est gardé."))
        else:
            messages.success(request, _("Fait annulé : il ne compte plus dans le niveau du lieu."))
        return redirect("incidents:detail", pk=pk)
    return render_form(request, "incidents/cancel.html", form, incident=incident)


@require_POST
@for_roles(Role.AGENT, Role.LEAD)
def undo(request: ScopedRequest, pk: int) -> HttpResponse:
    """Cancel at once a fact that the person has just recorded; otherwise redirect to the form with a reason."""
    incident = _own(pk)
    if incident.cancelled_at:
        return redirect("incidents:saved", pk=pk)
    if not _undoable(request, incident):
        return redirect("incidents:cancel", pk=pk)
    try:
        cancel_incident(scope=request.scope, incident=incident, reason=_("Saisie annulée aussitôt"))
    except CancelledMeanwhileError:
        return redirect("incidents:saved", pk=pk)
    messages.success(request, _("Saisie annulée : %(fact)s. Elle ne compte pas.") % {"fact": incident})
    return redirect("incidents:create")


def _conflict(request: ScopedRequest, form: FactForm, stale: StaleError) -> HttpResponse:
    changed = get_object_or_404(Incident.objects.own(), pk=stale.record.pk)
    back = reverse("incidents:detail", args=[changed.pk])
    return render_conflict(request, form, stale, back=back, by=(changer_of(changed), changed.changed_at))


def _say_corrected(request: ScopedRequest, *, corrected: bool) -> None:
    if corrected:
        messages.success(request, _("Fait corrigé. Son état précédent reste dans l’historique."))
    else:
        messages.info(request, _("Rien n’a été modifié."))


def _levels(place: dict[str, Any]) -> dict[str, int | None]:
    residence, address = place["residence_id"], place["address_id"]
    return {
        "residence": level_of(residence, None),
        "address": level_of(residence, address) if address else None,
    }


def _before(request: ScopedRequest, incident: Incident) -> dict[str, int | None]:
    kept = request.session.get(_BEFORE, {})
    moved = kept.get("fact") == incident.pk and not incident.cancelled_at
    return kept if moved else {"residence": None, "address": None}


def _undoable(request: ScopedRequest, incident: Incident) -> bool:
    mine = incident.reported_by_id == request.scope.user_id and not incident.cancelled_at
    return mine and timezone.now() - incident.created_at < dt.timedelta(minutes=UNDO_MINUTES)


def _found(
    request: ScopedRequest, asked: QueryDict, found: list[places.Choice], context: dict[str, object]
) -> HttpResponse:
    chosen = places.recordable(asked.get("place", ""))
    context |= {"found": found, "chosen": places.Choice.of(chosen) if chosen else None}
    return render(request, "incidents/_place_results.html", context)


def _all_own() -> QuerySet[Incident]:
    return Incident.objects.own().select_related("fact_type", "residence", "address")


def _own(pk: int, **state: object) -> Incident:
    return get_object_or_404(_all_own(), pk=pk, **state)


def _narrative(incident: Incident) -> str:
    return Narrative.objects.filter(incident=incident).values_list("text", flat=True).first() or ""


def _entry(request: ScopedRequest, form: FactForm, context: dict[str, object]) -> HttpResponse:
    usual, others = arranged(request.scope.user_id)
    # Only a new fact may be queued on the phone: a correction or a refused form needs the server.
    waits = not form.is_bound and "incident" not in context
    context |= {"usual": usual, "others": others, "chosen_type": _chosen(form), "waits": waits}
    return render_form(request, "incidents/entry.html", form, **context)


def _chosen(form: FactForm) -> str:
    value = form["fact_type"].value()
    return str(getattr(value, "pk", value) or "")
