"""Standing observations and disruptions: what goes on from a day until another."""

import datetime as dt
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.db.models import DateField, ExpressionWrapper, F, Max, Q, QuerySet
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from incidents.changes import lasts, records_changed
from incidents.facts.services import Place, placed_at
from incidents.models import Confirmation, Disruption, FactType, StandingObservation

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Confirmed(TypedDict):
        confirmed_on: dt.date | None
        counts_until: dt.date | None

    Followed = WithAnnotations[StandingObservation, _Confirmed]

LAPSING_DAYS = 60


class EndedMeanwhileError(Exception):
    """What was to be changed has ended since it was read: nothing is written."""


def followed(rows: QuerySet[StandingObservation]) -> "QuerySet[Followed]":
    """Add ``confirmed_on`` and ``counts_until``, its last day that counts; None if never confirmed."""
    until = ExpressionWrapper(F("confirmed_on") + lasts("residence"), DateField())
    return rows.annotate(confirmed_on=Max("confirmations__day")).annotate(counts_until=until)


def to_confirm(today: dt.date) -> Q:
    """Keep what goes on and nobody confirmed for a while: it stops counting, or has stopped already."""
    return Q(ended_on=None) & (Q(confirmed_on=None) | Q(confirmed_on__lt=today - dt.timedelta(LAPSING_DAYS)))


@transaction.atomic
def record_observation(
    *, scope: Scope, place: Place, fact_type: FactType, frequency: int, since: dt.date
) -> StandingObservation:
    """State what goes on at a place, and confirm it as of today."""
    observation = StandingObservation.objects.create(
        **placed_at(place),
        fact_type=fact_type,
        frequency=frequency,
        since=since,
        created_by_id=scope.user_id,
    )
    _confirm(scope, observation)
    _write_entry(scope, AuditAction.CREATE, observation)
    return observation


@transaction.atomic
def confirm_observation(*, scope: Scope, observation: StandingObservation) -> bool:
    """Say that it still goes on today; False when it was said today already, and nothing changed.

    Raises:
        EndedMeanwhileError: it has ended.
    """
    _hold(observation, ended_on=None)
    made = _confirm(scope, observation)
    _write_entry(scope, AuditAction.UPDATE, observation)
    return made


@transaction.atomic
def withdraw_confirmation(*, scope: Scope, observation: StandingObservation) -> bool:
    """Take back what the same person confirmed today; False when there is nothing of theirs to take.

    The day it was first stated stays: an observation is ended, not left without a statement.

    Raises:
        EndedMeanwhileError: it has ended.
    """
    _hold(observation, ended_on=None)
    given = Confirmation.objects.filter(
        observation=observation, day=timezone.localdate(), confirmed_by_id=scope.user_id
    )
    earlier = Confirmation.objects.filter(observation=observation, day__lt=timezone.localdate())
    if not (earlier.exists() and given.delete()[0]):
        return False
    _write_entry(scope, AuditAction.CANCEL, observation)
    return True


@transaction.atomic
def end_observation(*, scope: Scope, observation: StandingObservation, on: dt.date) -> None:
    """Say on which day it ended.

    Raises:
        EndedMeanwhileError: somebody said so before; that day stays.
    """
    _hold(observation, ended_on=None)
    observation.ended_on = on
    observation.save(update_fields=["ended_on"])
    _write_entry(scope, AuditAction.UPDATE, observation)


@transaction.atomic
def record_disruption(
    *,
    scope: Scope,
    place: Place,
    service: str,
    extent: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    recurs_daily: bool = False,
) -> Disruption:
    """Record a service or a piece of equipment disturbed, over or still going on."""
    disruption = Disruption.objects.create(
        **placed_at(place),
        service=service,
        extent=extent,
        starts_on=starts_on,
        ends_on=ends_on,
        recurs_daily=recurs_daily,
        created_by_id=scope.user_id,
    )
    _write_entry(scope, AuditAction.CREATE, disruption)
    return disruption


@transaction.atomic
def end_disruption(*, scope: Scope, disruption: Disruption, on: dt.date) -> None:
    """Say on which day it was last disturbed.

    Raises:
        EndedMeanwhileError: somebody said so before; that day stays.
    """
    _hold(disruption, ends_on=None)
    disruption.ends_on = on
    disruption.save(update_fields=["ends_on"])
    _write_entry(scope, AuditAction.UPDATE, disruption)


def _hold(subject: StandingObservation | Disruption, **going_on: None) -> None:
    """Hold the row until the end of the transaction, if it still goes on."""
    rows = type(subject).objects.select_for_update().filter(pk=subject.pk, **going_on)
    if not rows.values("pk"):
        raise EndedMeanwhileError


def _confirm(scope: Scope, observation: StandingObservation) -> bool:
    _confirmation, made = Confirmation.objects.get_or_create(
        observation=observation,
        day=timezone.localdate(),
        defaults={"confirmed_by_id": scope.user_id},
    )
    return made


def _write_entry(scope: Scope, action: AuditAction, subject: StandingObservation | Disruption) -> None:
    write_entry(scope, action, subject, organisation_id=subject.landlord_id, residence=subject.residence_id)
    records_changed([subject.residence_id])
