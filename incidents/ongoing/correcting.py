"""Correct and cancel disruptions and standing observations, and take a cancellation back."""

import datetime as dt
from typing import Any, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.scope import Scope
from core.versions import check_version, same
from incidents.facts.services import CancelledMeanwhileError, NotCancelledError, Place, may_restore, placed_at
from incidents.models import Disruption, Lasting

from .holding import enter, sign
from .seeing import seen_mark
from .states import state_of

# How long agents may correct and cancel what they entered; the lead always may.
RECENT_DAYS = 30
_Record = TypeVar("_Record", bound=Lasting)


def may_correct(scope: Scope, record: Lasting) -> bool:
    """Say whether the person may correct and cancel a record: the lead any, an agent a recent one of their own."""
    if record.landlord_id in scope.roles.get(Role.LEAD, ()):
        return True
    recent = timezone.now() - record.created_at < dt.timedelta(RECENT_DAYS)
    return recent and scope.has(Role.AGENT) and record.created_by_id == scope.user_id


def check(scope: Scope, record: Lasting) -> None:
    """Refuse a person who may not correct and cancel a record.

    Raises:
        PermissionDenied: they may not.
    """
    if not may_correct(scope, record):
        raise PermissionDenied


@transaction.atomic
def correct(*, scope: Scope, record: Lasting, place: Place, version: str, **stated: Any) -> bool:
    """Replace the content of a record; its earlier state goes to its history.

    Args:
        scope: who acts.
        record: a disruption or a standing observation.
        place: where it is.
        version: the version of the record that the form was opened on.
        stated: the value of each column of :data:`incidents.ongoing.states.STATED`.

    Returns:
        False when the record has that content already: then nothing is written.

    Raises:
        PermissionDenied: the person may not correct it.
        CancelledMeanwhileError: it was cancelled meanwhile; nothing is written.
        StaleError: it has changed since ``version``.
    """
    record = _held(record, cancelled=False)
    check(scope, record)
    state = state_of(record)
    typed = stated | {"place": place}
    if all(same(value, state[name]) for name, value in typed.items()):
        return False
    check_version(version, record, state)
    former = record.landlord_id, record.residence_id
    values = placed_at(place) | stated
    if isinstance(record, Disruption):
        # Whoever corrects its extent has read it again; what an agent says is to be seen anew.
        values |= {"former_rule": False, **seen_mark(scope, values["landlord_id"])}
    for name, value in values.items():
        setattr(record, name, value)
    sign(scope, record, *values)
    enter(scope, AuditAction.UPDATE, record, former=former)
    return True


@transaction.atomic
def cancel(*, scope: Scope, record: Lasting, reason: str, version: str | None = None) -> None:
    """Cancel a record with a reason, so that it no longer counts.

    Args:
        scope: who acts.
        record: a disruption or a standing observation.
        reason: why.
        version: the version of the record that the person was shown, None where they were shown none.

    Raises:
        StaleError: it has changed since ``version``.
        PermissionDenied: the person may not cancel it.
        CancelledMeanwhileError: it was cancelled already; the first reason stays.
    """
    record = _held(record, cancelled=False)
    check(scope, record)
    if version is not None:
        check_version(version, record, state_of(record))
    record.cancelled_at = timezone.now()
    record.cancel_reason = reason
    sign(scope, record, "cancelled_at", "cancel_reason")
    enter(scope, AuditAction.CANCEL, record)


@transaction.atomic
def restore(*, scope: Scope, record: Lasting) -> None:
    """Take a cancellation back, so that the record counts again; the reason stays in its history.

    Raises:
        PermissionDenied: the person may not do so.
        NotCancelledError: it was taken back already.
    """
    record = _held(record, cancelled=True)
    check(scope, record)
    if not may_restore(scope, record):
        raise PermissionDenied
    record.cancelled_at = None
    record.cancel_reason = ""
    sign(scope, record, "cancelled_at", "cancel_reason")
    enter(scope, AuditAction.UPDATE, record, restored=True)


def _held(record: _Record, *, cancelled: bool) -> _Record:
    """Read a record again and lock its row, so that no concurrent change is lost."""
    rows = cast("QuerySet[_Record]", type(record)._default_manager.all())
    rows = rows.select_for_update(of=("self",)).select_related("residence", "address")
    held = rows.filter(pk=record.pk, cancelled_at__isnull=not cancelled).first()
    if held is None:
        raise NotCancelledError if cancelled else CancelledMeanwhileError
    return held
