"""Configure maps: their background comes from this server alone, and by default there is none."""

import os
from pathlib import Path

from django.utils.functional import Promise

LEAFLET_CONFIG = {
    # The background is drawn by static/sites/basemap.js, the same on every map.
    "TILES": [],
    "DEFAULT_CENTER": (46.6, 2.4),
    "DEFAULT_ZOOM": 6,
    "MIN_ZOOM": 4,
    "MAX_ZOOM": 19,
    "ATTRIBUTION_PREFIX": False,
    "RESET_VIEW": False,
    "SCALE": "metric",
    "NO_GLOBALS": False,
}

# A PMTiles archive of vector tiles on this server's disk.
BASEMAP_PMTILES = os.environ.get("BASEMAP_PMTILES", "")
# Or the address of a tile server, with {z}, {x} and {y}; this server asks it, browsers do not.
MAP_TILES_URL = os.environ.get("MAP_TILES_URL", "")
MAP_TILES_CACHE = Path(os.environ.get("MAP_TILES_CACHE", "var/tiles")).resolve()
MAP_TILES_CACHED = 5_000
MAP_TILES_MAX_ZOOM = int(os.environ.get("MAP_TILES_MAX_ZOOM", "18"))
BASEMAP_ATTRIBUTION: str | Promise = os.environ.get("BASEMAP_ATTRIBUTION", "© OpenStreetMap")
