"""Pages of territories, agreements and assignments."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.models import Membership
from sites.models import SharingAgreement, Territory

from . import services
from .forms import AgreementForm, AssignmentForm, TerritoryForm

INVALID = 422
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
@for_roles(Role.ADMIN)
def territories(request: ScopedRequest) -> HttpResponse:
    """List the territories."""
    found = Territory.objects.select_related("organisation").prefetch_related("communes")
    return render(request, "sites/territories.html", {"territories": found})


@form_page
@for_roles(Role.ADMIN)
def create_territory(request: ScopedRequest) -> HttpResponse:
    """Add a territory."""
    return _territory_page(request, None)


@form_page
@for_roles(Role.ADMIN)
def edit_territory(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change a territory."""
    return _territory_page(request, get_object_or_404(Territory, pk=pk))


def _territory_page(request: ScopedRequest, territory: Territory | None) -> HttpResponse:
    initial = _as_typed(territory) if territory else {}
    form = TerritoryForm(request.POST or None, initial=initial, territory=territory)
    if request.method == "POST" and form.is_valid():
        services.save_territory(request.scope, territory=territory, **form.cleaned_data)
        return redirect("sites:territories")
    return _form_page(request, "sites/territory.html", form, territory=territory)


def _as_typed(territory: Territory) -> dict[str, object]:
    codes = territory.communes.order_by("code").values_list("code", flat=True)
    return {
        "name": territory.name,
        "kind": territory.kind,
        "organisation": territory.organisation_id,
        "communes": " ".join(codes),
    }


@require_GET
@for_roles(Role.ADMIN, Role.LEAD)
def agreements(request: ScopedRequest) -> HttpResponse:
    """List the sharing agreements one is a party to, or all."""
    found = SharingAgreement.objects.select_related("landlord", "territory").order_by("-starts_on", "-id")
    return render(request, "sites/agreements.html", {"agreements": found})


@form_page
@for_roles(Role.ADMIN, Role.LEAD)
def sign_agreement(request: ScopedRequest) -> HttpResponse:
    """Sign an agreement."""
    form = AgreementForm(request.POST or None, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        try:
            services.sign_agreement(request.scope, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            messages.success(request, _("La convention est enregistrée."))
            return redirect("sites:agreements")
    return _form_page(request, "sites/agreement.html", form)


@require_POST
@for_roles(Role.ADMIN, Role.LEAD)
def end_agreement(request: ScopedRequest, pk: int) -> HttpResponse:
    """End an agreement at once."""
    agreement = get_object_or_404(SharingAgreement.objects.select_related("territory"), pk=pk)
    try:
        services.end_agreement(request.scope, agreement=agreement)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("La convention avec %s a pris fin.") % agreement.territory)
    return redirect("sites:agreements")


@form_page
@for_roles(Role.LEAD)
def assignments(request: ScopedRequest, pk: int) -> HttpResponse:
    """Choose the residences of an agent."""
    # One sees one's own memberships elsewhere too.
    led = Membership.objects.live().filter(organisation__in=request.scope.roles[Role.LEAD])
    agent = get_object_or_404(led.select_related("user", "organisation"), pk=pk, role=Role.AGENT)
    form = AssignmentForm(request.POST if request.method == "POST" else None, membership=agent)
    if request.method == "POST" and form.is_valid():
        services.assign(request.scope, membership=agent, residences=form.cleaned_data["residences"])
        messages.success(request, _("Les résidences de %s sont enregistrées.") % agent.user)
        return redirect("accounts:user", pk=agent.user_id)
    return _form_page(request, "sites/assignments.html", form, membership=agent)


def _form_page(request: ScopedRequest, template: str, form: object, **context: object) -> HttpResponse:
    status = INVALID if request.method == "POST" else 200
    return render(request, template, {"form": form, **context}, status=status)
