"""Production: every secret from the environment; refuses to start without."""

import os

from django.core.exceptions import ImproperlyConfigured

from .base import *
from .whitenoise import *


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        message = f"{name} must be set in the environment."
        raise ImproperlyConfigured(message)
    return value


SECRET_KEY = _required("SECRET_KEY")
_SHORTEST_KEY = 50
if len(SECRET_KEY) < _SHORTEST_KEY or "only" in SECRET_KEY:
    message = "SECRET_KEY must be a random value of at least 50 characters."
    raise ImproperlyConfigured(message)
_required("DATABASE_URL")
ALLOWED_HOSTS = _required("ALLOWED_HOSTS").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The proxy's own address would stand for every visitor: five wrong passwords of one would
# close the login page to all. The last so many addresses of X-Forwarded-For are proxies' word.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXIES", "1"))
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "palier@localhost")
