"""Addresses without a point: the queue, and placing one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.lists.listing import sort_and_page
from core.pages import form_page, render_form, sent

from .forms import PlaceForm
from .placing import neighbours, place, placeable, waiting
from .tables import ToPlaceTable

PER_PAGE = 25


@require_GET
@for_roles(Role.LEAD)
def to_place(request: ScopedRequest) -> HttpResponse:
    """List the addresses that wait for a point."""
    table = ToPlaceTable(waiting().order_by("label", "id"))
    sort_and_page(request, table, PER_PAGE)
    return render(request, "sites/to_place.html", {"table": table})


@form_page
@for_roles(Role.LEAD)
def place_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Place an address on the map, then go on to the next one that waits."""
    address = get_object_or_404(placeable(), pk=pk)
    point = {"longitude": address.longitude, "latitude": address.latitude}
    form = PlaceForm(sent(request), initial=point)
    if request.method == "POST" and form.is_valid():
        place(request.scope, address, **form.cleaned_data)
        messages.success(request, _("%(address)s est placée.") % {"address": address.label})
        following = waiting().order_by("label", "id").first()
        return redirect("sites:place", following.pk) if following else redirect("sites:to_place")
    return render_form(request, "sites/place.html", form, address=address, neighbours=neighbours(address))
