"""Serve the public data of maps: background tiles, priority neighbourhoods, outlines of communes."""

import gzip
import logging
from functools import partial

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.afterwards import Afterwards

from . import outlines
from .archive import archive, exists, packed_tile
from .forms import BoundsForm
from .neighbourhoods import collection
from .tile_proxy import TileUnavailableError, image_tile

_PRIVATE = "private, max-age=604800"
_LOGGER = logging.getLogger(__name__)


def _version(request: ScopedRequest, z: int, x: int, y: int) -> str | None:
    source = archive()
    return source and f'"{source.version}-{z}-{x}-{y}"'


@require_GET
@for_roles(*Role)
@condition(etag_func=_version)
def vector_tile(request: ScopedRequest, z: int, x: int, y: int) -> HttpResponse:
    """Send a tile of the archive as it is stored; 204 where there is none."""
    if not exists(z, x, y):
        raise Http404
    source = archive()
    packed = source and packed_tile(source, z, x, y)
    headers = {"Cache-Control": _PRIVATE}
    if packed is None:
        return HttpResponse(status=204, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        packed = gzip.decompress(packed)
    response = HttpResponse(packed, content_type="application/vnd.mapbox-vector-tile", headers=headers)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@require_GET
@for_roles(*Role)
def raster_tile(request: ScopedRequest, z: int, x: int, y: int) -> HttpResponse:
    """Send an image of the configured server, from the cache if it is there.

    The tile server is asked once the request's transaction has ended.
    """
    if not exists(z, x, y):
        raise Http404
    return Afterwards(partial(_image, z, x, y))


def _image(z: int, x: int, y: int) -> HttpResponse:
    try:
        found = image_tile(z, x, y) if settings.MAP_TILES_URL else None
    except TileUnavailableError as error:
        _LOGGER.warning("No tile: %s", error)
        return HttpResponse(status=502)
    if found is None:
        return HttpResponse(status=204, headers={"Cache-Control": _PRIVATE})
    content, kind = found
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": _PRIVATE})


# The data is public, so compression cannot leak a secret (BREACH).
@gzip_page
@require_GET
@for_roles(*Role)
def neighbourhoods(request: ScopedRequest) -> HttpResponse:
    """Send the priority neighbourhoods that meet a rectangle, as GeoJSON."""
    asked = BoundsForm(request.GET)
    if not asked.is_valid():
        return JsonResponse({"error": _("Le cadre de la carte est illisible.")}, status=400)
    found = collection(*asked.cleaned_data["bbox"])
    return JsonResponse(found, headers={"Cache-Control": _PRIVATE}, content_type="application/geo+json")


# Which communes a person has territories and residences in is no secret of theirs, and nothing sent mixes with it.
@gzip_page
@require_GET
@for_roles(*Role)
def commune_outlines(request: ScopedRequest) -> HttpResponse:
    """Send the outlines of the communes of one's territories that meet a rectangle, as GeoJSON."""
    asked = BoundsForm(request.GET)
    if not asked.is_valid():
        return JsonResponse({"error": _("Le cadre de la carte est illisible.")}, status=400)
    found = outlines.collection(*asked.cleaned_data["bbox"])
    return JsonResponse(found, content_type="application/geo+json")
