"""Define ``{% basemap_css %}`` and ``{% basemap_js %}``: the assets of a page with maps."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from sites.basemap.archive import archive
from sites.models import CommuneOutline

register = template.Library()


@register.inclusion_tag("sites/_basemap_css.html")
def basemap_css() -> dict[str, Any]:
    """Load the styles of maps."""
    return {}


@register.inclusion_tag("sites/_basemap_js.html")
def basemap_js() -> dict[str, Any]:
    """Load Leaflet, and the script that draws the background under every map of the page."""
    return {"basemap": _plan()}


def _plan() -> dict[str, Any]:
    source = archive()
    common: dict[str, Any] = {
        "attribution": settings.BASEMAP_ATTRIBUTION,
        "words": {"zoomIn": _("Se rapprocher"), "zoomOut": _("S’éloigner")},
    }
    if CommuneOutline.objects.exists():
        common["outlines"] = reverse("sites:commune_outlines")
    if source is not None:
        url = f"{_address('sites:vector_tile')}?v={source.version}"
        return {**common, "url": url, "maxZoom": source.max_zoom, "schema": source.schema}
    if settings.MAP_TILES_URL:
        return {**common, "url": _address("sites:raster_tile"), "maxZoom": settings.MAP_TILES_MAX_ZOOM}
    bare = _("Sans fond de plan : l’exploitant en règle un (BASEMAP_PMTILES ou MAP_TILES_URL).")
    drawn = _(
        "Sans fond de plan, contours des communes : l’exploitant en règle un (BASEMAP_PMTILES ou MAP_TILES_URL)."
    )
    return {**common, "notice": drawn if "outlines" in common else bare}


def _address(name: str) -> str:
    return reverse(name, args=(0, 1, 2)).replace("/0/1/2.", "/{z}/{x}/{y}.")
