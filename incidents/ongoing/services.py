"""Record, confirm and end standing observations; record and end disruptions."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Required, TypedDict, Unpack

from django.db import transaction
from django.db.models import DateField, ExpressionWrapper, F, Max, Q, QuerySet
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.versions import StaleError, State, check_version
from incidents.changes import lasts, records_changed
from incidents.enums import Extent, Service
from incidents.facts.services import Place, placed_at
from incidents.models import Confirmation, Disruption, FactType, Lasting, StandingObservation
from sites.zones import today_at

from .states import state_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Confirmed(TypedDict):
        confirmed_on: dt.date | None
        counts_until: dt.date | None

    Followed = WithAnnotations[StandingObservation, _Confirmed]

LAPSING_DAYS = 60


class EndedMeanwhileError(Exception):
    """The error of changing an observation or a disruption that has ended, or was cancelled, since it was read."""


class OutdatedError(Exception):
    """The error of a decision about records of which some have changed since they were shown; nothing was written."""

    def __init__(self, stale: list[StaleError]) -> None:
        super().__init__(len(stale))
        self.stale = stale


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
    """Record a standing observation, confirmed as of today."""
    observation = StandingObservation.objects.create(
        **placed_at(place),
        fact_type=fact_type,
        frequency=frequency,
        since=since,
        created_by_id=scope.user_id,
    )
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
    _hold(observation, ended_on=None)
    _check_shown(observation, version)
    made = _confirm(scope, observation)
    enter(scope, AuditAction.UPDATE, observation)
    return made


@transaction.atomic
def withdraw_confirmation(*, scope: Scope, observation: StandingObservation) -> bool:
    """Withdraw the acting person's confirmation of today; return False when there is none to withdraw.

    The first statement cannot be withdrawn: an observation is ended, not left without any confirmation.

    Raises:
        EndedMeanwhileError: it has ended, or was cancelled.
    """
    _hold(observation, ended_on=None)
    today = today_there(observation)
    given = Confirmation.objects.filter(observation=observation, day=today, confirmed_by_id=scope.user_id)
    earlier = Confirmation.objects.filter(observation=observation, day__lt=today)
    if not (earlier.exists() and given.delete()[0]):
        return False
    enter(scope, AuditAction.CANCEL, observation)
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
    _hold_end(observation, "ended_on", version)
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
    """Record a disruption of a service or a piece of equipment, ended or not."""
    where = placed_at(place)
    seen = seen_mark(scope, where["landlord_id"])
    disruption = Disruption.objects.create(**where, **stated, **seen, created_by_id=scope.user_id)
    enter(scope, AuditAction.CREATE, disruption)
    return disruption


@transaction.atomic
def end_disruption(*, scope: Scope, disruption: Disruption, on: dt.date, version: str = "") -> None:
    """End a disruption; ``on`` is its last day. For the rest see :func:`end_observation`."""
    _hold_end(disruption, "ends_on", version)
    disruption.ends_on = on
    sign(scope, disruption, "ends_on")
    enter(scope, AuditAction.UPDATE, disruption)


def sign(scope: Scope, subject: Lasting, *changed: str) -> None:
    """Write the changed columns, with who changed them and when; the database keeps the former ones."""
    subject.changed_by_id = scope.user_id
    subject.changed_at = timezone.now()
    subject.save(update_fields=[*changed, "changed_by_id", "changed_at"])


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
    _check_shown(disruption, version)
    disruption.extent, disruption.former_rule = extent, False
    disruption.hours_from, disruption.hours_until = hours_from, hours_until
    mark = seen_mark(scope, disruption.landlord_id)
    disruption.seen_at, disruption.seen_by_id = mark["seen_at"], mark["seen_by_id"]
    sign(scope, disruption, "extent", "former_rule", "hours_from", "hours_until", *mark)
    enter(scope, AuditAction.UPDATE, disruption)


@transaction.atomic
def mark_seen(
    *, scope: Scope, disruptions: Collection[int], versions: Mapping[int, str] | None = None
) -> int:
    """Mark disruptions as seen by the acting lead, those that are cancelled or seen already left out.

    Args:
        scope: a security lead.
        disruptions: ids; those of landlords that the person does not lead are left out.
        versions: id → the version that the person was shown; None where they were shown none.

    Returns:
        How many were marked.

    Raises:
        OutdatedError: some have changed since these versions; none is marked.
    """
    leads = scope.roles.get(Role.LEAD, ())
    rows = to_see(Disruption.objects.filter(pk__in=disruptions, landlord__in=leads))
    held = list(rows.select_related("residence", "address").select_for_update(of=("self",)).order_by("pk"))
    if versions is not None and (stale := [*_outdated(held, versions)]):
        raise OutdatedError(stale)
    for disruption in held:
        disruption.seen_at, disruption.seen_by_id = timezone.now(), scope.user_id
        disruption.save(update_fields=["seen_at", "seen_by_id"])
        write_entry(
            scope, AuditAction.UPDATE, disruption, organisation_id=disruption.landlord_id,
            residence=disruption.residence_id, seen=True,
        )  # fmt: skip
    if held:
        # No level of the landlord's changes; what a publication shows may.
        residences = sorted({disruption.residence_id for disruption in held})
        records_changed(residences, since=min(disruption.starts_on for disruption in held))
    return len(held)


def _outdated(held: Iterable[Disruption], versions: Mapping[int, str]) -> Iterator[StaleError]:
    for disruption in held:
        try:
            check_version(versions.get(disruption.pk, ""), disruption, state_of(disruption))
        except StaleError as stale:
            yield stale


def to_see(rows: QuerySet[Disruption]) -> QuerySet[Disruption]:
    """Keep the disruptions that count and that no security lead has seen as they are."""
    return rows.filter(seen_at=None, cancelled_at=None)


def seen_mark(scope: Scope, landlord_id: int) -> dict[str, Any]:
    """Return the columns of the mark: what a security lead of the landlord writes has been seen."""
    if landlord_id in scope.roles.get(Role.LEAD, ()):
        return {"seen_at": timezone.now(), "seen_by_id": scope.user_id}
    return {"seen_at": None, "seen_by_id": None}


def to_reread(rows: QuerySet[Disruption]) -> QuerySet[Disruption]:
    """Keep the disruptions that gave level 4 by the former rule alone, and that nobody has read again."""
    lesser = {"extent__in": (Extent.LIMITED, Extent.PARTIAL), "recurs_daily": False}
    return rows.filter(former_rule=True, service=Service.STAFF_PRESENCE, **lesser)


def _hold(subject: StandingObservation | Disruption, **going_on: None) -> None:
    """Lock the row until the end of the transaction.

    Raises:
        EndedMeanwhileError: it has ended, or was cancelled.
    """
    rows = type(subject).objects.current().select_for_update().filter(pk=subject.pk, **going_on)
    if not rows.values("pk"):
        raise EndedMeanwhileError


def _check_shown(record: StandingObservation | Disruption, version: str | None) -> None:
    """Check that a record, whose row is locked, is as the person was shown it.

    Raises:
        StaleError: it has changed since ``version``.
    """
    if version is not None:
        held = type(record)._default_manager.select_related("residence", "address").get(pk=record.pk)
        check_version(version, held, state_of(held))


def _hold_end(record: StandingObservation | Disruption, column: str, version: str) -> None:
    _hold(record)
    held = type(record)._default_manager.get(pk=record.pk)
    if getattr(held, column) is not None:
        check_version(version, held, end_of(held))


def end_of(record: StandingObservation | Disruption) -> State:
    """Return the value that the form of the end writes."""
    return {"on": record.ended_on if isinstance(record, StandingObservation) else record.ends_on}


def _confirm(scope: Scope, observation: StandingObservation) -> bool:
    _confirmation, made = Confirmation.objects.get_or_create(
        observation=observation,
        day=today_there(observation),
        defaults={"confirmed_by_id": scope.user_id},
    )
    return made


def enter(
    scope: Scope, action: AuditAction, subject: Lasting, *, former: tuple[int, int] | None = None
) -> None:
    """Write the journal entry of a change, and have the levels of its residence evaluated.

    Args:
        scope: who acts.
        action: what was done.
        subject: the record, as it is now.
        former: the landlord and the residence it was at before, when it was moved.
    """
    landlord, residence = former or (subject.landlord_id, subject.residence_id)
    # The former landlord's journal gets the entry too, so that it can tell where the record went.
    write_entry(
        scope, action, subject, organisation_id=subject.landlord_id, concerns=[landlord],
        residence=subject.residence_id,
    )  # fmt: skip
    records_changed(sorted({residence, subject.residence_id}))
