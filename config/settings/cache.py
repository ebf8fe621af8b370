"""The cache: in the database, because login limits must hold across processes and machines."""

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "palier_cache"},
}
