"""Record, confirm and end standing observations; record and end disruptions."""

import datetime as dt
from typing import TYPE_CHECKING, Required, TypedDict, Unpack

from django.db import transaction
from django.db.models import DateField, ExpressionWrapper, F, Max, Q, QuerySet

from accounts.enums import AuditAction, Role
from accounts.scope import Scope
from incidents.changes import lasts
from incidents.enums import Extent, Service
from incidents.facts.services import Place, placed_at
from incidents.models import Confirmation, Disruption, FactType, StandingObservation
from sites.zones import today_at

from .holding import check_shown, enter, hold, hold_end, sign
from .once import refuse_twice
from .seeing import seen_mark

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Confirmed(TypedDict):
        confirmed_on: dt.date | None
        counts_until: dt.date | None

    Followed = WithAnnotations[StandingObservation, _Confirmed]

LAPSING_DAYS = 60


class RereadMeanwhileError(Exception):
    """The error of reading again a disruption that somebody has read again since."""


def followed(rows: QuerySet[StandingObservation]) -> "QuerySet[Followed]":
    """Add ``confirmed_on`` and ``counts_until``, the last day on which it counts; None if never confirmed."""
    until = ExpressionWrapper(F("confirmed_on") + lasts("residence"), DateField())
    return rows.annotate(confirmed_on=Max("confirmations__day")).annotate(counts_until=until)


def today_there(record: StandingObservation | Disruption) -> dt.date:
    """Return the current day at the place of a record."""
    return today_at(record.commune.department)


def to_confirm(today: dt.date) -> Q:
    """Return the condition of observations to confirm: not ended, and never confirmed, or not for a while.

    A while is :data:`LAPSING_DAYS`: the observation stops counting soon, or has stopped already.
    """
    return Q(ended_on=None) & (Q(confirmed_on=None) | Q(confirmed_on__lt=today - dt.timedelta(LAPSING_DAYS)))


@transaction.atomic
def record_observation(
    *, scope: Scope, place: Place, fact_type: FactType, frequency: int, since: dt.date
) -> StandingObservation:
    """Record a standing observation, confirmed as of today.

    Raises:
        AlreadyRecordedError: one that goes on and is not cancelled says the same.
    """
    observation = StandingObservation(
        **placed_at(place),
        fact_type=fact_type,
        frequency=frequency,
        since=since,
        created_by_id=scope.user_id,
    )
    refuse_twice(observation)
    observation.save(force_insert=True)
    _confirm(scope, observation)
    enter(scope, AuditAction.CREATE, observation)
    return observation


@transaction.atomic
def confirm_observation(
    *, scope: Scope, observation: StandingObservation, version: str | None = None
) -> bool:
    """Confirm an observation as of today; return False when it was confirmed today already.

    Args:
        scope: who acts.
        observation: the observation.
        version: the version of it that the person was shown, None where they were shown none.

    Raises:
        EndedMeanwhileError: it has ended, or was cancelled.
        StaleError: it has changed since ``version``.
    """
    hold(observation, ended_on=None)
    check_shown(observation, version)
    made = _confirm(scope, observation)
    enter(scope, AuditAction.UPDATE, observation)
    return made


def withdrawable(scope: Scope, observation: StandingObservation) -> QuerySet[Confirmation]:
    """Return the confirmations that the person may withdraw: their own of today; a security lead any but the first.

    The first statement cannot be withdrawn: an observation is cancelled, not left without any confirmation.
    """
    given = Confirmation.objects.filter(observation=observation)
    first = given.order_by("day").values("pk")[:1]
    later = given.exclude(pk__in=first)
    if observation.landlord_id in scope.roles.get(Role.LEAD, ()):
        return later
    return later.filter(day=today_there(observation), confirmed_by_id=scope.user_id)


