"""Open, put off, cancel and close campaigns, and make new versions of what was closed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.journal.settled import deleted, tells_what_is_settled
from classification.models import CampaignState, Closing
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of

from . import services
from .forms import CampaignReasonForm, DeadlineForm
from .views import coordinated, managed_or_404, moved_on


@require_POST
@for_roles(Role.COORDINATOR)
def campaign_open(request: ScopedRequest, pk: int) -> HttpResponse:
    """Open a draft."""
    found = managed_or_404(request, pk)
    try:
        services.open_campaign(request.scope, found)
    except services.MovedOnError:
        return moved_on(request, found)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request, _("La campagne est ouverte : les référents sûreté des bailleurs la voient.")
        )
    return redirect("classification:campaign", pk)


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def campaign_deadline(request: ScopedRequest, pk: int) -> HttpResponse:
    """Put off the deadline of an open campaign, or bring it forward."""
    found = managed_or_404(request, pk)
    if found.state != CampaignState.OPEN:
        return moved_on(request, found)
    version = version_of(found, services.deadline_of(found))
    form = open_form(request, lambda data: DeadlineForm(data, campaign=found, version=version))
    if is_sent(request) and form.is_valid():
        try:
            services.put_off(request.scope, found, **form.cleaned_data)
        except services.MovedOnError:
            return moved_on(request, found)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=reverse("classification:campaign", args=[pk]))
        except ValidationError as error:
            form.add_error("deadline", error)
        else:
            messages.success(request, _("L’échéance est changée."))
            return redirect("classification:campaign", pk)
    return render_form(request, "classification/campaign_deadline.html", form, campaign=found)


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def campaign_cancel(request: ScopedRequest, pk: int) -> HttpResponse:
    """Cancel an open campaign, with a reason."""
    found = managed_or_404(request, pk)
    if found.state != CampaignState.OPEN:
        return moved_on(request, found)
    form = CampaignReasonForm(sent(request))
    if is_sent(request) and form.is_valid():
        try:
            services.cancel(request.scope, found, reason=form.cleaned_data["reason"])
        except services.MovedOnError:
            return moved_on(request, found)
        messages.success(request, _("La campagne est annulée ; les décisions prises restent."))
        return redirect("classification:campaign", pk)
    return render_form(request, "classification/campaign_reason.html", form, campaign=found, cancels=True)


@require_POST
@for_roles(Role.COORDINATOR)
def campaign_close(request: ScopedRequest, pk: int) -> HttpResponse:
    """Have an open campaign frozen."""
    found = managed_or_404(request, pk)
    try:
        services.close(request.scope, found)
    except services.MovedOnError:
        return moved_on(request, found)
    return redirect("classification:campaign", pk)


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def campaign_correct(request: ScopedRequest, pk: int) -> HttpResponse:
    """Have a new version made of what was closed, with a reason."""
    found = managed_or_404(request, pk)
    if found.state != CampaignState.CLOSED:
        return moved_on(request, found)
    form = CampaignReasonForm(sent(request))
    if is_sent(request) and form.is_valid():
        try:
            closing = services.close(request.scope, found, reason=form.cleaned_data["reason"])
        except services.MovedOnError:
            return moved_on(request, found)
        if closing.reason != form.cleaned_data["reason"]:
            said = _("Une nouvelle version attend déjà, pour un autre motif : le vôtre n’est pas enregistré.")
            messages.warning(request, said)
        return redirect("classification:campaign", pk)
    return render_form(request, "classification/campaign_reason.html", form, campaign=found, cancels=False)


@require_POST
@for_roles(Role.COORDINATOR)
def closing_retry(request: ScopedRequest, pk: int) -> HttpResponse:
    """Queue again a closing that came to nothing."""
    found = _closing(request, pk)
    services.retry(request.scope, found)
    return redirect("classification:campaign", found.campaign_id)


@require_POST
@for_roles(Role.COORDINATOR)
@tells_what_is_settled(deleted(Closing, "classification:campaigns", Role.COORDINATOR))
def closing_abandon(request: ScopedRequest, pk: int) -> HttpResponse:
    """Abandon a closing that came to nothing; the campaign stays as it is."""
    found = _closing(request, pk)
    if found.under_way or not services.abandon(request.scope, found):
        messages.error(request, _("Un arrêt fait ou en cours ne peut pas être abandonné."))
    else:
        messages.success(request, _("Arrêt abandonné : la campagne reste comme elle était."))
    return redirect("classification:campaign", found.campaign_id)


def _closing(request: ScopedRequest, pk: int) -> Closing:
    rows = Closing.objects.select_related("campaign", "territory").filter(territory__in=coordinated(request))
    return get_object_or_404(rows, pk=pk)
