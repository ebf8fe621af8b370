"""Configure the project itself as an app: it holds the commands and checks that span every app."""

import logging

from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigApp(AppConfig):
    """The app of commands that span every app, of checks, and of telemetry."""

    name = "config"
    label = "palier"

    def ready(self) -> None:
        """Register the checks and the signal handlers."""
        from . import checks  # noqa: F401
        from .telemetry import tasks  # noqa: F401

        # A warning may quote the value it warns of: log it like any other line, which withholds values.
        if settings.PRODUCTION:
            logging.captureWarnings(capture=True)


class Assets(StaticFilesConfig):
    """The static files that pages use of npm packages: no right-to-left styles, no module builds, one copy."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.rtl.*", "tabler-*", "*.esm.*", "*.cjs*", "*.amd.*", "*.d.ts", "*-src.js*", "*.txt",
        "tabler.css*", "chart.js*", "chart.umd.js*", "htmx.js", "ext", "django_htmx",
        "rest_framework", "cjs", "esm", "chunks", "controllers", "core", "elements", "helpers", "platform", "plugins", "scales", "types",
    ]  # fmt: skip
