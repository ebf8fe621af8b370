"""Configure caches: login limits in the database, shared by processes and machines; map images on disk."""

from .leaflet import MAP_TILES_CACHE, MAP_TILES_CACHED

CACHES = {
    "default": {"BACKEND": "core.cache.JsonDatabaseCache", "LOCATION": "palier_cache"},
    "tiles": {
        "BACKEND": "core.cache.BytesFileCache",
        "LOCATION": MAP_TILES_CACHE,
        "OPTIONS": {"MAX_ENTRIES": MAP_TILES_CACHED},
    },
}
