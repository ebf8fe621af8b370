"""The method: scale, grid, engine, levels and their explanation."""

from django.apps import AppConfig


class ClassificationConfig(AppConfig):
    """Re-evaluates a residence in the transaction that changed its records."""

    name = "classification"

    def ready(self) -> None:
        """Ask to be told which residences changed, and which are new."""
        from incidents.changes import on_change
        from sites.changes import on_new_places

        from .services import evaluate

        on_change(evaluate)
        on_new_places(evaluate)
