"""Define the settings that every environment shares; each integration has a file of its own beside this one."""

import os
import tomllib
from pathlib import Path

from .allauth import *
from .api import *
from .cache import *
from .celery import *
from .database import *
from .journal import *
from .leaflet import *
from .security import *

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
# Where processes write files that need no backup: pid files, schedules, metrics.
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var")
DEBUG = False
DEMO = False
# Boxes (west, south, east, north) where points are valid besides France.
FICTIONAL_AREA: list[tuple[float, float, float, float]] = []
# What the key of the scope's seal is made from (core/seal.py); production makes it from SECRET_KEY.
SCOPE_KEY = "only-outside-production"
# Whether the checks of config/checks.py apply.
PRODUCTION = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "config.apps.Assets",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "drf_spectacular",
    "leaflet",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "core",
    "accounts",
    "sites",
    "incidents",
    "classification",
    "partners",
    "portal",
    "config.apps.ConfigApp",
]

MIDDLEWARE = [
    "config.telemetry.requests.TelemetryMiddleware",
    "portal.overload.ArrivalMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.overload.OverloadMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.ScopeMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.login.WholePageLoginMiddleware",
    "portal.unsent.KeepingLoginMiddleware",
    "portal.factors.middleware.FactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.drafts.DraftsMiddleware",
    "portal.guide_views.VisitMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "portal.navigation.navigation",
                "portal.guide.guide",
                "portal.drafts.drafts",
            ],
        },
    },
]

# An agent may be given some thousands of residences (sites.sharing.forms), each a field of the form; the size
# of a form stays bounded by DATA_UPLOAD_MAX_MEMORY_SIZE.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# The address of this site in mails that no request asks for; in production that of the first of ALLOWED_HOSTS.
SITE_URL = "http://localhost:8000"
# How long to wait for the mail server, in seconds.
EMAIL_TIMEOUT = 10

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "config.formats"

NODE_MODULES = BASE_DIR / "node_modules"
STATIC_URL = "static/"
# Collected when the product is installed; read-only afterwards.
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (name, NODE_MODULES / path)
        for name, path in {
            "tabler/css": "@tabler/core/dist/css",
            "htmx": "htmx.org/dist",
            "chartjs": "chart.js/dist",
            "markercluster": "leaflet.markercluster/dist",
            "type": "@fontsource-variable/atkinson-hyperlegible-next/files",
            "protomaps": "protomaps-leaflet/dist",
        }.items()
        if (NODE_MODULES / path).is_dir()
    ),
]

FORM_RENDERER = "core.widgets.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "tables/table.html"

# The greatest distance between a reported point and the address it is matched to, in metres.
INCIDENT_MATCH_RADIUS_M = 50
# The national address API, or a server with its batch protocol; empty: no geocoding.
GEOCODER_URL = os.environ.get("GEOCODER_URL", "")
GEOCODER_MIN_SCORE = 0.6
# Where metrics are served to the operator, as address:port; empty: nowhere.
METRICS_BIND = os.environ.get("METRICS_BIND", "")
# The folder in which the processes of a service count together (prometheus_client).
METRICS_FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
# Where people report that a page is not accessible to them: an e-mail or web address.
ACCESSIBILITY_CONTACT = os.environ.get("ACCESSIBILITY_CONTACT", "")
# The e-mail or web address for reports of vulnerabilities; empty: none is published.
SECURITY_CONTACT = os.environ.get("SECURITY_CONTACT", "")
# The result of an accessibility audit of this installation ("partial", "full"), and who held it and when;
# without an audit the law requires "none".
ACCESSIBILITY_CONFORMITY = os.environ.get("ACCESSIBILITY_CONFORMITY") or "none"
ACCESSIBILITY_AUDIT = os.environ.get("ACCESSIBILITY_AUDIT", "")
# How many days a file waits for the person who sent it, and a report with its rejected rows is kept.
IMPORT_FILE_DAYS = 7
IMPORT_REPORT_DAYS = 30
# How many files that one person sent may wait at once for that person to import or abandon them.
IMPORT_FILES_WAITING = 20
UPLOAD_MAX_BYTES = 50 * 1024 * 1024
