"""Declare the application of recorded facts, narratives, disruptions and standing observations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """The application that records facts by place and type, never by person."""

    name = "incidents"

    def ready(self) -> None:
        """Register the imports, the records that lie at places, the shield and the names of the journal's subjects."""
        from accounts.journal.reading import name_subjects
        from core.forms import register_shield
        from sites.changes import follow, mention
        from sites.imports.guard import register_inspector
        from sites.imports.run import register_importer

        from .imports.importers import importers
        from .models import Disruption, Incident, StandingObservation, UnplacedFact
        from .retention import rules as retention
        from .shield import inspect
        from .shield.validators import names_nobody

        retention.register()
        name_subjects({f"retention.{kind}": label for kind, label in retention.LABELS.items()})
        register_shield(names_nobody)
        register_inspector(lambda text: bool(inspect(text)))
        for records in (Incident, Disruption, StandingObservation):
            follow(records)
        mention(UnplacedFact, "candidates")
        for kind, importer in importers():
            register_importer(kind, importer)
        name_subjects({
            "incidents.list": _("la liste des faits"),
            "incidents.observations": _("la liste des constats permanents"),
            "incidents.disruptions": _("la liste des perturbations"),
        })  # fmt: skip
