"""Configure the test suite."""

from .base import *

INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
SECRET_KEY = "test-only-" + "0" * 40
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tests collect no static files.
WHITENOISE_AUTOREFRESH = True
# Tests log in by the thousand; those of the second factor ask it of everybody (tests/factors.py).
SECOND_FACTOR_ASKED_OF = frozenset()
# A session saved when the minute turns would add queries to those that tests count.
SESSION_KEPT_EVERY_S = 10**9
# A test keeps one transaction open while it starts processes and loads pages, on a machine that is busy.
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"]["OPTIONS"],
    "options": "-c idle_in_transaction_session_timeout=0 -c statement_timeout=2min -c lock_timeout=1min",
}
# The page of security contacts exists only where there is one.
SECURITY_CONTACT = "security@operator.example"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
