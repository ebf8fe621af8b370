"""Configure the logs of an installation: JSON lines on standard error, without personal data."""

from typing import Any

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"event": {"()": "config.telemetry.logs.EventFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "event"}},
    "root": {"level": "INFO", "handlers": ["console"]},
    "loggers": {
        # Django's own handlers would mail requests, with all their data, to administrators.
        "django": {"level": "INFO", "handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # Our own loggers log these events already.
        "django.request": {"level": "ERROR"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
        "gunicorn.access": {"handlers": [], "propagate": False},
        # It logs each request with its address.
        "httpx": {"level": "WARNING"},
    },
}
