"""Configure the app below all others: row-level-security helpers, jobs, the outbox, files, dates."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The app that holds one table, the outbox, and imports no other app."""

    name = "core"

    def ready(self) -> None:
        """Register the sort key of names with the text fields of every app, and how addresses write numbers."""
        from . import opaque, order  # noqa: F401
