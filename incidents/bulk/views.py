"""Choose facts of the list, see what an act on all of them would change, do it, and undo it as one."""

from collections.abc import Callable, Collection
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.lists.listing import sort_and_page
from core.pages import form_page, is_sent, render_form, sent
from incidents.facts.filters import IncidentFilter
from incidents.facts.services import placed_at
from incidents.foreseen import AGREED, Attempt, attempt
from incidents.models import BulkAct, Incident
from sites.perimeter import is_led

from .forms import BulkForm
from .services import (
    MOST,
    Asked,
    Done,
    NothingToDoError,
    UndoneMeanwhileError,
    carry_out,
    residences_of,
    undo,
)
from .tables import ActFactTable, BulkActTable, facts_of, type_given

# Rows of the preview, and of the facts named before it.
SHOWN = 100
_NAMED = 8
# Changes of level that the message after the act names.
_TOLD = 3
_PER_PAGE = 50
# Of an id: what is longer is none, and no column would hold it.
_DIGITS = 19


@never_cache
@form_page
@for_roles(Role.LEAD)
def bulk(request: ScopedRequest) -> HttpResponse:
    """Ask what is to be done to the chosen facts, show what it would change, and do it once that is agreed to."""
    facts = _chosen(request)
    if refused := _refusal(facts):
        messages.error(request, refused)
        return redirect(_list_of(request))
    landlord = facts[0].landlord_id
    form = BulkForm(sent(request), scope=request.scope, landlord=landlord)
    context = {
        "facts": facts,
        "named": facts[:_NAMED],
        "others": len(facts[_NAMED:]),
        "back": _list_of(request),
    }
    if is_sent(request) and form.is_valid():
        try:
            tried = _tried(request, facts, form.asked)
        except NothingToDoError:
            form.add_error(None, _("Rien à faire : ces faits sont annulés, ou déjà ainsi."))
        else:
            if tried.asks:
                return _preview(request, tried, {**context, "form": form})
            _say(request, tried, _done)
            return redirect("incidents:bulk_act", pk=tried.made.act.pk)
    return render_form(request, "incidents/bulk.html", form, **context)


@require_GET
@for_roles(Role.LEAD)
def bulk_acts(request: ScopedRequest) -> HttpResponse:
    """List the acts on many facts, the latest first."""
    table = BulkActTable(BulkAct.objects.select_related("made_by"))
    sort_and_page(request, table, _PER_PAGE)
    return render(request, "incidents/bulk_acts.html", {"table": table})


# After an undoing, the back button must not show a cached page that offers it again.
@never_cache
@require_GET
@for_roles(Role.LEAD)
def bulk_act(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show an act with its facts, and what became of each since."""
    act = _act(pk)
    table = ActFactTable(facts_of(act), act=act)
    sort_and_page(request, table, _PER_PAGE)
    counted = {"number": len(act.facts), "kept": len(act.kept)}
    context = {"act": act, "table": table, "given": type_given(act), **counted}
    return render(request, "incidents/bulk_act.html", context)


@never_cache
@form_page
@for_roles(Role.LEAD)
def undo_bulk_act(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what the undoing of an act would change, and do it once that is agreed to."""
    act = _act(pk)
    try:
        tried = attempt(request, residences_of(act), partial(undo, scope=request.scope, act=act), seal=_seal)
    except UndoneMeanwhileError:
        messages.info(request, _("Cet acte était déjà défait : rien n’a été modifié."))
        return redirect("incidents:bulk_act", pk=pk)
    except NothingToDoError:
        messages.error(
            request, _("Rien à défaire : tous ces faits ont changé depuis, ou n’ont plus leur lieu d’avant.")
        )
        return redirect("incidents:bulk_act", pk=pk)
    if tried.asks:
        return _preview(request, tried, {"act": act, "back": reverse("incidents:bulk_act", args=[pk])})
    _say(request, tried, _undone)
    return redirect("incidents:bulk_act", pk=pk)


def _tried(request: ScopedRequest, facts: Collection[Incident], asked: Asked) -> Attempt[Done]:
    residences = {fact.residence_id for fact in facts}
    if asked.place is not None:
        residences.add(placed_at(asked.place)["residence_id"])
    act = partial(carry_out, scope=request.scope, facts=[fact.pk for fact in facts], asked=asked)
    return attempt(request, residences, act, seal=_seal)


def _seal(done: Done) -> str:
    return done.seal


def _preview(request: ScopedRequest, tried: Attempt[Done], context: dict[str, Any]) -> HttpResponse:
    """Show what was tried; with a 409 where the person had agreed to something else, which is no more so."""
    stale = AGREED in request.POST
    context |= {
        "tried": tried,
        "moves": tried.moves[:SHOWN],
        "more": len(tried.moves[SHOWN:]),
        "stale": stale,
        "sent": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in _NOT_SENT
            for value in values
        ],
    }
    status = HTTPStatus.CONFLICT if stale else HTTPStatus.OK
    return render(request, "incidents/bulk_preview.html", context, status=status)


