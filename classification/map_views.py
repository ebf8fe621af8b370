"""The map of levels and its data."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.access import for_roles

from .filters import AddressFilter, SiteFilter
from .readers import READERS, note_reading, sees_several_landlords
from .viewport import MAX_ZOOM, Viewport, ViewportForm, extent, located, look
from .wording import typeset

_ANY_RESIDENCE = 0
_COMPACT = {"separators": (",", ":"), "ensure_ascii": False}


@require_GET
@for_roles(*READERS)
def map_page(request: HttpRequest) -> HttpResponse:
    """Show the map; its data follow the viewport."""
    chosen = SiteFilter(request.GET, queryset=located(""), request=request)
    note_reading(request.scope, "classification.map")
    config = {
        "data": reverse("classification:map_data"),
        "residence": reverse("classification:residence", args=[_ANY_RESIDENCE]),
        "extent": extent(located("")),
        "maxZoom": MAX_ZOOM,
        "severalLandlords": sees_several_landlords(request.scope),
    }
    context = {
        "filter": chosen,
        "config": config,
        "words": _words(),
        "unit": request.GET.get("unit", "residence"),
    }
    return render(request, "classification/map.html", context)


# Nothing the asker sends comes back beside what they may not know: compression reveals nothing.
@gzip_page
@require_GET
@for_roles(*READERS)
def map_data(request: HttpRequest) -> HttpResponse:
    """Return the sites of a viewport, grouped when there are many (see :func:`.viewport.look`)."""
    asked = ViewportForm(request.GET)
    if not asked.is_valid():
        return JsonResponse({"error": _("Le cadre de la carte est illisible.")}, status=400)
    unit = asked.cleaned_data["unit"]
    narrow = AddressFilter if unit == "address" else SiteFilter
    chosen = narrow(request.GET, queryset=located(unit), request=request)
    if not chosen.is_valid():
        return JsonResponse({"error": _("Un des filtres n'existe pas ou plus.")}, status=400)
    viewport = Viewport(*asked.cleaned_data["bbox"], asked.cleaned_data["zoom"])
    return JsonResponse(look(chosen.qs, viewport), json_dumps_params=_COMPACT)


def _words() -> dict[str, str]:
    """Return what the script says; names in braces are its to fill in."""
    words = {
        "level": _("Niveau {n}"),
        "group": _("{n} sites, niveau {level} au plus haut"),
        "one": _("{n} site :"),
        "many": _("{n} sites :"),
        "count": _("{n} de niveau {level}"),
        "first": _("Les {n} plus hauts sont listés : rapprochez-vous pour voir les autres."),
        "empty": _("Aucun site dans la vue. Déplacez la carte ou retirez un filtre."),
        "last": _("Dernier fait le {day}"),
        "none": _("Aucun fait depuis un an"),
        "silent": _("saisie interrompue"),
        "center": _("Centrer"),
        "failed": _("Les niveaux n'ont pas pu être chargés. Rechargez la page."),
    }
    return {key: typeset(text) for key, text in words.items()}
