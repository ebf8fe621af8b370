"""The map: tiles only from where the operator says, and by default from nowhere."""

import os

_tiles = os.environ.get("MAP_TILES_URL", "")
_attribution = os.environ.get("MAP_TILES_ATTRIBUTION", "")

LEAFLET_CONFIG = {
    "TILES": [("Plan", _tiles, {"attribution": _attribution})] if _tiles else [],
    "DEFAULT_CENTER": (46.6, 2.4),
    "DEFAULT_ZOOM": 6,
    "MIN_ZOOM": 4,
    "MAX_ZOOM": 19,
    "ATTRIBUTION_PREFIX": False,
    "RESET_VIEW": False,
    "SCALE": "metric",
    "NO_GLOBALS": False,
}
