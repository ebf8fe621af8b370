"""Show sharing agreements, have them signed and ended, and take the landlord's word on what it shares."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.factors.rules import needs_fresh_factor
from core.conflicts import open_form, render_conflict
from core.pages import INVALID, form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of
from sites.models import SharingAgreement

from . import answering, services
from .forms import AgreementForm, PartiesForm, SharedCommunesForm
from .history import history_of
from .terms import Standing, residences_in, standing_of, standings, state_of_council, state_of_terms

_PARTIES = ("landlord", "territory", "territory__organisation")


@never_cache
@require_GET
@for_roles(Role.ADMIN, Role.LEAD, Role.COORDINATOR)
def agreements(request: ScopedRequest) -> HttpResponse:
    """List the agreements of one's landlords or territories, or all for an administrator."""
    rows = SharingAgreement.objects.select_related(*_PARTIES).order_by("-starts_on", "-id")
    found = standings(list(rows))
    context = {
        "standings": found,
        "signs": request.scope.has(Role.ADMIN, Role.LEAD),
        "led": request.scope.roles.get(Role.LEAD, ()),
    }
    return render(request, "sites/agreements.html", context)


@never_cache
@require_GET
@for_roles(Role.ADMIN, Role.LEAD, Role.COORDINATOR)
def agreement(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what an agreement shares, what is asked of its landlord, and what was said before."""
    return _agreement_page(request, standing_of(_found(pk)))


@needs_fresh_factor()
@require_POST
@for_roles(Role.LEAD)
def answer_agreement(request: ScopedRequest, pk: int) -> HttpResponse:
    """Agree to what is asked, for the communes ticked, or refuse it."""
    found = _found(pk)
    standing = standing_of(found)
    form = _answer_form(request.POST, standing)
    if not form.is_valid():
        return _agreement_page(request, standing, form, status=INVALID)
    version = form.cleaned_data["version"]
    try:
        if "refuse" in request.POST:
            answering.refuse(request.scope, agreement=found, version=version)
        else:
            chosen = form.cleaned_data["communes"]
            answering.accept(request.scope, agreement=found, communes=chosen, version=version)
    except StaleError:
        said = _("Ce qui est demandé a changé entre-temps : relisez, puis répondez. Rien n’est enregistré.")
        messages.error(request, said)
        return _agreement_page(request, standing_of(found), status=HTTPStatus.CONFLICT)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Votre réponse est enregistrée. Vous pouvez y revenir sur cette page."))
    return redirect("sites:agreement", pk=pk)


@needs_fresh_factor()
@form_page
@for_roles(Role.LEAD)
def agreement_communes(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change the communes that a landlord shares."""
    found = _found(pk)
    standing = standing_of(found)
    state = state_of_terms(found)
    offered = [*standing.named, *standing.refused, *standing.asked]
    form = open_form(
        request,
        lambda data: SharedCommunesForm(
            data, landlord_id=found.landlord_id, offered=offered, ticked=standing.named,
            version=version_of(found, state),
        ),
    )  # fmt: skip
    if is_sent(request) and form.is_valid():
        try:
            answering.name_communes(request.scope, agreement=found, **form.cleaned_data)
        except StaleError as stale:
            back = reverse("sites:agreement", args=[pk])
            return render_conflict(request, form, stale, back=back, nothing=_("Aucune commune"))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Les communes partagées sont enregistrées."))
            return redirect("sites:agreement", pk=pk)
    return render_form(request, "sites/agreement_communes.html", form, standing=standing)


@needs_fresh_factor()
@form_page
@for_roles(Role.ADMIN, Role.LEAD)
def sign_agreement(request: ScopedRequest) -> HttpResponse:
    """Sign an agreement: its parties are chosen first, then its communes and its days."""
    asked = request.POST if request.method == "POST" else request.GET or None
    chosen = PartiesForm(asked, scope=request.scope)
    parties = chosen.cleaned_data if chosen.is_valid() else {} if chosen.is_bound else chosen.only()
    if not parties:
        return render_form(request, "sites/agreement_parties.html", chosen)
    form = _signing(request, sent(request), parties)
    status = HTTPStatus.OK
    if form.is_bound and form.is_valid():
        try:
            made = services.sign_agreement(request.scope, **form.cleaned_data)
        except StaleError:
            said = _("Ce territoire a changé entre-temps : relisez, puis signez. Rien n’est enregistré.")
            messages.error(request, said)
            form, status = _signing(request, None, parties), HTTPStatus.CONFLICT
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("La convention est enregistrée."))
            return redirect("sites:agreement", pk=made.pk)
    status = INVALID if form.errors else status
    return render(request, "sites/sign_agreement.html", {"form": form, "parties": parties}, status=status)


def _signing(request: ScopedRequest, data: QueryDict | None, parties: dict[str, Any]) -> AgreementForm:
    """Return the form of an agreement between these parties; only a lead of the landlord names its communes."""
    named = _leads(request, parties["landlord"].pk)
    territory = parties["territory"]
    version = version_of(territory, state_of_council(territory)) if named else ""
    return AgreementForm(
        data,
        scope=request.scope,
        named=named,
        version=version,
        landlord=parties["landlord"],
        territory=territory,
    )


@needs_fresh_factor()
@require_POST
@for_roles(Role.ADMIN, Role.LEAD)
def end_agreement(request: ScopedRequest, pk: int) -> HttpResponse:
    """End an agreement at once."""
    found = get_object_or_404(SharingAgreement.objects.select_related("territory"), pk=pk)
    try:
        services.end_agreement(request.scope, agreement=found)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("La convention avec %s est terminée.") % found.territory)
    return redirect("sites:agreements")


def _found(pk: int) -> SharingAgreement:
    return get_object_or_404(SharingAgreement.objects.select_related(*_PARTIES), pk=pk)


def _leads(request: ScopedRequest, landlord_id: int) -> bool:
    return landlord_id in request.scope.roles.get(Role.LEAD, ())


def _answer_form(data: QueryDict | None, standing: Standing) -> SharedCommunesForm:
    found = standing.agreement
    return SharedCommunesForm(
        data,
        landlord_id=found.landlord_id,
        offered=standing.offered,
        ticked=standing.proposed,
        version=version_of(found, state_of_terms(found)),
    )


def _agreement_page(
    request: ScopedRequest,
    standing: Standing,
    form: SharedCommunesForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """Show an agreement; to a lead of its landlord, with the form of the answer where there is one to give."""
    found = standing.agreement
    leads = _leads(request, found.landlord_id)
    ended = standing.ended
    answers = leads and not ended and (standing.waits or standing.council_refused)
    context = {
        "standing": standing,
        "agreement": found,
        "leads": leads,
        "ended": ended,
        "ends": (leads or request.scope.has(Role.ADMIN)) and not ended,
        "form": (form or _answer_form(None, standing)) if answers else None,
        "awaited": sum(residences_in(found.landlord_id, standing.offered).values()) if answers else 0,
        "history": history_of(found, named=leads),
    }
    return render(request, "sites/agreement.html", context, status=status)
