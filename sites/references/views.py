"""Remove another reference of a residence."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.journal.settled import deleted, tells_what_is_settled
from core.back import back
from sites.models import ResidenceAlias
from sites.perimeter import is_led

from . import services


@require_POST
@for_roles(Role.LEAD)
@tells_what_is_settled(deleted(ResidenceAlias, "sites:imports", Role.LEAD))
def forget_reference(request: ScopedRequest, pk: int) -> HttpResponse:
    """Remove a reference, and return to the residence."""
    aliases = ResidenceAlias.objects.filter(is_led()).select_related("residence")
    alias = get_object_or_404(aliases, pk=pk)
    services.forget(request.scope, alias=alias)
    message = _("La référence « %(reference)s » ne désigne plus cette résidence.")
    messages.success(request, message % {"reference": alias.reference})
    return back(request, "sites:imports")
