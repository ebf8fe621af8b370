"""Hold what lasts while it is changed: lock it, check what the person was shown, sign it and journal it."""

from typing import Any

from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.versions import State, check_version
from incidents.changes import records_changed
from incidents.models import Disruption, Lasting, StandingObservation

from .states import state_of


class EndedMeanwhileError(Exception):
    """The error of changing an observation or a disruption that has ended, or was cancelled, since it was read."""


def sign(scope: Scope, subject: Lasting, *changed: str) -> None:
    """Write the changed columns, with who changed them and when; the database keeps the former ones."""
    subject.changed_by_id = scope.user_id
    subject.changed_at = timezone.now()
    subject.save(update_fields=[*changed, "changed_by_id", "changed_at"])


def hold(subject: StandingObservation | Disruption, **going_on: None) -> None:
    """Lock the row until the end of the transaction.

    Raises:
        EndedMeanwhileError: it has ended, or was cancelled.
    """
    rows = type(subject).objects.current().select_for_update().filter(pk=subject.pk, **going_on)
    if not rows.values("pk"):
        raise EndedMeanwhileError


def check_shown(record: StandingObservation | Disruption, version: str | None) -> None:
    """Check that a record, whose row is locked, is as the person was shown it.

    Raises:
        StaleError: it has changed since ``version``.
    """
    if version is not None:
        held = type(record)._default_manager.select_related("residence", "address").get(pk=record.pk)
        check_version(version, held, state_of(held))


def hold_end(record: StandingObservation | Disruption, column: str, version: str) -> None:
    """Lock the row, and check that an end it has, in ``column``, is the one that the person was shown.

    Raises:
        EndedMeanwhileError: it was cancelled.
        StaleError: it was ended meanwhile.
    """
    hold(record)
    held = type(record)._default_manager.get(pk=record.pk)
    if getattr(held, column) is not None:
        check_version(version, held, end_of(held))


def end_of(record: StandingObservation | Disruption) -> State:
    """Return the value that the form of the end writes."""
    return {"on": record.ended_on if isinstance(record, StandingObservation) else record.ends_on}


def enter(
    scope: Scope,
    action: AuditAction,
    subject: Lasting,
    *,
    former: tuple[int, int] | None = None,
    **detail: Any,
) -> None:
    """Write the journal entry of a change, and have the levels of its residence evaluated.

    Args:
        scope: who acts.
        action: what was done.
        subject: the record, as it is now.
        former: the landlord and the residence it was at before, when it was moved.
        detail: what else the entry says.
    """
    landlord, residence = former or (subject.landlord_id, subject.residence_id)
    # The former landlord's journal gets the entry too, so that it can tell where the record went.
    write_entry(
        scope, action, subject, organisation_id=subject.landlord_id, concerns=[landlord],
        residence=subject.residence_id, **detail,
    )  # fmt: skip
    records_changed(sorted({residence, subject.residence_id}))
