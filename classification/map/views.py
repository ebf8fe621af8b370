"""Show the map of levels and return its data."""

import time
from typing import Any

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
from classification.foresight.reading import QUARTER
from classification.foresight.rules import HOT_METRES
from classification.indicators.measures import LEAST
from classification.method.scale import Mark
from classification.readers import READERS, sees_several_landlords
from classification.residence.wording import listing, typeset
from core import opaque
from sites.basemap import outlines
from sites.models import Territory
from sites.reading import sharing_landlords, write_reading

from .filters import MapAddressFilter, MapFilter
from .hot_spots import hot_spots, reads_hot_spots
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
    shows_hot, hot = reads_hot_spots(request.scope), "regroupements" in request.GET
    _write_visit(request, visit=True, hot=shows_hot and hot)
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
        "hot_spots": shows_hot,
        "hot_shown": hot,
        "hot_metres": round(HOT_METRES),
        "hot_days": QUARTER,
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
    hot = asked.cleaned_data["regroupements"] and reads_hot_spots(request.scope)
    _write_visit(request, visit=False, hot=hot)
    west, south, east, north = asked.cleaned_data["bbox"]
    viewport = Viewport(west, south, east, north, asked.cleaned_data["zoom"])
    answer = look(chosen.qs, viewport, chosen.days_recorded)
    if hot:
        answer["hot"] = hot_spots(viewport.of(chosen.qs))
    return JsonResponse(answer, json_dumps_params=_COMPACT)


def _page_of_any() -> str:
    """Return the address of a residence's page with ``0`` where the script puts what the data says of the residence."""
    page = reverse("classification:residence", args=[_ANY_RESIDENCE])
    return page.replace(opaque.written("residence", _ANY_RESIDENCE), str(_ANY_RESIDENCE))


def _write_visit(request: ScopedRequest, *, visit: bool, hot: bool = False) -> None:
    """Write a journal entry for a visit; for its data only if the last entry is old, or says less than what is shown."""
    if not sees_several_landlords(request.scope):
        return
    landlords, now = sharing_landlords(request.scope), time.time()
    noted = request.session.get(_NOTED, {})
    said = noted.get("landlords") == landlords and now - noted["at"] <= _NOTED_FOR
    if visit or not said or (hot and not noted.get("hot")):
        shown: dict[str, Any] = {"hot_spots": True} if hot else {}
        write_reading(request.scope, "classification.map", concerns=landlords, **shown)
        request.session[_NOTED] = {"landlords": landlords, "at": now, "hot": hot}


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
        "hotName": _("Regroupement significatif – {name}"),
        "hotNot": _("Regroupement significatif, pas une prévision"),
        "hotOne": _("{n} regroupement significatif dans cette vue, pas une prévision."),
        "hotMany": _("{n} regroupements significatifs dans cette vue, pas des prévisions."),
        "hotMore": _("Les {n} plus marqués sont montrés : rapprochez-vous pour voir les autres."),
        "hotFew": _(
            "Aucun regroupement : moins de %(least)s faits saisis en %(days)s jours dans cette vue, trop peu pour rien dire."
        )
        % {"least": LEAST, "days": QUARTER},
        "hotNone": _(
            "Aucun regroupement significatif dans cette vue : rien de plus que ce que le hasard réunit."
        ),
        "failed": _("Les niveaux n’ont pas pu être chargés. Ce qui est affiché peut être ancien."),
        "ended": _("Votre session est terminée. Reconnectez-vous : la vue et les filtres sont gardés."),
    }
    return {key: typeset(text) for key, text in words.items()}
