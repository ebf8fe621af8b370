"""List the addresses without a point, and place one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.lists.listing import sort_and_page
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form
from core.versions import StaleError, version_of

from .forms import PlaceForm
from .placing import neighbours, place, placeable, state_of, waiting
from .tables import ToPlaceTable

PER_PAGE = 25


@require_GET
@for_roles(Role.LEAD)
def to_place(request: ScopedRequest) -> HttpResponse:
    """List the addresses that wait for a point."""
    table = ToPlaceTable(waiting().order_by("label__french", "id"))
    sort_and_page(request, table, PER_PAGE)
    return render(request, "sites/to_place.html", {"table": table})


@form_page
@for_roles(Role.LEAD)
def place_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Place an address on the map, then go on to the next one that waits."""
    address = get_object_or_404(placeable(), pk=pk)
    point = state_of(address)
    version = version_of(address, point)
    form = open_form(request, lambda data: PlaceForm(data, initial=point, version=version))
    if is_sent(request) and form.is_valid():
        try:
            place(request.scope, address, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=reverse("sites:to_place"))
        messages.success(request, _("%(address)s est placée.") % {"address": address.label})
        following = waiting().order_by("label__french", "id").first()
        return redirect("sites:place", following.pk) if following else redirect("sites:to_place")
    return render_form(request, "sites/place.html", form, address=address, neighbours=neighbours(address))
