"""List campaigns, show one, and prepare, change and delete drafts."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.journal.settled import deleted, tells_what_is_settled
from accounts.models import Organisation
from classification.models import Campaign, CampaignState
from classification.workshop.reading import contested_in
from core.conflicts import open_form, render_conflict
from core.jobs import JobState
from core.once import MadeAlreadyError
from core.pages import form_page, is_sent, render_form
from core.plans import joining_sets
from core.versions import StaleError, version_of
from sites.models import Territory
from sites.reading import coordinated_by, write_reading

from . import onward, reading, services
from .forms import CampaignForm
from .progress import Progress, progress_of
from .standing import with_standing

_PER_PAGE = 25
# What has levels to compare with those of the campaign before.
_COMPARED = (CampaignState.OPEN, CampaignState.CLOSED)


@never_cache
@require_safe
@for_roles(Role.COORDINATOR, Role.LEAD)
def campaigns(request: ScopedRequest) -> HttpResponse:
    """List the campaigns of one's territories, and those that ask one's landlords."""
    rows = with_standing(Campaign.objects.select_related("territory")).order_by("-as_of", "-pk")
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "territories": coordinated(request).order_by("name__french", "pk")}
    return render(request, "classification/campaigns.html", context)


@never_cache
@require_safe
@for_roles(Role.COORDINATOR, Role.LEAD)
def campaign(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show where a campaign stands, and what was frozen of it."""
    rows = with_standing(Campaign.objects.select_related("territory", "grid_version"))
    found = get_object_or_404(rows, pk=pk)
    manages = coordinated(request).filter(pk=found.territory_id).exists()
    waiting = found.closings.exclude(state=JobState.DONE).first() if manages else None
    context = {
        "campaign": found,
        "manages": manages,
        "waiting": waiting,
        "under_way": waiting is not None and waiting.under_way,
    }
    # It is asked for every two seconds, and shows nothing of a landlord.
    if request.htmx.target == "campaign-closing":
        return render(request, "classification/_campaign_closing.html", context)
    context |= {
        "landlords": reading.names_of(found),
        **_contested(found, manages=manages),
        "passed": found.deadline < timezone.localdate(),
        "progress": _progress(request, found, manages=manages),
        "reminded": found.reminded_on == timezone.localdate(),
        "leads": not set(found.landlords).isdisjoint(request.scope.roles.get(Role.LEAD, ())),
        **_onward(found, manages=manages),
        "compares": found.state in _COMPARED and reading.closing_before(found) is not None,
        **_frozen(request, found, manages=manages),
    }
    return render(request, "classification/campaign.html", context)


def _onward(found: Campaign, *, manages: bool) -> dict[str, Any]:
    """Return what its coordinators go on to from a closed campaign, and what they are told of it."""
    if not manages or found.state != CampaignState.CLOSED:
        return {"onward": [], "told": []}
    return {"onward": onward.offered(found), "told": onward.told(found)}


def _contested(found: Campaign, *, manages: bool) -> dict[str, Any]:
    contested, cut = contested_in(found, manages=manages)
    return {"contested": contested, "contested_cut": cut}


def _progress(request: ScopedRequest, found: Campaign, *, manages: bool) -> list[Progress]:
    """Return how far the landlords of an open campaign are, and journal that a coordinator read it."""
    if found.state != CampaignState.OPEN:
        return []
    progress = progress_of(found)
    if manages:
        write_reading(request.scope, found, concerns=[one.landlord_id for one in progress])
    return progress


