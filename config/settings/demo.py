"""The demo: production behaviour on 127.0.0.1 over the fictional territory."""

from .base import *
from .whitenoise import *

DEMO = True
SECRET_KEY = "demo-only-fictional-data-" + "0" * 40
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
BASEMAP_PMTILES = VAR_DIR / "plan.pmtiles"
BASEMAP_ATTRIBUTION = "Territoire fictif"
