"""Propose a grid to the landlords of a territory, show where its adoption stands, answer, and withdraw."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from classification.campaigns.views import coordinated
from classification.models import AdoptionState, AdoptionStep, GridAdoption, StepKind
from core.once import MadeAlreadyError
from core.opaque import read, written
from core.pages import form_page, is_sent, render_form, sent

from . import adopting, governing
from .adoption_forms import ACCEPT, AnswerForm, ProposalForm, WithdrawalForm, changed_settings
from .asking import asked_grid
from .comparison import differences
from .forms import stated


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def adoption_create(request: ScopedRequest, pk: int) -> HttpResponse:
    """Propose a stored version to the landlords of a territory, or save what was simulated and propose that."""
    territory = get_object_or_404(coordinated(request).select_related("organisation"), pk=pk)
    asked: QueryDict = request.POST if request.method == "POST" else request.GET
    base, grid = asked_grid(asked, None)
    if not grid.is_valid():
        kept = {name: str(asked[name]) for name in ("grille", *grid.fields) if name in asked}
        return redirect(f"{reverse('classification:simulator')}?{urlencode(kept)}")
    changed = changed_settings(base, grid.grid)
    version = grid.grid if changed else base
    form = ProposalForm(sent(request), changed=changed)
    if is_sent(request) and form.is_valid():
        try:
            made = adopting.propose(request.scope, territory=territory, version=version, **form.said)
        except MadeAlreadyError as error:
            said = _(
                "Cette grille est déjà proposée : voici où elle en est. Rien n’a été fait une seconde fois."
            )
            messages.info(request, said)
            return redirect("classification:adoption", error.record.pk)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("La grille est proposée : les référents des bailleurs sont prévenus.")
            )
            return redirect("classification:adoption", made.pk)
    return render_form(
        request, "classification/adoption_form.html", form,
        territory=territory, base=base, differences=differences(base, version), new=bool(changed),
        grid={"grille": written("grid", base.pk), **(stated(version) if changed else {})}, version=version,
    )  # fmt: skip


@never_cache
@require_safe
@for_roles(Role.COORDINATOR, Role.LEAD)
def adoption(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show where the adoption of a grid stands: who proposed it, who accepted or refused it, and from when it counts."""
    found = _found(request, pk)
    [one] = governing.governed([found])
    manages = coordinated(request).filter(pk=found.territory_id).exists()
    context = {
        "governed": one,
        "adoption": found,
        "version_key": written("grid", found.grid_version_id),
        "awaits": governing.awaits(found) if found.state == AdoptionState.PROPOSED else 0,
        "answers": bool(governing.asked_of(request.scope, found)),
        "withdraws": manages and (found.state == AdoptionState.PROPOSED or one.coming),
    }
    return render(request, "classification/adoption.html", context)


@never_cache
@form_page
@for_roles(Role.LEAD)
def adoption_answer(request: ScopedRequest, pk: int) -> HttpResponse:
    """Accept what is proposed for a landlord that the person leads, or refuse it."""
    found = _found(request, pk)
    landlords = governing.asked_of(request.scope, found)
    if not landlords:
        return _answered_or_moved_on(request, found)
    form = AnswerForm(sent(request), landlords=landlords)
    if is_sent(request) and form.is_valid():
        try:
            state = adopting.answer(request.scope, found, **form.said)
        except adopting.MovedOnError:
            return _answered_or_moved_on(request, found)
        messages.success(request, _SAID[state]())
        return redirect("classification:adoption", pk)
    return render_form(request, "classification/adoption_answer.html", form, adoption=found)


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def adoption_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Withdraw what is proposed, or was adopted and has not begun."""
    rows = GridAdoption.objects.select_related("territory", "grid_version")
    found = get_object_or_404(rows.filter(territory__in=coordinated(request)), pk=pk)
    [one] = governing.governed([found])
    if found.state != AdoptionState.PROPOSED and not one.coming:
        return _moved_on(request, found)
    form = WithdrawalForm(sent(request))
    if is_sent(request) and form.is_valid():
        try:
            adopting.withdraw(request.scope, found, reason=form.cleaned_data["reason"])
        except adopting.MovedOnError:
            return _moved_on(request, found)
        messages.success(request, _("La proposition est retirée : rien ne change pour ce territoire."))
        return redirect("classification:adoption", pk)
    return render_form(request, "classification/adoption_withdraw.html", form, adoption=found)


_SAID: dict[AdoptionState, Any] = {
    AdoptionState.PROPOSED: lambda: _("Votre réponse est enregistrée. D’autres bailleurs n’ont pas encore répondu."),
    AdoptionState.ADOPTED: lambda: _("Votre réponse est enregistrée : tous les bailleurs ont accepté, la grille est adoptée."),
    AdoptionState.REFUSED: lambda: _("Votre refus est enregistré : cette grille ne sera pas adoptée."),
}  # fmt: skip


def _found(request: ScopedRequest, pk: int) -> GridAdoption:
    """Return an adoption of a territory that the person coordinates, or with which a landlord they lead shares."""
    rows = GridAdoption.objects.select_related("territory", "grid_version")
    return get_object_or_404(rows.filter(governing.of_ones_territories()), pk=pk)


def _answered_or_moved_on(request: ScopedRequest, found: GridAdoption) -> HttpResponse:
    """Say that the person's answer is recorded where the same one is sent twice, else that the proposal has moved on."""
    if is_sent(request):
        kind = StepKind.ACCEPTED if request.POST.get("answer") == ACCEPT else StepKind.REFUSED
        own = AdoptionStep.objects.filter(
            adoption=found, by=request.scope.person_id, kind=kind, organisation=_landlord_of(request)
        )
        if own.exists():
            state = AdoptionState(_found(request, found.pk).state)
            # An acceptance stands also where another landlord refused since.
            is_last = state in _SAID and (kind == StepKind.REFUSED) == (state == AdoptionState.REFUSED)
            messages.success(request, _SAID[state]() if is_last else _("Votre réponse est enregistrée."))
            return redirect("classification:adoption", found.pk)
    return _moved_on(request, found)


def _landlord_of(request: ScopedRequest) -> int | None:
    """Return the id of the landlord for which an answer was sent; None for none."""
    try:
        return read("organisation", request.POST.get("landlord", ""))
    except ValueError:
        return None


def _moved_on(request: ScopedRequest, found: GridAdoption) -> HttpResponse:
    messages.info(
        request, _("Entre-temps, cette proposition a avancé : rien n’a été modifié. Voici où elle en est.")
    )
    return redirect("classification:adoption", found.pk)
