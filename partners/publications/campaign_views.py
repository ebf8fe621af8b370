"""Publish what a closed campaign froze: choose the circle, preview it, and queue it once confirmed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from classification.models import Campaign, CampaignState, Closing
from core.opaque import written
from core.pages import form_page, is_sent, render_form, sent, site_url
from partners.circles.managing import managed_or_404
from partners.closings import BeingClosedError, MovedOnError, last_closing
from partners.models import Circle, Publication

from . import services
from .campaigns import given_of, standing_of
from .coarse import refusal_of
from .forms import CampaignPublicationForm
from .preview import preview_of


@never_cache
@require_safe
@for_roles(Role.COORDINATOR)
def campaign_circles(request: ScopedRequest, pk: int) -> HttpResponse:
    """List the circles to which a closed campaign can be published, and what each has of it."""
    campaign = managed_or_404(request, Campaign, pk)
    closing = last_closing(campaign)
    if closing is None:
        return _not_closed(request, pk)
    context = {"campaign": campaign, "closing": closing, "given": given_of(closing)}
    return render(request, "partners/campaign_circles.html", context)


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def campaign_publish(request: ScopedRequest, pk: int, circle: int) -> HttpResponse:
    """Preview what a circle would be given of a closed campaign, and queue it once confirmed.

    Where the circle has another publication of that day, this one supersedes it, with a reason.
    """
    campaign = managed_or_404(request, Campaign, pk)
    live = Circle.objects.live().filter(territory=campaign.territory_id).select_related("territory")
    found = get_object_or_404(live, pk=circle)
    closing = last_closing(campaign)
    if campaign.state != CampaignState.CLOSED or closing is None:
        return _not_closed(request, pk)
    standing = standing_of(campaign).filter(circle=found).first()
    context = {
        "campaign": campaign,
        "closing": closing,
        "circle": found,
        "standing": standing,
        "is_current": standing is not None and standing.closing_id == closing.pk,
        "refused": refusal_of(found, closing),
    }
    if context["refused"]:
        status = 422 if is_sent(request) else 200
        return render(request, "partners/campaign_publish.html", context | {"outdated": False}, status=status)
    return _preview(request, context, found, closing, standing)


def _preview(
    request: ScopedRequest,
    context: dict[str, Any],
    found: Circle,
    closing: Closing,
    standing: Publication | None,
) -> HttpResponse:
    shown = {
        "number": closing.number,
        "precision": found.precision,
        "stands": written("publication", standing.pk) if standing else "",
    }
    form = CampaignPublicationForm(sent(request), initial=shown, supersedes=standing is not None)
    outdated = False
    if is_sent(request) and form.is_valid():
        if form.is_of(shown):
            reason = form.cleaned_data.get("reason", "")
            return _ask(request, found, closing, standing, reason)
        outdated = True
        form = CampaignPublicationForm(initial=shown, supersedes=standing is not None)
    previewed = preview_of(request.scope, found, closing.campaign.as_of, closing)
    told = {**context, "outdated": outdated, **previewed}
    return render_form(request, "partners/campaign_publish.html", form, **told)


def _ask(
    request: ScopedRequest, circle: Circle, closing: Closing, standing: Publication | None, reason: str
) -> HttpResponse:
    asked: dict[str, Any] = {"supersedes": standing, "reason": reason, "site_url": site_url(request)}
    try:
        found, is_new = services.request_publication(
            request.scope, circle=circle, as_of=closing.campaign.as_of, closing=closing, **asked
        )
    except BeingClosedError:
        messages.info(
            request,
            _(
                "Une nouvelle version de cette campagne est en cours d’arrêt. Attendez-la : rien n’a été publié."
            ),
        )
        return redirect("classification:campaign", closing.campaign_id)
    except services.OtherLandlordsError:
        return redirect("partners:campaign_publish", closing.campaign_id, circle.pk)
    except MovedOnError:
        messages.info(request, _("Entre-temps, cette campagne a avancé : rien n’a été publié. Relisez."))
        return redirect("partners:campaign_publish", closing.campaign_id, circle.pk)
    if not is_new and found.closing_id != closing.pk:
        said = _(
            "Une autre publication de ce jour est déjà demandée : la vôtre ne l’est pas. Voici où elle en est."
        )
        messages.warning(request, said)
    elif not is_new:
        messages.info(request, _("Cette publication est déjà demandée : voici où elle en est."))
    return redirect("partners:publication_request", found.pk)


def _not_closed(request: ScopedRequest, pk: int) -> HttpResponse:
    messages.info(request, _("Les niveaux se publient une fois la campagne arrêtée."))
    return redirect("classification:campaign", pk)
