"""Configure the server of browser tests: the demonstration, without collecting assets first."""

from .demo import *

SECRET_KEY = "browser-tests-only-" + "0" * 40
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# A person whom a test invites, and the account that shows the enrolment (tests/browser/test_factors.py).
SECOND_FACTOR_ASKED_OF = frozenset({"securite@demonstration.invalid", "conviee@exemple.invalid"})
