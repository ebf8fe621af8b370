"""Propose the grid of a territory, answer for a landlord, withdraw what was proposed, and settle what all have accepted."""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import Organisation, User
from accounts.scope import Scope, system_scope
from classification.campaigns.days import hold_grid
from classification.campaigns.services import sharing_with
from classification.campaigns.tasks import remind_leads
from classification.engine.services import grid_of_territory
from classification.models import (
    ANSWERS,
    AdoptionState,
    AdoptionStep,
    Campaign,
    CampaignState,
    GridAdoption,
    GridVersion,
    StepKind,
)
from core.constraints import refused_as
from core.dates import long_date
from core.once import refuse_again
from core.outbox import services as outbox
from sites.models import Territory

from . import tasks

_LOGGER = logging.getLogger("palier.evaluation")


class AdoptionsIncompleteError(Exception):
    """The error raised when some adoptions could not be settled; all others were looked at."""


class MovedOnError(Exception):
    """The adoption is not where the page showed it any more; nothing was written."""


@transaction.atomic
def propose(
    scope: Scope,
    *,
    territory: Territory,
    version: GridVersion,
    starts_on: dt.date,
    reason: str,
    saved_as: Mapping[str, Any] | None = None,
) -> GridAdoption:
    """Propose a version to the landlords that share with a territory, and have their leads mailed without content.

    Args:
        scope: of a coordinator of the territory.
        territory: the territory.
        version: a stored version, or one to store.
        starts_on: the first day that it is to count for.
        reason: why, for those who are asked.
        saved_as: ``name``, ``note`` and ``sources`` of a version to store; None for a stored one.

    Raises:
        MadeAlreadyError: the person has just proposed the same one.
        GridError: the version is not a complete, monotone grid.
        ValidationError: it cannot be proposed, and why.
    """
    own = GridAdoption.objects.filter(state=AdoptionState.PROPOSED, steps__by=scope.person_id)
    called = saved_as["name"] if saved_as else version.name
    refuse_again(
        own, territory=territory, grid_version__name=called, starts_on=starts_on, steps__reason=reason
    )
    landlords = sharing_with(territory)
    _check_proposed(territory, version, starts_on, landlords)
    if saved_as is not None:
        version.territory = territory
        for name, value in saved_as.items():
            setattr(version, name, value)
        # A version whose level falls cannot be read: it is refused before it is stored.
        _read = version.grid
        with refused_as(ValidationError({"name": _("Une version de la grille porte déjà ce nom.")})):
            version.save(force_insert=True)
        write_entry(scope, AuditAction.CREATE, version, organisation_id=territory.organisation_id)
    with refused_as(
        ValidationError(_("Une grille est déjà proposée pour ce territoire : retirez-la d’abord."))
    ):
        adoption = GridAdoption.objects.create(
            territory=territory, grid_version=version, starts_on=starts_on, state=AdoptionState.PROPOSED
        )
    _step(scope, adoption, StepKind.PROPOSED, territory.organisation, reason)
    write_entry(
        scope, AuditAction.CREATE, adoption, organisation_id=territory.organisation_id, concerns=landlords
    )
    for landlord in landlords:
        outbox.send(remind_leads, landlord)
    return adoption


def _check_proposed(
    territory: Territory, version: GridVersion, starts_on: dt.date, landlords: list[int]
) -> None:
    if not landlords:
        raise ValidationError(
            _("Aucun bailleur n’a de convention en cours avec ce territoire : personne ne peut accepter.")
        )
    if starts_on < timezone.localdate():
        raise ValidationError({"starts_on": _("Ce jour est passé.")})
    hold_grid(territory.pk)
    campaign = Campaign.objects.filter(
        territory=territory, state=CampaignState.OPEN, deadline__gte=starts_on
    ).first()
    if campaign is not None:
        said = _(
            "La campagne « %(name)s » est ouverte jusqu’au %(day)s : choisissez un jour qui vient après."
        )
        raise ValidationError(
            {"starts_on": said % {"name": campaign.name, "day": long_date(campaign.deadline)}}
        )
    if version.pk and version.pk == grid_of_territory(territory.pk, starts_on).pk:
        raise ValidationError(_("Cette version est déjà celle qui compte ce jour-là pour ce territoire."))


@transaction.atomic
def answer(
    scope: Scope, adoption: GridAdoption, *, landlord: Organisation, accepts: bool, reason: str = ""
) -> AdoptionState:
    """Accept what is proposed for a landlord, or refuse it with a reason; return where the adoption stands then.

    One refusal settles it: another version, or another day, is proposed anew.

    Raises:
        MovedOnError: it is proposed no more, its day has passed, or somebody answered for the landlord meanwhile.
    """
    held = _held(adoption, AdoptionState.PROPOSED)
    if held.passed:
        raise MovedOnError
    kind = StepKind.ACCEPTED if accepts else StepKind.REFUSED
    with refused_as(MovedOnError()):
        _step(scope, held, kind, landlord, "" if accepts else reason)
    state = settle(held)
    write_entry(
        scope, AuditAction.UPDATE, held, organisation_id=landlord.pk,
        concerns=[held.territory.organisation_id, *_told(held, state)],
        accepted=accepts, refused=not accepts, adopted=state == AdoptionState.ADOPTED,
    )  # fmt: skip
    return state