def _frozen(request: ScopedRequest, found: Campaign, *, manages: bool) -> dict[str, Any]:
    """Return what was frozen, as the person may see it, and journal that a coordinator read it."""
    versions = list(found.closings.filter(state=JobState.DONE).order_by("-number"))
    if not versions:
        return {"versions": []}
    sites = reading.frozen_sites(versions[0], manages=manages)
    with joining_sets():
        page = Paginator(
            sites.select_related("landlord", "commune").order_by("-mark", "name__french", "pk"), _PER_PAGE
        ).get_page(request.GET.get("page"))
        told = sites.order_by().values_list("landlord_id", flat=True).distinct()
        landlords = sorted(told) if manages else []
        counts, shown = reading.counted(sites), list(page)
    if manages:
        write_reading(request.scope, found, concerns=landlords, page=page.number)
    return {
        "versions": versions,
        "closing": versions[0],
        "counts": counts,
        "page": page,
        "rows": reading.rows_of(shown),
    }


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def campaign_create(request: ScopedRequest, pk: int) -> HttpResponse:
    """Prepare a campaign for a territory."""
    territory = get_object_or_404(coordinated(request), pk=pk)
    landlords = _landlords(territory)
    initial = {"as_of": timezone.localdate()}
    form = open_form(
        request,
        lambda data: CampaignForm(data, territory=territory, landlords=landlords, initial=initial),
    )
    if is_sent(request) and form.is_valid():
        try:
            made = services.prepare(request.scope, territory=territory, **form.cleaned_data)
        except MadeAlreadyError as error:
            made = error.record
            said = _("Cette campagne est déjà préparée : la voici. Rien n’a été fait une seconde fois.")
            messages.info(request, said)
        else:
            messages.success(
                request, _("La campagne est préparée. Personne d’autre ne la voit avant son ouverture.")
            )
        return redirect("classification:campaign", made.pk)
    context = {"territory": territory, "landlords": landlords}
    return render_form(request, "classification/campaign_form.html", form, **context)


@never_cache
@form_page
@for_roles(Role.COORDINATOR)
def campaign_edit(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change a draft."""
    found = managed_or_404(request, pk)
    if found.state != CampaignState.DRAFT:
        return moved_on(request, found)
    landlords, state = _landlords(found.territory), services.state_of(found)
    initial = {**state, "grid_version": found.grid_version.name}
    version = version_of(found, state)
    form = open_form(
        request,
        lambda data: CampaignForm(
            data, territory=found.territory, landlords=landlords, initial=initial, version=version
        ),
    )
    if is_sent(request) and form.is_valid():
        try:
            services.change(request.scope, found, **form.cleaned_data)
        except services.MovedOnError:
            return moved_on(request, found)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=reverse("classification:campaign", args=[pk]))
        return redirect("classification:campaign", pk)
    context = {"campaign": found, "territory": found.territory, "landlords": landlords}
    return render_form(request, "classification/campaign_form.html", form, **context)


@require_POST
@for_roles(Role.COORDINATOR)
@tells_what_is_settled(deleted(Campaign, "classification:campaigns", Role.COORDINATOR))
def campaign_delete(request: ScopedRequest, pk: int) -> HttpResponse:
    """Delete a draft."""
    found = managed_or_404(request, pk)
    try:
        services.delete(request.scope, found)
    except services.MovedOnError:
        return moved_on(request, found)
    messages.success(request, _("Le projet de campagne « %s » est supprimé.") % found.name)
    return redirect("classification:campaigns")


def coordinated(request: ScopedRequest) -> QuerySet[Territory]:
    """Return the territories that the person coordinates."""
    return coordinated_by(request.scope)


def managed_or_404(request: ScopedRequest, pk: int) -> Campaign:
    """Return a campaign of a territory that the person coordinates; else raise Http404."""
    rows = Campaign.objects.select_related("territory", "grid_version")
    return get_object_or_404(rows.filter(territory__in=coordinated(request)), pk=pk)


def moved_on(request: ScopedRequest, found: Campaign) -> HttpResponse:
    """Say that the campaign is not where the page showed it any more, and lead to it."""
    messages.info(
        request, _("Entre-temps, cette campagne a avancé : rien n’a été modifié. Voici où elle en est.")
    )
    return to_campaign(request, found.pk)


def to_campaign(request: ScopedRequest, pk: int) -> HttpResponse:
    """Lead to the page of a campaign, as a whole where htmx asked for a part of another page."""
    page = reverse("classification:campaign", args=[pk])
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)


def _landlords(territory: Territory) -> list[Organisation]:
    rows = Organisation.objects.filter(pk__in=services.sharing_with(territory))
    return list(rows.order_by("name__french", "pk"))
