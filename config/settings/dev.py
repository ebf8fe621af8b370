"""Configure a developer's machine: the demonstration in one process, which reloads changed code."""

from .demo import *

DEBUG = True
SECRET_KEY = "development-only-" + "0" * 40
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
# A job runs in the process that asks for it, so that a breakpoint stops there and its error is printed.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
LOGGING = {}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
