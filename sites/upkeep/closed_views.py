"""List the places of one's own that are closed, which no level shows any more."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.words import LONGEST, first_words
from sites.models import Address, Residence
from sites.perimeter import is_led
from sites.places import at_place

# As many of each are shown, the last closed first: who looks for another one types a word of it.
MOST = 200


@require_GET
@for_roles(Role.LEAD)
def closed(request: ScopedRequest) -> HttpResponse:
    """List closed residences, and closed addresses of open ones: with the day, the reason, and what they are now."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    residences = Residence.objects.filter(is_led()).exclude(closed_on=None)
    addresses = Address.objects.filter(is_led(), residence__closed_on=None).exclude(closed_on=None)
    if words := first_words(text):
        residences = residences.filter(at_place(words, "name", "reference", commune="commune"))
        columns = ("label", "residence__name", "residence__reference")
        addresses = addresses.filter(at_place(words, *columns, commune="commune", postcode="postcode"))
    shown = {
        "residences": residences.select_related("commune", "merged_into"),
        "addresses": addresses.select_related("commune", "residence", "merged_into"),
    }
    found = {name: list(rows.order_by("-closed_on", "-pk")[:MOST]) for name, rows in shown.items()}
    return render(request, "sites/closed.html", {"text": text, "most": MOST, **found})
