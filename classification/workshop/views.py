"""Show the workshop of a campaign: its order of the day, the map and the grid, and one site at a time."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from classification.campaigns import reading as campaigns
from classification.campaigns.freezing import reach_of
from classification.campaigns.views import managed_or_404, to_campaign
from classification.method.grid_view import picture
from classification.method.scale import Mark
from classification.models import Campaign, CampaignSite, CampaignState
from classification.readers import write_residence_reading
from sites.reading import write_reading

from . import agenda
from .matrix import counted_cells
from .panel import panel_of


@never_cache
@require_safe
@for_roles(Role.COORDINATOR)
def workshop(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show the order of the day of an open campaign beside the map and the grid."""
    found = managed_or_404(request, pk)
    if found.state != CampaignState.OPEN:
        return to_campaign(request, pk)
    return render(request, "classification/workshop.html", _room(request, found))


@never_cache
@require_safe
@for_roles(Role.COORDINATOR)
def workshop_site(request: ScopedRequest, pk: int, residence: int) -> HttpResponse:
    """Show a site in the workshop: its evidence, both tables, the campaign before, and how it was contested and settled."""
    found = managed_or_404(request, pk)
    if found.state != CampaignState.OPEN:
        return to_campaign(request, pk)
    rows = reach_of(found).select_related("landlord", "commune")
    site = get_object_or_404(rows, pk=residence)
    write_residence_reading(request.scope, site)
    context = panel_of(found, site)
    if request.htmx:
        # What was noted changes the order of the day beside the panel, which names the sites of all landlords.
        _write_reading(request, found)
        return render(request, "classification/_workshop_panel.html", context | _agenda(found))
    return render(request, "classification/workshop.html", context | _room(request, found))


def _room(request: ScopedRequest, found: Campaign) -> dict[str, Any]:
    sites = agenda.sites_of(found)
    _write_reading(request, found)
    return {
        "sites": sites,
        "total": sites[0].total if sites else 0,
        "cut": bool(sites) and sites[0].total > len(sites),
        "points": [
            [site.longitude, site.latitude, site.mark, site.name, _page(found, site.residence_id)]
            for site in sites
            if site.longitude is not None
        ],
        "grid": picture(found.grid_version, counted_cells(found)),
        "levels": list(reversed(Mark)),
        **_agenda(found),
    }


def _write_reading(request: ScopedRequest, found: Campaign) -> None:
    landlords = CampaignSite.objects.filter(campaign=found).order_by().values_list("landlord_id", flat=True)
    write_reading(request.scope, found, concerns=sorted(landlords.distinct()), page="classification.workshop")


def _agenda(found: Campaign) -> dict[str, Any]:
    return {
        "campaign": found,
        "parts": agenda.agenda_of(found),
        "compares": campaigns.closing_before(found) is not None,
        "pairs": agenda.neighbours_of(found),
        "metres": agenda.METRES,
    }


def _page(found: Campaign, residence: int) -> str:
    return reverse("classification:workshop_site", args=[found.pk, residence])
