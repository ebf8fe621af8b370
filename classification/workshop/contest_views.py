"""Contest the level of a site in a campaign, take that back, and note how the workshop settled it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from classification.campaigns.freezing import reach_of
from classification.campaigns.views import coordinated, moved_on, to_campaign
from classification.models import Campaign, CampaignState, Contest
from classification.readers import write_residence_reading
from core.back import page_before
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError
from sites.models import Residence
from sites.perimeter import is_led

from . import services
from .forms import ContestForm
from .panel import panel_of, settlement_form


@never_cache
@form_page
@for_roles(Role.LEAD, Role.COORDINATOR)
def contest_site(request: ScopedRequest, pk: int, residence: int) -> HttpResponse:
    """Mark a site of an open campaign as contested, with a reason: one's landlord's, or one open to the territory."""
    found = get_object_or_404(Campaign.objects.select_related("territory"), pk=pk)
    if found.state != CampaignState.OPEN:
        return moved_on(request, found)
    site = _contestable(request, found, residence)
    form = ContestForm(sent(request))
    if is_sent(request) and form.is_valid():
        try:
            services.contest(request.scope, found, site, reason=form.cleaned_data["reason"])
        except services.NotOpenError:
            return moved_on(request, found)
        except ValidationError as error:
            messages.info(request, error.message)
        else:
            messages.success(request, _("Site contesté : il est à l’ordre du jour de l’atelier."))
        return _go_on(request, found, residence)
    if _is_in_workshop(request, found):
        return _refused(request, found, site, form)
    context = {"campaign": found, "site": site, "back": _next(request, found, residence)}
    return render_form(request, "classification/contest.html", form, **context)


@require_POST
@for_roles(Role.LEAD, Role.COORDINATOR)
def contest_take_back(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a contest back that nobody has settled: a lead one of their landlord, the coordinator one of their own."""
    found = get_object_or_404(_contests(request), pk=pk)
    try:
        services.take_back(request.scope, found)
    except services.NotOpenError:
        return moved_on(request, found.campaign)
    except services.SettledError:
        messages.info(request, _("Ce site est déjà tranché, ou n’est plus contesté : rien n’a été modifié."))
    else:
        messages.success(request, _("Le site n’est plus contesté."))
    return _go_on(request, found.campaign, found.residence_id)


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def contest_settle(request: ScopedRequest, pk: int) -> HttpResponse:
    """Note how the workshop settled a contested site, or correct what was noted."""
    rows = Contest.objects.select_related("campaign__territory", "residence")
    found = get_object_or_404(rows.filter(campaign__territory__in=coordinated(request)), pk=pk)
    if found.campaign.state != CampaignState.OPEN or found.withdrawn_at is not None:
        return moved_on(request, found.campaign)
    last, page = services.last_of(found), _next(request, found.campaign, found.residence_id)
    form = open_form(request, lambda data: settlement_form(data, found, last))
    if is_sent(request) and form.is_valid():
        try:
            services.settle(request.scope, found, **form.cleaned_data)
        except (services.NotOpenError, services.SettledError):
            return moved_on(request, found.campaign)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=page)
        messages.success(request, _("Conclusion notée. Le bailleur la lit, et décide du niveau."))
        return _go_on(request, found.campaign, found.residence_id)
    site = (
        reach_of(found.campaign).filter(pk=found.residence_id).select_related("landlord", "commune").first()
    )
    if site is not None and _is_in_workshop(request, found.campaign):
        return _refused(request, found.campaign, site, form)
    context = {
        "contest": found,
        "campaign": found.campaign,
        "site": found.residence,
        "last": last,
        "back": page,
    }
    return render_form(request, "classification/settle.html", form, **context)


def _contests(request: ScopedRequest) -> QuerySet[Contest]:
    """Return the contests that the person may take back."""
    own = Q(is_led(), by_landlord=True) | Q(campaign__territory__in=coordinated(request), by_landlord=False)
    return Contest.objects.filter(own).select_related("campaign__territory", "residence")


def _contestable(request: ScopedRequest, found: Campaign, residence: int) -> Residence:
    """Return a site of the campaign that the person may contest; else raise Http404."""
    sites = reach_of(found).select_related("landlord", "commune")
    if not coordinated(request).filter(pk=found.territory_id).exists():
        sites = sites.filter(is_led())
    return get_object_or_404(sites, pk=residence)


def _is_in_workshop(request: ScopedRequest, campaign: Campaign) -> bool:
    """Say whether a form was sent from the panel of the workshop, which its coordinators alone have."""
    return bool(request.htmx) and coordinated(request).filter(pk=campaign.territory_id).exists()


def _refused(request: ScopedRequest, campaign: Campaign, site: Residence, form: BaseForm) -> HttpResponse:
    """Show the panel with the form that was refused: what is talked about stays in sight."""
    write_residence_reading(request.scope, site)
    context = panel_of(campaign, site, form)
    return render_form(request, "classification/_workshop_panel.html", context.pop("form"), **context)


def _go_on(request: ScopedRequest, campaign: Campaign, residence: int) -> HttpResponse:
    """Lead to where the person goes on, as a whole page where the workshop has no panel of the site any more."""
    page = _next(request, campaign, residence)
    if page == reverse("classification:campaign", args=[campaign.pk]):
        return to_campaign(request, campaign.pk)
    return redirect(page)


def _next(request: ScopedRequest, campaign: Campaign, residence: int) -> str:
    """Return where the person goes on: in the workshop, or in the queue of the campaign.

    The workshop has no page of a site that was merged, or is shared no more: its coordinator goes on in the campaign.
    """
    if not coordinated(request).filter(pk=campaign.territory_id).exists():
        return page_before(request, "classification:campaign_queue", campaign.pk)
    if not reach_of(campaign).filter(pk=residence).exists():
        return reverse("classification:campaign", args=[campaign.pk])
    return page_before(request, "classification:workshop_site", campaign.pk, residence)
