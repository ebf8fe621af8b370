"""Prepare the release of a campaign's aggregates, queue it again, abandon it, and withdraw one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.journal.settled import deleted, tells_what_is_settled
from classification.models import Campaign, CampaignState, Closing
from core.jobs import JobState
from core.pages import form_page, is_sent, render_form, sent
from partners.circles.managing import managed_or_404
from partners.closings import BeingClosedError, MovedOnError, last_closing
from partners.models import PlenaryRelease
from partners.readers import write_territory_entry

from . import services
from .content import APART, Prepared, prepared
from .forms import ReleaseForm, ReleaseWithdrawalForm
from .freezing import too_near
from .release_views import shown_of


@never_cache
@form_page
@needs_fresh_factor()
@for_roles(Role.COORDINATOR)
def plenary_prepare(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show exactly what would leave the circles about a closed campaign, and queue it once confirmed."""
    campaign = managed_or_404(request, Campaign, pk)
    if (found := services.release_of(campaign)) is not None:
        return redirect("partners:plenary_release", found.pk)
    closing = last_closing(campaign)
    if campaign.state != CampaignState.CLOSED or closing is None:
        messages.info(request, _("Les statistiques se préparent une fois la campagne arrêtée."))
        return redirect("classification:campaign", pk)
    last = too_near(campaign)
    ready = None if last else prepared(closing)
    form = ReleaseForm(sent(request), initial={"digest": ready.digest if ready else ""})
    outdated = False
    if ready and ready.tells and is_sent(request) and form.is_valid():
        if form.cleaned_data["digest"] == ready.digest:
            return _asked(request, campaign, closing, ready.digest)
        outdated = True
        form = ReleaseForm(initial={"digest": ready.digest})
    if ready:
        _write_reading(request, campaign, ready)
    context: dict[str, Any] = {"campaign": campaign, "last": last, "apart": APART.days, "outdated": outdated}
    if ready:
        context |= {"ready": ready, **shown_of(ready.content)}
    return render_form(request, "partners/plenary_prepare.html", form, **context)


def _asked(request: ScopedRequest, campaign: Campaign, closing: Closing, digest: str) -> HttpResponse:
    try:
        asked = services.ask(request.scope, closing, digest=digest)
    except BeingClosedError:
        messages.info(
            request,
            _(
                "Une nouvelle version de cette campagne est en cours d’arrêt. Attendez-la : rien n’a été diffusé."
            ),
        )
        return redirect("classification:campaign", campaign.pk)
    except MovedOnError:
        messages.info(request, _("Entre-temps, cette campagne a avancé : rien n’a été diffusé. Relisez."))
        return redirect("partners:plenary_prepare", campaign.pk)
    return redirect("partners:plenary_release", asked.pk)


def _write_reading(request: ScopedRequest, campaign: Campaign, ready: Prepared) -> None:
    write_territory_entry(
        request.scope, AuditAction.READ, "partners.plenaryrelease", territory=campaign.territory,
        landlords=ready.landlords, campaign=campaign.pk,
    )  # fmt: skip


@require_POST
@for_roles(Role.COORDINATOR)
def plenary_retry(request: ScopedRequest, pk: int) -> HttpResponse:
    """Queue again a release that came to nothing."""
    found = managed_or_404(request, PlenaryRelease, pk)
    services.retry(request.scope, found)
    return redirect("partners:plenary_release", pk)


@require_POST
@for_roles(Role.COORDINATOR)
@tells_what_is_settled(deleted(PlenaryRelease, "partners:plenary_releases", Role.COORDINATOR))
def plenary_abandon(request: ScopedRequest, pk: int) -> HttpResponse:
    """Abandon a release that came to nothing."""
    found = managed_or_404(request, PlenaryRelease, pk)
    if found.under_way or not services.abandon(request.scope, found):
        messages.error(
            request,
            _(
                "Des statistiques diffusées ou en cours ne peuvent pas être abandonnées : rien n’a été modifié."
            ),
        )
        return redirect("partners:plenary_release", pk)
    messages.success(request, _("Demande abandonnée : rien n’est sorti de la cellule."))
    return redirect("classification:campaign", found.campaign_id)


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def plenary_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Withdraw a release, with a reason."""
    rows = PlenaryRelease.objects.filter(state=JobState.DONE)
    found = get_object_or_404(rows, pk=managed_or_404(request, PlenaryRelease, pk).pk)
    form = ReleaseWithdrawalForm(sent(request))
    if found.withdrawn_at is None and is_sent(request) and form.is_valid():
        withdrawn = services.withdraw(request.scope, found, reason=form.cleaned_data["reason"])
    elif found.withdrawn_at is None:
        return render_form(request, "partners/plenary_withdraw.html", form, release=found)
    else:
        withdrawn = False
    if withdrawn:
        messages.success(request, _("Statistiques retirées : leur page et leurs documents le disent."))
    else:
        messages.info(request, _("Ces statistiques sont déjà retirées : rien n’a été modifié."))
    return redirect("partners:plenary_release", pk)
