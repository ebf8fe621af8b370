"""Configure the demonstration: production behaviour on 127.0.0.1, over the fictional territory."""

from django.utils.translation import gettext_lazy as _

from .base import *
from .logging import LOGGING as EVERYTHING
from .whitenoise import *

DEMO = True
INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
SECRET_KEY = "demo-only-fictional-data-" + "0" * 40
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
BASEMAP_PMTILES = str(VAR_DIR / "plan.pmtiles")
BASEMAP_ATTRIBUTION = _("Territoire fictif")
FICTIONAL_AREA = [(-30.2, 44.8, -29.8, 45.2)]
# The accounts that the login page lists enter without a second factor, but for the one that shows its enrolment.
SECOND_FACTOR_ASKED_OF = frozenset({"securite@demonstration.invalid"})
# Warnings and errors, without a line per request.
LOGGING = EVERYTHING | {
    "handlers": {"console": EVERYTHING["handlers"]["console"] | {"level": "WARNING"}},
}
