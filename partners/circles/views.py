"""List, show, open, change and end circles; invite to them, and end mandates."""

from collections.abc import Sequence
from copy import copy

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.factors.rules import needs_fresh_factor
from accounts.mail.reading import with_invitations as with_mails
from accounts.proposals.views import site_url
from core.conflicts import open_form, render_conflict
from core.jobs import JobState
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of
from partners.charters.reading import awaited_of, current_charter, signatories
from partners.models import Circle, Mandate, Publication, SynthesisNote
from partners.notes.services import with_own_copy
from partners.readers import write_publications_reading

from . import services
from .forms import CircleForm, MandateForm, PrecisionForm
from .invitations import invite
from .managing import managed_or_404, manages
from .states import state_of_mandate


@require_safe
@for_roles(Role.COORDINATOR, Role.PARTNER)
def circles(request: ScopedRequest) -> HttpResponse:
    """List the circles that the person manages, and those they are a member of."""
    today = timezone.localdate()
    live = Q(
        mandates__membership__isnull=False,
        mandates__council=F("territory__organisation"),
        mandates__starts_on__lte=today,
    ) & (Q(mandates__ends_on=None) | Q(mandates__ends_on__gt=today))
    rows = (
        Circle.objects.select_related("territory")
        .annotate(members=Count("mandates", filter=live, distinct=True))
        .order_by("name__french", "pk")
    )
    own = [circle for circle in rows if manages(request, circle.territory)]
    joined = [circle for circle in rows if not manages(request, circle.territory)]
    latest = _latest_publications(joined)
    context = {
        "own": own,
        "joined": [(circle, latest.get(circle.pk)) for circle in joined],
        "manages": request.scope.has(Role.COORDINATOR),
        "charters": awaited_of(request.scope),
    }
    return render(request, "partners/circles.html", context)