@transaction.atomic
def withdraw_confirmation(
    *, scope: Scope, observation: StandingObservation, confirmation: int | None = None
) -> bool:
    """Withdraw a confirmation; return False when there is none to withdraw.

    Args:
        scope: who acts.
        observation: the observation.
        confirmation: the id of one of :func:`withdrawable`; None for the acting person's of today.

    Raises:
        EndedMeanwhileError: it has ended, or was cancelled.
    """
    hold(observation, ended_on=None)
    given = withdrawable(scope, observation)
    if confirmation is None:
        given = given.filter(day=today_there(observation), confirmed_by_id=scope.user_id)
    else:
        given = given.filter(pk=confirmation)
    day = given.values_list("day", flat=True).first()
    if not (day and Confirmation.objects.filter(pk__in=given.values("pk")).delete()[0]):
        return False
    enter(scope, AuditAction.CANCEL, observation, confirmation=day.isoformat())
    return True


@transaction.atomic
def end_observation(
    *, scope: Scope, observation: StandingObservation, on: dt.date, version: str = ""
) -> None:
    """End an observation on a day.

    Args:
        scope: who acts.
        observation: the observation.
        on: its last day.
        version: the version of its end that the form was opened on; needed to replace an end alone.

    Raises:
        EndedMeanwhileError: it was cancelled; nothing is written.
        StaleError: it was ended meanwhile; that day stays.
    """
    hold_end(observation, "ended_on", version)
    observation.ended_on = on
    sign(scope, observation, "ended_on")
    enter(scope, AuditAction.UPDATE, observation)


class StatedDisruption(TypedDict, total=False):
    """What a disruption states beside its place, as :class:`incidents.models.Disruption` says."""

    service: Required[str]
    extent: Required[str]
    starts_on: Required[dt.date]
    ends_on: dt.date | None
    recurs_daily: bool
    hours_from: dt.time | None
    hours_until: dt.time | None


@transaction.atomic
def record_disruption(*, scope: Scope, place: Place, **stated: Unpack[StatedDisruption]) -> Disruption:
    """Record a disruption of a service or a piece of equipment, ended or not.

    Raises:
        AlreadyRecordedError: one that is not cancelled says the same.
    """
    where = placed_at(place)
    seen = seen_mark(scope, where["landlord_id"])
    disruption = Disruption(**where, **stated, **seen, created_by_id=scope.user_id)
    refuse_twice(disruption)
    disruption.save(force_insert=True)
    enter(scope, AuditAction.CREATE, disruption)
    return disruption


@transaction.atomic
def end_disruption(*, scope: Scope, disruption: Disruption, on: dt.date, version: str = "") -> None:
    """End a disruption; ``on`` is its last day. For the rest see :func:`end_observation`."""
    hold_end(disruption, "ends_on", version)
    disruption.ends_on = on
    sign(scope, disruption, "ends_on")
    enter(scope, AuditAction.UPDATE, disruption)


@transaction.atomic
def reread_disruption(
    *,
    scope: Scope,
    disruption: Disruption,
    extent: str,
    hours_from: dt.time | None = None,
    hours_until: dt.time | None = None,
    version: str | None = None,
) -> None:
    """Say of a disruption entered under the former rule how far it went, with the hours of an impossible presence.

    Raises:
        RereadMeanwhileError: somebody has said it since.
        StaleError: it has changed since ``version``, the one that the person was shown.
    """
    if not to_reread(Disruption.objects.current().select_for_update()).filter(pk=disruption.pk).values("pk"):
        raise RereadMeanwhileError
    check_shown(disruption, version)
    disruption.extent, disruption.former_rule = extent, False
    disruption.hours_from, disruption.hours_until = hours_from, hours_until
    mark = seen_mark(scope, disruption.landlord_id)
    disruption.seen_at, disruption.seen_by_id = mark["seen_at"], mark["seen_by_id"]
    sign(scope, disruption, "extent", "former_rule", "hours_from", "hours_until", *mark)
    enter(scope, AuditAction.UPDATE, disruption)


def to_reread(rows: QuerySet[Disruption]) -> QuerySet[Disruption]:
    """Keep the disruptions that gave level 4 by the former rule alone, and that nobody has read again."""
    lesser = {"extent__in": (Extent.LIMITED, Extent.PARTIAL), "recurs_daily": False}
    return rows.filter(former_rule=True, service=Service.STAFF_PRESENCE, **lesser)


def _confirm(scope: Scope, observation: StandingObservation) -> bool:
    _confirmation, made = Confirmation.objects.get_or_create(
        observation=observation,
        day=today_there(observation),
        defaults={"confirmed_by_id": scope.user_id},
    )
    return made
