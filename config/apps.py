"""The project itself as an app: it holds the commands that span every app."""

import logging

from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigApp(AppConfig):
    """Commands that know every app (demo, benchmarks), checks, and what is told of requests and tasks."""

    name = "config"
    label = "palier"

    def ready(self) -> None:
        """Register the checks and the listeners."""
        from . import checks  # noqa: F401
        from .telemetry import tasks  # noqa: F401

        # A warning may quote the value it warns of: it goes the way of every other line.
        if settings.PRODUCTION:
            logging.captureWarnings(capture=True)


class Assets(StaticFilesConfig):
    """Collects, of the npm packages, what pages can use: no right-to-left, no module builds, one copy."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.rtl.*", "tabler-*", "*.esm.*", "*.cjs*", "*.amd.*", "*.d.ts", "*-src.js*", "*.txt",
        "tabler.css*", "chart.js*", "chart.umd.js*", "htmx.js", "ext", "django_htmx",
        "rest_framework", "cjs", "esm", "chunks", "controllers", "core", "elements", "helpers", "platform", "plugins", "scales", "types",
    ]  # fmt: skip