_NOT_SENT = {"csrfmiddlewaretoken", AGREED, "q"}


def _say(request: ScopedRequest, tried: Attempt[Done], sentence: Callable[[int], str]) -> None:
    """Say how many facts were changed, how many stayed, and the first changes of level."""
    done = tried.made
    said = [sentence(len(done.changed)) % {"n": len(done.changed)}]
    if done.left:
        stayed = ngettext("%(n)d est resté tel quel.", "%(n)d sont restés tels quels.", len(done.left))
        said.append(stayed % {"n": len(done.left)})
    said += [move.does for move in tried.moves[:_TOLD]]
    if more := len(tried.moves[_TOLD:]):
        others = ngettext(
            "%(n)d autre lieu change de niveau.", "%(n)d autres lieux changent de niveau.", more
        )
        said.append(others % {"n": more})
    messages.success(request, " ".join(said))


def _done(number: int) -> str:
    return ngettext("%(n)d fait changé.", "%(n)d faits changés.", number)


def _undone(number: int) -> str:
    return ngettext("%(n)d fait rendu à son état d’avant.", "%(n)d faits rendus à leur état d’avant.", number)


def _act(pk: int) -> BulkAct:
    return get_object_or_404(BulkAct.objects.select_related("made_by", "undone_by"), pk=pk)


def _chosen(request: ScopedRequest) -> list[Incident]:
    """Return the chosen facts that the person leads, one more than an act takes where there are as many."""
    facts: QuerySet[Incident] = Incident.objects.filter(is_led()).select_related(
        "fact_type", "residence", "address"
    )
    if request.method != "POST" and "tous" in request.GET:
        chosen = IncidentFilter(request.GET, queryset=facts, request=request)
        facts = chosen.qs if chosen.form.is_valid() else facts.none()
    else:
        asked = request.POST if request.method == "POST" else request.GET
        facts = facts.filter(pk__in=[int(pk) for pk in asked.getlist("fact") if _is_id(pk)])
    return list(facts.order_by("-day", "-pk")[: MOST + 1])


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < _DIGITS


def _refusal(facts: list[Incident]) -> str:
    """Return why nothing can be done to the chosen facts, "" where something can."""
    if not facts:
        return _("Cochez au moins un fait.")
    if len(facts) > MOST:
        said = _("Un acte groupé porte sur %(most)d faits au plus : filtrez, puis faites-en plusieurs.")
        return said % {"most": MOST}
    if len({fact.landlord_id for fact in facts}) > 1:
        return _("Ces faits sont de plusieurs bailleurs : faites un acte pour chacun.")
    return ""


def _list_of(request: ScopedRequest) -> str:
    """Return the URL of the list that the facts were chosen on."""
    query = request.GET.copy()
    for name in ("tous", "fact"):
        query.pop(name, None)
    return f"{reverse('incidents:list')}?{query.urlencode() or 'page=1'}"