@transaction.atomic
def withdraw(scope: Scope, adoption: GridAdoption, *, reason: str) -> None:
    """Withdraw what is proposed, or was adopted and has not begun.

    Raises:
        MovedOnError: it has begun, or was settled otherwise.
    """
    held = _held(adoption, AdoptionState.PROPOSED, AdoptionState.ADOPTED)
    if held.state == AdoptionState.ADOPTED and held.begun:
        raise MovedOnError
    _step(scope, held, StepKind.WITHDRAWN, held.territory.organisation, reason)
    held.state, held.settled_at = AdoptionState.WITHDRAWN, timezone.now()
    held.save(update_fields=["state", "settled_at"])
    landlords = sharing_with(held.territory)
    write_entry(
        scope, AuditAction.CANCEL, held, organisation_id=held.territory.organisation_id, concerns=landlords
    )


def settle(adoption: GridAdoption) -> AdoptionState:
    """Adopt or refuse what is proposed, as far as its answers go; return where it stands then.

    The caller holds its row, or is the night's job.
    """
    with system_scope("evaluation"):
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, {"adoption": adoption.pk})
            settled = cursor.fetchone()
        if settled is None:
            return AdoptionState.PROPOSED
    state = AdoptionState(settled[0])
    if state == AdoptionState.ADOPTED and adoption.begun:
        outbox.send(tasks.evaluate_territory, adoption.territory_id)
    return state


def settle_all() -> int:
    """Adopt what waits for no landlord any more, since one that had not answered stopped sharing; return how many.

    Raises:
        AdoptionsIncompleteError: one failed and waits for the next night; all others were looked at.
    """
    with system_scope("evaluation"):
        waiting = list(GridAdoption.objects.filter(state=AdoptionState.PROPOSED).order_by("pk"))
    adopted, failed = 0, 0
    for one in waiting:
        try:
            adopted += _settle_alone(one) == AdoptionState.ADOPTED
        except Exception:
            failed += 1
            _LOGGER.exception("the adoption of a grid was not settled")
    if failed:
        message = f"{failed} of {len(waiting)} adoptions of grids were not settled"
        raise AdoptionsIncompleteError(message)
    return adopted


@transaction.atomic
def _settle_alone(adoption: GridAdoption) -> AdoptionState | None:
    """Settle what is proposed, with its entry in the journals; return where it stands then, None if it was settled meanwhile."""
    held = _locked(adoption, AdoptionState.PROPOSED)
    if held is None:
        return None
    state = settle(held)
    if state != AdoptionState.PROPOSED:
        with system_scope("evaluation") as scope:
            write_entry(
                scope, AuditAction.UPDATE, held, organisation_id=held.territory.organisation_id,
                concerns=_told(held, state), adopted=state == AdoptionState.ADOPTED,
            )  # fmt: skip
    return state


def _told(adoption: GridAdoption, state: AdoptionState) -> list[int]:
    """Return the landlords whose journals tell what became of a proposal: all that share, none while it waits.

    A lead sees the agreements of their own landlords alone, so that the product reads them in its own name.
    """
    if state == AdoptionState.PROPOSED:
        return []
    with system_scope("evaluation"):
        return sharing_with(adoption.territory)


# What a trigger lets through (policies/0013_grid_governance.sql): it says the same again, and refuses what differs.
_SETTLE = """
UPDATE classification_gridadoption a SET settled_at = now(), state = said.state
FROM (
    SELECT CASE WHEN count(*) FILTER (WHERE s.kind = 'refused') > 0 THEN 'refused' ELSE 'adopted' END AS state,
        count(*) FILTER (WHERE s.kind = 'refused') > 0 OR count(*) FILTER (WHERE s.kind = 'accepted') > 0
            AND palier_adoption_awaits(%(adoption)s) = 0 AS settled
    FROM classification_adoptionstep s WHERE s.adoption_id = %(adoption)s
) said
WHERE a.id = %(adoption)s AND a.state = 'proposed' AND said.settled AND a.starts_on >= palier_today()
RETURNING a.state
"""


def _held(adoption: GridAdoption, *states: AdoptionState) -> GridAdoption:
    """Return the adoption, locked until the end of the transaction, if it is in one of ``states``.

    Raises:
        MovedOnError: it is not.
    """
    held = _locked(adoption, *states)
    if held is None:
        raise MovedOnError
    return held


def _locked(adoption: GridAdoption, *states: AdoptionState) -> GridAdoption | None:
    """Return the adoption, locked; a lead may not change its row, so that the product locks it in its own name."""
    with system_scope("evaluation"):
        rows = GridAdoption.objects.select_for_update(of=("self",)).select_related("territory__organisation")
        return rows.filter(pk=adoption.pk, state__in=states).first()


def _step(
    scope: Scope, adoption: GridAdoption, kind: StepKind, organisation: Organisation, reason: str
) -> None:
    AdoptionStep.objects.create(
        adoption=adoption, territory_id=adoption.territory_id, kind=kind, organisation=organisation,
        organisation_name=organisation.name, by_id=scope.person_id, reason=reason,
        by_name=User.objects.get(pk=scope.person_id).get_full_name(),
    )  # fmt: skip


def answered(adoption: GridAdoption) -> set[int]:
    """Return the ids of the landlords for which somebody answered."""
    return {*adoption.steps.filter(kind__in=ANSWERS).values_list("organisation_id", flat=True)}
