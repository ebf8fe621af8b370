"""Configure production from the environment; config/checks.py says what is missing or unfit."""

import os

from .base import *
from .logging import *
from .mail import *
from .whitenoise import *

PRODUCTION = True
SECRET_KEY = os.environ.get("SECRET_KEY", "")
# The key before the present one reads what it encrypted and signed, until it is removed from here.
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
SCOPE_KEY = SECRET_KEY
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host]
SITE_URL = f"https://{ALLOWED_HOSTS[0]}" if ALLOWED_HOSTS else ""
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many addresses at the end of X-Forwarded-For are written by trusted proxies. Without it the proxy's
# own address would count for every visitor: five wrong passwords of one would close the login to all.
_proxies = os.environ.get("TRUSTED_PROXIES", "1")
ALLAUTH_TRUSTED_PROXY_COUNT = int(_proxies) if _proxies.isdecimal() else 0
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
