"""Manage territories and assignments."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import ProposalState, Role
from accounts.journal.reading import last_change_of
from accounts.models import Membership, Proposal
from core.conflicts import open_form, render_conflict
from core.order import in_french
from core.pages import form_page, is_sent, render_form
from core.versions import StaleError, check_version, version_of
from core.words import LONGEST
from sites.models import Commune, Territory

from . import assigned, services
from .communes import find_bodies, find_communes, written
from .foreseen import to_agree
from .forms import AssignmentForm, CommunesUndoForm, TerritoryForm

# The session key of the change of communes that the list of territories tells of once.
_CHANGED = "territory_changed"
_ALL_RESIDENCES = gettext_lazy("Aucune cochée : toutes les résidences du bailleur")


@require_GET
@for_roles(Role.ADMIN)
def territories(request: ScopedRequest) -> HttpResponse:
    """List the territories."""
    found = Territory.objects.select_related("organisation").prefetch_related("communes")
    changed = request.session.pop(_CHANGED, None)
    return render(request, "sites/territories.html", {"territories": found, "changed": changed})


@require_GET
@for_roles(Role.ADMIN)
def communes(request: ScopedRequest) -> JsonResponse:
    """Return the communes and intercommunal bodies that match what is typed, as JSON."""
    text = request.GET.get("q", "")[:LONGEST]
    bodies = find_bodies(text)
    prefetch_related_objects(bodies, "communes")
    found = {
        "communes": [_offered(commune) for commune in find_communes(text)],
        "bodies": [
            {"name": body.name, "communes": [_offered(commune) for commune in body.communes.all()]}
            for body in bodies
        ],
    }
    return JsonResponse(found)


def _offered(commune: Commune) -> dict[str, str]:
    """Return a commune as the script of the form shows it, and the line that the form reads."""
    return {
        "code": commune.code,
        "line": written([commune]),
        "name": commune.name,
        "detail": " · ".join([f"{commune.department}", *commune.postcodes[:2]]),
    }


@require_POST
@for_roles(Role.ADMIN)
def undo_communes(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take back the change of a territory's communes that was just made."""
    territory = get_object_or_404(Territory.objects.select_related("organisation"), pk=pk)
    form = CommunesUndoForm(request.POST, version=request.POST.get("version", ""))
    try:
        if not form.is_valid():
            raise SuspiciousOperation
        services.undo_communes(
            request.scope, territory=territory,
            **{"version": "", **form.cleaned_data},
        )  # fmt: skip
    except StaleError:
        messages.error(request, _("%s a été modifié depuis : rien n’a été défait.") % territory)
    else:
        messages.success(request, _("Les communes de %s sont de nouveau celles d’avant.") % territory)
    return redirect("sites:territories")


@form_page
@for_roles(Role.ADMIN)
def create_territory(request: ScopedRequest) -> HttpResponse:
    """Create a territory."""
    return _territory_page(request, None)


