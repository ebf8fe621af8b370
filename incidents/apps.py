"""Declare the application of recorded facts, narratives, disruptions and standing observations."""

from functools import partial
from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """The application that records facts by place and type, never by person."""

    name = "incidents"

    def ready(self) -> None:
        """Register the import of facts and the names of this application's journal subjects."""
        from accounts.journal.reading import name_subjects
        from core.forms import register_shield
        from sites.changes import follow, mention
        from sites.enums import ImportKind
        from sites.imports.guard import register_inspector
        from sites.imports.run import Importer, register_importer

        from .imports import run, types
        from .imports.fields import FIELDS, WORDED, constants
        from .imports.reasons import FactReason
        from .imports.rows import SPEAKS
        from .imports.undo import FACTS
        from .models import Disruption, Incident, StandingObservation, UnplacedFact
        from .shield import inspect
        from .shield.validators import names_nobody

        register_shield(names_nobody)
        folder = Path(self.path) / "imports" / "profiles"
        importer = Importer(
            folder,
            run.run,
            FactReason,
            run.required,
            FACTS,
            types.accepted,
            run.QUESTIONS,
            fields=FIELDS,
            titles=folder.parent / "columns.toml",
            withheld=(SPEAKS,),
            by_choice=("type_left_out",),
            own=("type",),
            constants=constants,
            propose=types.propose,
            worded=WORDED,
        )
        for records in (Incident, Disruption, StandingObservation):
            follow(records)
        mention(UnplacedFact, "candidates")
        register_inspector(lambda text: bool(inspect(text)))
        register_importer(ImportKind.INCIDENTS, importer)
        self._register_ongoing(Path(self.path) / "imports" / "ongoing")
        name_subjects({
            "incidents.list": _("la liste des faits"),
            "incidents.observations": _("la liste des constats permanents"),
            "incidents.disruptions": _("la liste des perturbations"),
        })  # fmt: skip

    @staticmethod
    def _register_ongoing(folder: Path) -> None:
        """Register the imports of disruptions and of standing observations."""
        from sites.enums import ImportKind
        from sites.imports.run import Importer, register_importer

        from .imports import types
        from .imports.ongoing import disruptions, fields, observations, undo
        from .imports.ongoing.reasons import OngoingReason
        from .imports.ongoing.run import QUESTIONS, run
        from .imports.rows import SPEAKS

        of_disruptions = Importer(
            folder / "profiles" / "disruptions",
            partial(run, disruptions.DISRUPTIONS),
            OngoingReason,
            lambda _profile: disruptions.DISRUPTIONS.required,
            undo.DISRUPTIONS,
            disruptions.accepted,
            QUESTIONS,
            fields=fields.DISRUPTION_FIELDS,
            titles=folder / "disruptions.toml",
            withheld=(SPEAKS,),
            by_choice=("type_left_out",),
            own=("extent", "hours", "daily"),
            constants=fields.disruption_constants,
            propose=disruptions.propose,
            worded={"extent": disruptions.extent_of},
        )
        of_observations = Importer(
            folder / "profiles" / "observations",
            partial(run, observations.OBSERVATIONS),
            OngoingReason,
            lambda _profile: observations.OBSERVATIONS.required,
            undo.OBSERVATIONS,
            types.accepted,
            QUESTIONS,
            fields=fields.OBSERVATION_FIELDS,
            titles=folder / "observations.toml",
            withheld=(SPEAKS,),
            by_choice=("type_left_out",),
            own=("frequency", "confirmed"),
            constants=fields.observation_constants,
            propose=types.propose,
            worded={"frequency": observations.frequency_of},
        )
        register_importer(ImportKind.DISRUPTIONS, of_disruptions)
        register_importer(ImportKind.OBSERVATIONS, of_observations)
