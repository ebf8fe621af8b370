"""List the facts that wait for a place; place or discard them, and take a discarding back."""

from typing import TypedDict

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.lists.listing import sort_and_page
from core.pages import form_page, render_form, sent
from incidents.models import UnplacedFact
from sites.models import Address

from . import services
from .filters import UnplacedFilter
from .forms import ChoosePlaceForm, DiscardForm
from .history import steps
from .tables import DiscardedTable, UnplacedTable

_PER_PAGE = 25
# The parameter of the list that names the fact just discarded; of an id: what is longer is none.
_DISCARDED, _DIGITS = "ecarte", 19


class Spot(TypedDict):
    """A point of the map, in degrees."""

    label: str
    longitude: float | None
    latitude: float | None


@require_GET
@for_roles(Role.LEAD)
def to_place(request: ScopedRequest) -> HttpResponse:
    """List the facts that wait for a place or were discarded, those of one import where it is asked for."""
    rows = UnplacedFact.objects.select_related("fact_type")
    chosen = UnplacedFilter(request.GET, queryset=rows, request=request)
    found = chosen.qs if chosen.form.is_valid() else rows.none()
    table = DiscardedTable(found) if chosen.shows_discarded else UnplacedTable(found)
    sort_and_page(request, table, _PER_PAGE)
    if isinstance(table, UnplacedTable):
        table.addresses = services.suggestions(row.record for row in table.paginated_rows)
    context = {"table": table, "filter": chosen, "just_discarded": _just_discarded(request)}
    return render(request, "incidents/to_place.html", context)


@form_page
@for_roles(Role.LEAD)
def place(request: ScopedRequest, pk: int) -> HttpResponse:
    """Place a fact at a suggestion or elsewhere, with all those alike if asked."""
    fact = _settled_or_waiting(pk)
    if fact.settled_at:
        return _settled_meanwhile(request, fact)
    addresses, others = services.suggestions([fact]), services.alike(fact).count() - 1
    form = ChoosePlaceForm(sent(request), scope=request.scope, fact=fact, addresses=addresses, others=others)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        number = services.place(
            request.scope, fact, data["place"], all_alike=bool(others) and data["all_alike"]
        )
        if number:
            told = ngettext("%(n)d fait placé.", "%(n)d faits placés.", number) % {"n": number}
            messages.success(request, told)
            return redirect("incidents:to_place")
        form.add_error(None, _("Rien n’a été placé : ce fait est déjà enregistré, ou vient d’être traité."))
    spots = _spots(fact, addresses)
    context = {
        "fact": fact,
        "others": others,
        "spots": spots,
        "on_map": any(spots.values()),
        "steps": steps(fact),
    }
    return render_form(request, "incidents/place_fact.html", form, **context)


@form_page
@for_roles(Role.LEAD)
def discard(request: ScopedRequest, pk: int) -> HttpResponse:
    """Discard a fact that is at none of the landlord's places, with a reason."""
    fact = _settled_or_waiting(pk)
    if fact.settled_at:
        return _settled_meanwhile(request, fact)
    form = DiscardForm(sent(request))
    if request.method == "POST" and form.is_valid():
        if services.discard(request.scope, fact, reason=form.cleaned_data["reason"]):
            return redirect(f"{reverse('incidents:to_place')}?{_DISCARDED}={pk}")
        form.add_error(None, _("Rien n’a été écarté : ce fait vient d’être traité."))
    return render_form(request, "incidents/discard_fact.html", form, fact=fact)


@require_GET
@for_roles(Role.LEAD)
def discarded(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a discarded fact, with who discarded it, when and why; one that is not leads to the list."""
    fact = get_object_or_404(UnplacedFact.objects.select_related("fact_type"), pk=pk)
    if not fact.discard_reason:
        return redirect("incidents:to_place")
    return render(request, "incidents/discarded_fact.html", {"fact": fact, "steps": steps(fact)})


@require_POST
@for_roles(Role.LEAD)
def take_back(request: ScopedRequest, pk: int) -> HttpResponse:
    """Have a discarded fact wait for a place again."""
    fact = get_object_or_404(UnplacedFact.objects.select_related("fact_type"), pk=pk)
    try:
        services.take_back(request.scope, fact)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("incidents:to_place")
    messages.success(request, _("%s attend de nouveau un lieu.") % fact)
    return redirect("incidents:place_fact", pk=pk)


def _settled_or_waiting(pk: int) -> UnplacedFact:
    return get_object_or_404(UnplacedFact.objects.select_related("fact_type"), pk=pk)


def _settled_meanwhile(request: ScopedRequest, fact: UnplacedFact) -> HttpResponse:
    """Lead a page from before a colleague placed, discarded or replaced a fact to what became of it."""
    messages.info(request, _("%s : déjà traité. Rien n’a été modifié.") % fact)
    if fact.discard_reason:
        return redirect("incidents:discarded_fact", pk=fact.pk)
    return redirect("incidents:to_place")


def _just_discarded(request: ScopedRequest) -> UnplacedFact | None:
    """Return the fact that the person has just discarded, for the list to offer to take that back."""
    pk = request.GET.get(_DISCARDED, "")
    return services.discarded().filter(pk=pk).first() if pk.isdecimal() and len(pk) < _DIGITS else None


def _spots(fact: UnplacedFact, addresses: dict[int, Address]) -> dict[str, list[Spot]]:
    """Return the point of the fact and those of its suggestions, for the map."""
    candidates = [addresses[pk] for pk in fact.candidates if pk in addresses]
    return {
        "fact": [Spot(label=_("Point du fichier"), longitude=fact.longitude, latitude=fact.latitude)]
        if fact.longitude is not None
        else [],
        "candidates": [
            Spot(label=str(a), longitude=a.longitude, latitude=a.latitude)
            for a in candidates
            if a.longitude is not None
        ],
    }
