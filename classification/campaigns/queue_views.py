"""Show a lead which levels of a campaign await a decision, and remind those who have not answered."""

from dataclasses import replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from classification.decisions import queue
from classification.models import Campaign, CampaignState
from classification.workshop.reading import contested_sites

from . import reading, services
from .progress import Standing, standing_of
from .views import managed_or_404, moved_on

_PER_PAGE = 25
_TABS = ("a-valider", "retenus", "bouges")


@never_cache
@require_safe
@for_roles(Role.LEAD)
def campaign_queue(request: ScopedRequest, pk: int) -> HttpResponse:
    """List the sites of an open campaign that the lead decides about, with what the last campaign said of each."""
    found = get_object_or_404(Campaign.objects.select_related("territory"), pk=pk)
    if found.state != CampaignState.OPEN:
        return redirect("classification:campaign", pk)
    tab = request.GET.get("etat", "a-valider")
    if tab not in _TABS:
        raise Http404
    led = set(request.scope.roles.get(Role.LEAD, ()))
    tabs: dict[str, dict[int, Standing]] = {name: {} for name in _TABS}
    for site in standing_of(found):
        if site.landlord_id in led and not site.closed:
            tabs[_tab_of(site)][site.residence_id] = site
    sites = queue.led_sites().filter(residence__in=list(tabs[tab]))
    page = Paginator(queue.ordered(sites), _PER_PAGE).get_page(request.GET.get("page"))
    last = reading.last_said(found, [site.residence_id for site in page])
    contested = contested_sites(found, [site.residence_id for site in page])
    rows = [
        replace(
            row,
            then=tabs[tab][row.site.residence_id].level,
            last=last.get(row.site.residence_id),
            settled=contested.get(row.site.residence_id),
        )
        for row in queue.rows_of(list(page))
    ]
    total = sum(map(len, tabs.values()))
    context = {
        "campaign": found, "tab": tab, "page": page, "rows": rows, "landlords": sorted(led),
        "counts": {name.replace("-", "_"): len(of) for name, of in tabs.items()}, "total": total,
        "decided": len(tabs["retenus"]), "here": request.get_full_path(),
    }  # fmt: skip
    return render(request, "classification/campaign_queue.html", context)


def _tab_of(site: Standing) -> str:
    if site.retained is not None:
        return "retenus"
    return "bouges" if site.moved else "a-valider"


@require_POST
@for_roles(Role.COORDINATOR)
def campaign_remind(request: ScopedRequest, pk: int) -> HttpResponse:
    """Mail the leads of the landlords who have levels left to decide about."""
    found = managed_or_404(request, pk)
    try:
        landlords = services.remind(request.scope, found)
    except services.MovedOnError:
        return moved_on(request, found)
    except services.RemindedError:
        messages.info(request, _("Un rappel est déjà parti aujourd’hui."))
        return redirect("classification:campaign", pk)
    if landlords:
        said = ngettext(
            "Un rappel part aux référents sûreté de %(n)s bailleur, sauf s’ils l’ont désactivé.",
            "Un rappel part aux référents sûreté de %(n)s bailleurs, sauf s’ils l’ont désactivé.",
            landlords,
        )
        messages.success(request, said % {"n": landlords})
    else:
        messages.info(request, _("Aucun bailleur n’a de niveau à décider : aucun rappel n’est parti."))
    return redirect("classification:campaign", pk)
