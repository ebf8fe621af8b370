"""Show the map of levels and return its data."""

import time

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.models import Organisation
from accounts.scope import Scope
from classification.method.scale import Mark
from classification.readers import READERS, sees_several_landlords
from classification.residence.wording import listing, typeset
from core import opaque
from sites.basemap import outlines
from sites.models import Territory
from sites.reading import sharing_landlords, write_reading

from .filters import MapAddressFilter, MapFilter
from .viewport import MAX_ZOOM, Viewport, ViewportForm, extent, located, look, without_point

_ANY_RESIDENCE = 0
# The session key of the last journal entry of the map: when it was written, and for which landlords.
_NOTED = "map_noted"
_NOTED_FOR = 15 * 60
_COMPACT = {"separators": (",", ":"), "ensure_ascii": False}


@require_GET
@for_roles(*READERS)
def map_page(request: ScopedRequest) -> HttpResponse:
    """Show the map; its script fetches the data of each viewport."""
    chosen = MapFilter(request.GET, queryset=located(""), request=request)
    _write_visit(request, visit=True)
    config = {
        "data": reverse("classification:map_data"),
        "residence": _page_of_any(),
        "neighbourhoods": reverse("sites:neighbourhoods"),
        "login": resolve_url(settings.LOGIN_URL),
        # Where nothing is placed yet, the reader's communes are shown rather than the whole country.
        "extent": extent(located("")) or outlines.extent(),
        "maxZoom": MAX_ZOOM,
        "severalLandlords": sees_several_landlords(request.scope),
    }
    context = {
        "filter": chosen,
        "levels": list(reversed(Mark)),
        "config": config,
        "words": _words(),
        "unit": request.GET.get("unit", "residence"),
        "overlay": "quartiers" in request.GET,
        "perimeter": _perimeter(request.scope),
        "today": timezone.localdate(),
        "reads_states": request.scope.has(Role.LEAD, Role.COORDINATOR),
        "unplaced": without_point().count(),
        "places": request.scope.has(Role.LEAD),
    }
    return render(request, "classification/map.html", context)


# Compression is safe here: the response mixes no input of the request with secrets (BREACH).
@gzip_page
@require_GET
@for_roles(*READERS)
def map_data(request: ScopedRequest) -> HttpResponse:
    """Return the sites of a viewport as JSON, grouped when there are many (see :func:`.viewport.look`)."""
    asked = ViewportForm(request.GET)
    if not asked.is_valid():
        return JsonResponse({"error": _("Le cadre de la carte est illisible.")}, status=400)
    unit = asked.cleaned_data["unit"]
    narrow = MapAddressFilter if unit == "address" else MapFilter
    chosen = narrow(request.GET, queryset=located(unit), request=request)
    if not chosen.is_valid():
        errors = chosen.form.errors.get("until") or [_("Un des filtres n’existe pas ou plus.")]
        return JsonResponse({"error": errors[0]}, status=400)
    _write_visit(request, visit=False)
    west, south, east, north = asked.cleaned_data["bbox"]
    viewport = Viewport(west, south, east, north, asked.cleaned_data["zoom"])
    return JsonResponse(look(chosen.qs, viewport, chosen.days_recorded), json_dumps_params=_COMPACT)


def _page_of_any() -> str:
    """Return the address of a residence's page with ``0`` where the script puts what the data says of the residence."""
    page = reverse("classification:residence", args=[_ANY_RESIDENCE])
    return page.replace(opaque.written("residence", _ANY_RESIDENCE), str(_ANY_RESIDENCE))


def _write_visit(request: ScopedRequest, *, visit: bool) -> None:
    """Write a journal entry for a visit; for its data only if the last entry is old or names other landlords."""
    if not sees_several_landlords(request.scope):
        return
    landlords, now = sharing_landlords(request.scope), time.time()
    noted = request.session.get(_NOTED, {})
    if visit or noted.get("landlords") != landlords or now - noted["at"] > _NOTED_FOR:
        write_reading(request.scope, "classification.map", concerns=landlords)
        request.session[_NOTED] = {"landlords": landlords, "at": now}


def _perimeter(scope: Scope) -> str:
    """Return the names of what the map covers: the person's territories and the landlords they work for."""
    territories = Territory.objects.filter(organisation__in=scope.roles.get(Role.COORDINATOR, ()))
    own = [pk for role in (Role.AGENT, Role.LEAD) for pk in scope.roles.get(role, ())]
    organisations = Organisation.objects.filter(pk__in=own)
    return listing(
        [
            str(found)
            for found in (*territories.order_by("name__french"), *organisations.order_by("name__french"))
        ]
    )


def _words() -> dict[str, str]:
    """Return the texts of the script, which fills in the names in braces."""
    words = {
        "level": _("Niveau {n}"),
        "group": _("{n} sites, niveau {level} au plus haut"),
        "one": _("{n} site :"),
        "many": _("{n} sites :"),
        "count": _("{n} de niveau {level}"),
        "first": _("Les {n} plus hauts sont listés : rapprochez-vous pour voir les autres."),
        "empty": _("Aucun site dans cette vue."),
        "emptyFiltered": _("Aucun site dans cette vue avec ces filtres."),
        "nothing": _("Aucun site n’est encore placé sur la carte."),
        "last": _("Dernier fait le {day}"),
        "none": _("Aucun fait depuis un an"),
        "day": _("{n} jour avec un tel fait"),
        "days": _("{n} jours avec un tel fait"),
        "silent": _("saisie interrompue"),
        "stopped": _("Saisie interrompue"),
        "stoppedGroup": _("{n} sites dont la saisie s’est interrompue"),
        "stoppedCount": _("{n} dont la saisie s’est interrompue"),
        "before": _("niveau {n} avant"),
        "center": _("Centrer la carte"),
        "close": _("Fermer"),
        "remove": _("Retirer le filtre {name}"),
        "from": _("depuis le {day}"),
        "to": _("jusqu’au {day}"),
        "between": _("du {first} au {last}"),
        "qpv": _("En quartier prioritaire"),
        "neighbourhood": _("Quartier prioritaire {name}"),
        "loading": _("Chargement…"),
        "failed": _("Les niveaux n’ont pas pu être chargés. Ce qui est affiché peut être ancien."),
        "ended": _("Votre session est terminée. Reconnectez-vous : la vue et les filtres sont gardés."),
    }
    return {key: typeset(text) for key, text in words.items()}
