"""Record a fact, and find its place."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.pages import form_page, render_form, sent
from core.words import is_cut
from incidents.changes import level_of
from incidents.models import Incident
from sites.places import too_short

from . import places
from .forms import FactForm
from .nomenclature import arranged
from .placed_forms import HereForm
from .services import (
    BY_FORM,
    TakenError,
    record_incident,
    says_the_same,
)

UNDO_MINUTES = 15
# The session key of the levels of the place just before the last fact was recorded.
_BEFORE = "levels_before"
_TAKEN = gettext_lazy(
    "Ce formulaire a déjà servi : le fait qu’il a enregistré n’est plus parmi ceux que vous voyez. Rien n’a été"
    " enregistré cette fois ; enregistrez ce qui suit si c’est un autre fait."
)


@form_page
@for_roles(Role.AGENT, Role.LEAD)
def create(request: ScopedRequest) -> HttpResponse:
    """Record a fact; because of the hidden token, a repeated submission records nothing more."""
    initial = {"place": request.GET.get("lieu", "")}
    form = FactForm(sent(request), scope=request.scope, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return entry(request, form, {})
    fact, token = form.fact(), str(form.cleaned_data["token"])
    before = _levels(fact.values())
    try:
        incident, made = record_incident(
            scope=request.scope, fact=fact, external_source=BY_FORM, external_id=token
        )
    except TakenError:
        form.renew()
        form.add_error(None, _TAKEN)
        return entry(request, form, {})
    if made:
        request.session[_BEFORE] = {"fact": incident.pk, **before}
    if made or says_the_same(incident, fact):
        if not made:
            messages.info(request, _("Ce fait est déjà enregistré : il ne l’a pas été une seconde fois."))
        return redirect("incidents:saved", pk=incident.pk)
    # A form submitted again with other values is shown again: it may be a correction or another fact.
    form.renew()
    return entry(request, form, {"earlier": incident})


# After an undo, the back button must not show the browser's cached copy.
@never_cache
@require_GET
@for_roles(Role.AGENT, Role.LEAD)
def saved(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show the fact just recorded or cancelled, the level of its place now, and the next possible steps."""
    incident = own(pk)
    context = {
        "incident": incident,
        "again": places.Choice.of(incident.place).key,
        "undoable": undoable(request, incident),
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


def undoable(request: ScopedRequest, incident: Incident) -> bool:
    """Say whether the person recorded the fact a moment ago and nobody else has changed it, so that one click takes it back."""
    person = request.scope.user_id
    mine = incident.reported_by_id == person and not incident.cancelled_at
    is_as_left = incident.changed_at is None or incident.changed_by_id == person
    return mine and is_as_left and timezone.now() - incident.created_at < dt.timedelta(minutes=UNDO_MINUTES)


def _found(
    request: ScopedRequest, asked: QueryDict, found: list[places.Choice], context: dict[str, object]
) -> HttpResponse:
    chosen = places.recordable(asked.get("place", ""))
    context |= {"found": found, "chosen": places.Choice.of(chosen) if chosen else None}
    return render(request, "incidents/_place_results.html", context)


def _allown() -> QuerySet[Incident]:
    return Incident.objects.own().select_related("fact_type", "subtype", "residence", "address")


def own(pk: int, **state: object) -> Incident:
    """Return a fact of one's own; raise Http404 where there is none in that state."""
    return get_object_or_404(_allown(), pk=pk, **state)


def entry(request: ScopedRequest, form: FactForm, context: dict[str, object]) -> HttpResponse:
    """Render the form of a fact, new or recorded."""
    usual, others = arranged(request.scope.user_id)
    # Only a new fact may be queued on the phone: a correction or a refused form needs the server.
    waits = not form.is_bound and "incident" not in context
    context |= {"usual": usual, "others": others, "chosen_type": _chosen(form), "waits": waits}
    if "foreseen" in context:
        # A question, not a refusal.
        return render(request, "incidents/entry.html", {"form": form, **context})
    return render_form(request, "incidents/entry.html", form, **context)


def _chosen(form: FactForm) -> str:
    value = form["fact_type"].value()
    return str(getattr(value, "pk", value) or "")
