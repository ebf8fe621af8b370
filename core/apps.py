"""The ground floor: row-level-security helpers, jobs, the outbox, files, dates."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Holds the one table of its own, the outbox; it imports no other app."""

    name = "core"
