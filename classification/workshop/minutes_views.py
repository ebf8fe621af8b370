"""Give the coordinator the minutes of a workshop, and journal each download."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.journal.audit import write_entry
from classification.campaigns.views import managed_or_404
from classification.models import CampaignSite, CampaignState

from .minutes import MovedError, minutes_of


@needs_fresh_factor(file=True)
@require_safe
@for_roles(Role.COORDINATOR)
def workshop_minutes(request: ScopedRequest, pk: int) -> HttpResponse:
    """Return the minutes of the workshop of an open campaign, as it stands, made for its reader."""
    found = managed_or_404(request, pk)
    if found.state != CampaignState.OPEN:
        return redirect("classification:campaign", pk)
    organisation = found.territory.organisation
    try:
        made = minutes_of(found, holder=request.user.full_name, organisation=organisation.name)
    except MovedError:
        said = _("Des sites de cette campagne changent en ce moment : réessayez dans un instant.")
        messages.info(request, said)
        return redirect("classification:workshop", pk)
    landlords = CampaignSite.objects.filter(campaign=found).order_by().values_list("landlord_id", flat=True)
    write_entry(
        request.scope, AuditAction.DOWNLOAD, found, organisation_id=organisation.pk,
        concerns=sorted(landlords.distinct()), digest=made.digest,
    )  # fmt: skip
    name = slugify(f"compte rendu atelier {found.territory.name} {found.as_of}")
    return HttpResponse(
        made.pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"},
    )
