"""A developer's machine."""

from .base import *

DEBUG = True
INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
SECRET_KEY = "development-only-" + "0" * 40
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
