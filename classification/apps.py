"""Declare the application of the method: scale, grid, engine, levels and their explanation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClassificationConfig(AppConfig):
    """The application that re-evaluates a residence in the transaction that changed its records or addresses."""

    name = "classification"

    def ready(self) -> None:
        """Register the evaluation, the source of levels and durations, what is erased, and the names of journal subjects."""
        from accounts.journal.reading import name_subjects
        from incidents.changes import on_change, on_lasting, on_levels
        from sites import changes as sites

        from .campaigns import retention as of_campaigns
        from .decisions import retention
        from .engine.changed import note_change
        from .engine.services import confirmation_days, evaluate, levels_of, marks_of
        from .foresight import retention as of_foresight
        from .history.stale import note_stale
        from .workshop import retention as of_workshops

        retention.register()
        of_campaigns.register()
        of_foresight.register()
        of_workshops.register()
        on_change(evaluate)
        on_change(note_change)
        on_change(note_stale)
        on_lasting(confirmation_days)
        on_levels(levels_of)
        sites.on_places_changed(evaluate)
        sites.on_points_moved(evaluate)
        sites.on_places_changed(note_stale)
        sites.on_marks(marks_of)
        name_subjects({
            "retention.decisions": retention.LABEL,
            "retention.assessments": of_campaigns.LABEL,
            "retention.contests": of_workshops.CONTESTS.label,
            "retention.settlements": of_workshops.SETTLEMENTS.label,
            "retention.rests": of_foresight.LABEL,
            "classification.residences": _("la liste des résidences"),
            "classification.history": _("l’évolution des niveaux"),
            "classification.indicators": _("les indicateurs"),
            "classification.watch": _("les sites à surveiller"),
            "classification.map": _("la carte des niveaux"),
            "classification.grid": _("la méthode et sa grille"),
            "classification.simulator": _("le simulateur de la grille"),
        })  # fmt: skip
