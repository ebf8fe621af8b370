"""The project itself as an app: it holds the commands that span every app."""

from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class ConfigApp(AppConfig):
    """Commands that know every app (demo, benchmarks)."""

    name = "config"
    label = "palier"


class Assets(StaticFilesConfig):
    """Collects, of the npm packages, what pages can use: no right-to-left, no module builds."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.rtl.*", "tabler-*", "*.esm.*", "*.cjs*", "*.amd.*", "*.d.ts", "*-src.js*", "*.txt",
        "rest_framework", "cjs", "esm", "chunks", "controllers", "core", "elements", "helpers", "platform", "plugins", "scales", "types",
    ]  # fmt: skip
