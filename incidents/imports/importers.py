"""Say how files of facts, disruptions and standing observations are imported."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sites.enums import ImportKind
from sites.imports.run import Importer

from . import run, types
from .fields import FIELDS, WORDED, constants
from .ongoing import disruptions, observations, undo
from .ongoing import fields as ongoing_fields
from .ongoing.reasons import OngoingReason
from .ongoing.run import QUESTIONS
from .ongoing.run import run as run_ongoing
from .reasons import FactReason
from .rows import SPEAKS
from .undo import FACTS

_FACTS_FOLDER = Path(__file__).parent
_ONGOING_FOLDER = _FACTS_FOLDER / "ongoing"


def importers() -> Iterator[tuple[ImportKind, Importer]]:
    """Yield each kind of file with what imports it."""
    yield ImportKind.INCIDENTS, _of_facts()
    yield ImportKind.DISRUPTIONS, _of_disruptions()
    yield ImportKind.OBSERVATIONS, _of_observations()


def _of_facts() -> Importer:
    return Importer(
        _FACTS_FOLDER / "profiles",
        run.run,
        FactReason,
        run.required,
        FACTS,
        types.accepted,
        run.QUESTIONS,
        fields=FIELDS,
        titles=_FACTS_FOLDER / "columns.toml",
        withheld=(SPEAKS,),
        by_choice=("type_left_out",),
        own=("type",),
        constants=constants,
        propose=types.propose,
        worded=WORDED,
    )


def _of_disruptions() -> Importer:
    return Importer(
        _ONGOING_FOLDER / "profiles" / "disruptions",
        partial(run_ongoing, disruptions.DISRUPTIONS),
        OngoingReason,
        lambda _profile: disruptions.DISRUPTIONS.required,
        undo.DISRUPTIONS,
        disruptions.accepted,
        QUESTIONS,
        fields=ongoing_fields.DISRUPTION_FIELDS,
        titles=_ONGOING_FOLDER / "disruptions.toml",
        withheld=(SPEAKS,),
        by_choice=("type_left_out",),
        own=("extent", "hours", "daily"),
        constants=ongoing_fields.disruption_constants,
        propose=disruptions.propose,
        worded={"extent": disruptions.extent_of},
    )


def _of_observations() -> Importer:
    return Importer(
        _ONGOING_FOLDER / "profiles" / "observations",
        partial(run_ongoing, observations.OBSERVATIONS),
        OngoingReason,
        lambda _profile: observations.OBSERVATIONS.required,
        undo.OBSERVATIONS,
        types.accepted,
        QUESTIONS,
        fields=ongoing_fields.OBSERVATION_FIELDS,
        titles=_ONGOING_FOLDER / "observations.toml",
        withheld=(SPEAKS,),
        by_choice=("type_left_out",),
        own=("frequency", "confirmed"),
        constants=ongoing_fields.observation_constants,
        propose=types.propose,
        worded={"frequency": observations.frequency_of},
    )
