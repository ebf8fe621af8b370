"""The project itself as an app: it holds the commands that span every app."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    """Commands that know every app (demo, benchmarks)."""

    name = "config"
    label = "palier"