@form_page
@for_roles(Role.ADMIN)
def edit_territory(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change a territory."""
    return _territory_page(request, get_object_or_404(Territory, pk=pk))


def _territory_page(request: ScopedRequest, territory: Territory | None) -> HttpResponse:
    initial, version = _as_recorded(territory) if territory else ({}, "")
    form = open_form(
        request, lambda data: TerritoryForm(data, initial=initial, territory=territory, version=version)
    )
    if is_sent(request) and form.is_valid():
        before = list(territory.communes.all()) if territory else []
        try:
            if territory:
                # What a colleague changed meanwhile is told first: whom a change concerns depends on it.
                state = services.state_of_territory(territory)
                check_version(form.cleaned_data["version"], territory, state)
                if change := to_agree(request, territory, form.cleaned_data):
                    context = {"form": form, "territory": territory, "words": _words(), "change": change}
                    return render(request, "sites/territory.html", context)
            saved = services.save_territory(request.scope, territory=territory, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=reverse("sites:territories"))
        request.session[_CHANGED] = _change_of(saved, before)
        return redirect("sites:territories")
    return render_form(request, "sites/territory.html", form, territory=territory, words=_words())


def _words() -> dict[str, str]:
    """Return the texts of the script that searches communes, which fills in the names in braces."""
    return {
        "one": _("1 commune choisie"),
        "many": _("{n} communes choisies"),
        "nobody": _("Aucune commune choisie"),
        "body": _("{n} communes : {names}"),
        "added": _("{name} est ajoutée."),
        "addedAll": _("{n} communes de {name} ajoutées : {names}."),
        "there": _("Déjà choisie."),
        "removed": _("{name} est retirée."),
        "undone": _("L’ajout est annulé."),
        "nothing": _("Aucune commune ni intercommunalité ne correspond à « {text} »."),
        "failed": _("La recherche ne répond pas ; réessayez."),
        "remove": _("Retirer {name}"),
    }


def _change_of(territory: Territory, before: list[Commune]) -> dict[str, object]:
    """Return which communes a territory gained and lost, for the next page, which offers to take that back."""
    state = services.state_of_territory(territory)
    added = sorted({*state["communes"]} - {*before}, key=in_french)
    removed = sorted({*before} - {*state["communes"]}, key=in_french)
    return {
        "pk": territory.pk,
        "name": territory.name,
        "added": [str(commune) for commune in added],
        "added_codes": " ".join(commune.code for commune in added),
        "removed": [str(commune) for commune in removed],
        "removed_codes": " ".join(commune.code for commune in removed),
        # A territory just created has no communes to return to.
        "version": version_of(territory, state) if before else "",
    }


def _as_recorded(territory: Territory) -> tuple[dict[str, object], str]:
    """Return the initial values of the form of a territory, and its version."""
    state = services.state_of_territory(territory)
    return dict(state), version_of(territory, state)


@form_page
@for_roles(Role.LEAD)
def assignments(request: ScopedRequest, pk: int) -> HttpResponse:
    """Choose the residences of an agent, and show how they changed."""
    agent = _led_agent(request, pk)
    state = services.state_of_assignments(agent)
    form = _assignment_form(request, agent, state)
    if is_sent(request) and form.is_valid():
        try:
            services.assign(request.scope, membership=agent, **form.cleaned_data)
        except StaleError as stale:
            back, nothing = reverse("accounts:user", args=[agent.user_id]), _ALL_RESIDENCES
            by = last_change_of(agent)
            return render_conflict(request, form, stale, back=back, by=by, nothing=nothing)
        messages.success(request, _("Les résidences de %s sont enregistrées.") % agent.user)
        return redirect("sites:assignments", pk=pk)
    context = {
        "membership": agent,
        "agent": agent.user,
        "landlord": agent.organisation,
        "above": reverse("accounts:user", args=[agent.user_id]),
        "changes": assigned.history(agent),
        "version": version_of(agent, state),
    }
    return render_form(request, "sites/assignments.html", form, **context)


@require_POST
@for_roles(Role.LEAD)
def undo_assignments(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take the last change of an agent's residences back."""
    agent = _led_agent(request, pk)
    try:
        undone = services.undo_assignment(
            request.scope, membership=agent, version=request.POST.get("version", "")
        )
    except StaleError:
        said = _("Les résidences de %s ont été modifiées depuis : rien n’a été défait.") % agent.user
        messages.error(request, said)
    else:
        said = _("Le dernier changement est annulé.") if undone else _("Il n’y a rien à annuler.")
        messages.success(request, said)
    return redirect("sites:assignments", pk=pk)


def _led_agent(request: ScopedRequest, pk: int) -> Membership:
    # People also see their own memberships in other organisations, which they may not lead.
    led = Membership.objects.live().filter(organisation__in=request.scope.roles[Role.LEAD])
    return get_object_or_404(led.select_related("user", "organisation"), pk=pk, role=Role.AGENT)


@form_page
@for_roles(Role.LEAD)
def proposed_assignments(request: ScopedRequest, pk: int) -> HttpResponse:
    """Choose the residences of an agent who has not accepted yet."""
    led = Proposal.objects.filter(organisation__in=request.scope.roles[Role.LEAD]).exclude(user=request.user)
    waiting = led.filter(state=ProposalState.WAITING, role=Role.AGENT)
    proposal = get_object_or_404(waiting.select_related("organisation"), pk=pk)
    above = reverse("accounts:proposal", args=[pk])
    form = _assignment_form(request, proposal, services.state_of_proposed_assignments(proposal))
    if is_sent(request) and form.is_valid():
        try:
            services.foresee(request.scope, proposal=proposal, **form.cleaned_data)
        except StaleError as stale:
            by, nothing = last_change_of(proposal), _ALL_RESIDENCES
            return render_conflict(request, form, stale, back=above, by=by, nothing=nothing)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("Les résidences de %s sont enregistrées.") % proposal.full_name)
        return redirect(above)
    return render_form(
        request,
        "sites/assignments.html",
        form,
        agent=proposal.full_name,
        landlord=proposal.organisation,
        above=above,
    )


def _assignment_form(
    request: ScopedRequest, of: Membership | Proposal, state: Mapping[str, Any]
) -> AssignmentForm:
    """Return the form of the residences of an agent, or of somebody who is to be one."""
    version = version_of(of, state)
    return open_form(
        request,
        lambda data: AssignmentForm(
            data, landlord_id=of.organisation_id, held=state["residences"], version=version
        ),
    )
