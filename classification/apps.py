"""The method: scale, grid, engine, levels and their explanation."""

from django.apps import AppConfig


class ClassificationConfig(AppConfig):
    """Re-evaluates a residence in the transaction that changed its records or its addresses."""

    name = "classification"

    def ready(self) -> None:
        """Ask to be told whose records changed, and which places are new or moved."""
        from incidents.changes import on_change
        from sites.changes import on_places_changed

        from .services import evaluate

        on_change(evaluate)
        on_places_changed(evaluate)