@require_safe
@for_roles(Role.COORDINATOR, Role.PARTNER)
def circle(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a circle: its publications and notes, and to its coordinator its members too."""
    found = get_object_or_404(Circle.objects.select_related("territory"), pk=pk)
    publications = (
        Publication.objects.filter(circle=found)
        .annotate(high=Count("sites", filter=Q(sites__level__gte=3)), total=Count("sites"))
        .order_by("-as_of", "-pk")
    )
    context = {
        "circle": found,
        "live": found.is_live(),
        "charters": awaited_of(request.scope),
        "charter": current_charter(found.territory_id),
        "manages": manages(request, found.territory),
        "publications": publications,
        "notes": with_own_copy(SynthesisNote.objects.defer("content").filter(circle=found), request.scope),
    }
    write_publications_reading(request.scope, [row for row in publications if row.withdrawn_at is None])
    if context["manages"]:
        context["mandates"] = _mandates(found)
        context["given"] = services.has_been_given(found)
        context["asked"] = found.publication_requests.exclude(state=JobState.DONE).order_by("-as_of")
    return render(request, "partners/circle.html", context)


@form_page
@for_roles(Role.COORDINATOR)
def circle_create(request: ScopedRequest) -> HttpResponse:
    """Open a circle."""
    form = CircleForm(request.scope, sent(request))
    if request.method == "POST" and form.is_valid():
        made = services.create_circle(request.scope, form.instance)
        messages.success(
            request, _("La cellule est ouverte. Elle ne partage avec personne tant qu’elle est vide.")
        )
        return redirect("partners:circle", made.pk)
    return render_form(request, "partners/circle_form.html", form)


@form_page
@for_roles(Role.COORDINATOR)
def circle_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change a circle's name, purpose or dates."""
    found = managed_or_404(request, Circle, pk)
    version = version_of(found, services.state_of(found))
    form = open_form(
        request, lambda data: CircleForm(request.scope, data, instance=copy(found), version=version)
    )
    if is_sent(request) and form.is_valid():
        try:
            services.update_circle(request.scope, form.instance, version=form.cleaned_data["version"])
        except StaleError as stale:
            return render_conflict(request, form, stale, back=reverse("partners:circle", args=[pk]))
        return redirect("partners:circle", pk)
    return render_form(request, "partners/circle_form.html", form, circle=found)


@needs_fresh_factor()
@form_page
@for_roles(Role.COORDINATOR)
def circle_precision(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change the precision of a circle, unless something was given to it."""
    found = managed_or_404(request, Circle, pk)
    state = services.precision_of(found)
    form = open_form(
        request, lambda data: PrecisionForm(data, initial=dict(state), version=version_of(found, state))
    )
    page = reverse("partners:circle", args=[pk])
    if services.has_been_given(found):
        return _keep_precision(request, page)
    if is_sent(request) and form.is_valid():
        try:
            services.change_precision(request.scope, found, **form.cleaned_data)
        except services.GivenError:
            return _keep_precision(request, page)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=page)
        messages.success(request, _("La précision de la cellule est changée."))
        return redirect(page)
    return render_form(request, "partners/precision_form.html", form, circle=found)


def _keep_precision(request: ScopedRequest, page: str) -> HttpResponse:
    messages.error(
        request,
        _(
            "Cette cellule a déjà reçu quelque chose, ou une publication lui est en cours : sa précision ne change plus. "
            "Terminez-la et ouvrez-en une autre."
        ),
    )
    return redirect(page)


@require_POST
@for_roles(Role.COORDINATOR)
def circle_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """End a circle today."""
    services.end_circle(request.scope, managed_or_404(request, Circle, pk))
    messages.success(
        request,
        _(
            "La cellule est terminée : ses membres n’y voient plus rien. Terminée par erreur ? Effacez sa date de fin "
            "par « Modifier »."
        ),
    )
    return redirect("partners:circle", pk)


@needs_fresh_factor()
@form_page
@for_roles(Role.COORDINATOR)
def mandate_create(request: ScopedRequest, pk: int) -> HttpResponse:
    """Invite a person to a circle; they have the mandate once they have accepted it."""
    found = managed_or_404(request, Circle, pk)
    form = MandateForm(sent(request))
    if request.method == "POST" and form.is_valid() and _invite(request, found, form):
        messages.success(
            request, _("L’invitation de %(email)s est en route.") % {"email": form.cleaned_data["email"]}
        )
        return redirect("partners:circle", pk)
    return render_form(request, "partners/mandate_form.html", form, circle=found)


@needs_fresh_factor()
@require_POST
@for_roles(Role.COORDINATOR)
def mandate_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """End a mandate today."""
    mandate = managed_or_404(request, Mandate, pk, "circle__territory", "proposal")
    services.end_mandate(request.scope, mandate)
    messages.success(
        request, _("L’habilitation est terminée : cette personne ne voit plus rien de la cellule.")
    )
    return redirect("partners:circle", mandate.circle_id)


def _invite(request: ScopedRequest, circle: Circle, form: MandateForm) -> bool:
    dates = {name: form.cleaned_data[name] for name in ("starts_on", "ends_on")}
    try:
        invite(request.scope, circle=circle, invited=form.invited, **dates, site_url=site_url(request))
    except ValidationError as error:
        form.add_error("email", error)
    return not form.errors


def _mandates(circle: Circle) -> list[tuple[Mandate, str]]:
    """Return the mandates of a circle, each with its state in words; a hidden account is only read once accepted."""
    rows = Mandate.objects.filter(circle=circle).select_related(
        "organisation", "proposal", "membership", "territory"
    )
    mandates = list(rows.prefetch_related("user", with_mails("proposal__mails")))
    current = current_charter(circle.territory_id)
    signed = signatories(current) if current else set()
    return [
        (mandate, state_of_mandate(mandate, current is None or mandate.user_id in signed))
        for mandate in mandates
    ]


def _latest_publications(circles: Sequence[Circle]) -> dict[int, Publication]:
    latest: dict[int, Publication] = {}
    for publication in Publication.objects.filter(circle__in=circles, withdrawn_at=None).order_by("as_of"):
        latest[publication.circle_id] = publication
    return latest
