"""Caches: login limits in the database, to hold across processes and machines; map images on disk."""

from .leaflet import MAP_TILES_CACHE, MAP_TILES_CACHED

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "palier_cache"},
    "tiles": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": MAP_TILES_CACHE,
        "OPTIONS": {"MAX_ENTRIES": MAP_TILES_CACHED},
    },
}
