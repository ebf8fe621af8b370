"""Show the first page of a coordinator."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from classification.campaigns.reading import open_campaign_of
from core.opaque import written
from sites.models import SharingAgreement, Territory
from sites.perimeter import in_force
from sites.reading import write_reading

from .reading import AGREEMENT_DAYS, change, dashboard_of


@require_safe
@for_roles(Role.COORDINATOR)
def dashboard(request: ScopedRequest, pk: int | None = None) -> HttpResponse:
    """Show the dashboard of a territory that the person coordinates: of the first by name without ``pk``."""
    territories = Territory.objects.filter(
        organisation_id__in=request.scope.roles[Role.COORDINATOR]
    ).order_by("name__french", "pk")
    chosen = get_object_or_404(territories, pk=pk) if pk else territories.first()
    if chosen is None:
        return render(request, "partners/no_territory.html")
    found = dashboard_of(chosen)
    sharing = SharingAgreement.objects.filter(in_force(), territory=chosen).order_by("landlord_id")
    concerns = list(sharing.values_list("landlord_id", flat=True))
    write_reading(request.scope, "partners.dashboard", concerns=concerns, territory=chosen.pk)
    context = {
        "found": found,
        "territories": territories,
        "tiles": change(found),
        "agreement_days": AGREEMENT_DAYS,
        "campaign": open_campaign_of(chosen.pk),
        "key": written("territory", chosen.pk),
    }
    return render(request, "partners/dashboard.html", context)
