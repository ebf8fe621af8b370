"""Set how long a territory has records kept, and hold a record beyond its term."""

import datetime as dt
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.once import one_at_a_time
from core.versions import State, check_version
from incidents.models import Disruption, Incident, LegalHold, RetentionTerms, StandingObservation
from sites.models import SharingAgreement, Territory
from sites.perimeter import in_force

from .terms import months_in_force

# Shorter terms erase what landlords share: they have so long to hear of it, and to hold what they need.
NOTICE_DAYS = 30

Record: TypeAlias = Incident | StandingObservation | Disruption
# By the kind of record, the column by which a hold names it, and what the journal calls that.
_COLUMNS: dict[type[Record], str] = {
    Incident: "incident",
    StandingObservation: "observation",
    Disruption: "disruption",
}
_DETAILS = {"incident": "fact", "observation": "observation", "disruption": "disruption"}


class AlreadyHeldError(Exception):
    """The record is held already."""


@transaction.atomic
def set_terms(
    scope: Scope, *, territory: Territory, narratives_months: int, facts_months: int
) -> RetentionTerms | None:
    """Have the records that are shared with a territory kept for so many months.

    Terms of which one is shorter than what counts now count in :data:`NOTICE_DAYS` days, others at once. They replace
    those that were set before and do not count yet, which then never do. The journal of each landlord that shares with
    the territory says so too.

    Returns:
        The terms; None where they are those that were set last, and nothing is written.
    """
    # Of the same terms sent twice at once the second waits, and then finds the first.
    one_at_a_time(f"{RetentionTerms._meta.label}/{territory.pk}")
    last = RetentionTerms.objects.filter(territory=territory).order_by("pk").last()
    if last and (last.narratives_months, last.facts_months) == (narratives_months, facts_months):
        return None
    today = timezone.localdate()
    narratives, facts = months_in_force(territory, today)
    is_shorter = narratives_months < narratives or facts_months < facts
    terms = RetentionTerms.objects.create(
        territory=territory,
        narratives_months=narratives_months,
        facts_months=facts_months,
        counts_from=today + dt.timedelta(NOTICE_DAYS if is_shorter else 0),
        set_by_id=scope.person_id,
    )
    sharing = SharingAgreement.objects.filter(in_force(), territory=territory)
    write_entry(
        scope,
        AuditAction.UPDATE,
        territory,
        concerns=sharing.values_list("landlord_id", flat=True).order_by("landlord_id"),
        narratives_months=narratives_months,
        facts_months=facts_months,
        counts_from=terms.counts_from.isoformat(),
    )
    return terms


def kept_by(record: Record) -> str:
    """Return the column by which a hold names a record."""
    return _COLUMNS[type(record)]


def holds_of(record: Record) -> QuerySet[LegalHold]:
    """Return the holds of a record, lifted ones too."""
    return LegalHold.objects.filter(**{kept_by(record): record})


@transaction.atomic
def hold(scope: Scope, *, record: Record, reason: str, ends_on: dt.date | None) -> LegalHold:
    """Keep a record, with all that belongs to it, whatever its term, until a day or until the hold is lifted.

    Raises:
        AlreadyHeldError: it is held.
    """
    rows: QuerySet[Any] = type(record)._default_manager.all()
    rows.select_for_update(of=("self",)).get(pk=record.pk)
    former = holds_of(record).filter(lifted_at=None).first()
    if former and former.in_force:
        raise AlreadyHeldError
    if former:
        # It ended by itself.
        former.lifted_at = timezone.now()
        former.save(update_fields=["lifted_at"])
    made = LegalHold(
        landlord_id=record.landlord_id, reason=reason, ends_on=ends_on, set_by_id=scope.person_id
    )
    setattr(made, kept_by(record), record)
    made.save(force_insert=True)
    _enter(scope, AuditAction.CREATE, made, record)
    return made


def state_of_hold(hold: LegalHold) -> State:
    """Return what the page shows of a hold when it is lifted."""
    return {"reason": hold.reason, "ends_on": hold.ends_on}


@transaction.atomic
def lift(scope: Scope, *, record: Record, version: str) -> bool:
    """End the hold of a record; return False where there is none.

    Raises:
        StaleError: another hold than that of ``version``, which the person was shown, keeps the record by now.
    """
    found = holds_of(record).select_for_update().filter(lifted_at=None).first()
    if found is None:
        return False
    check_version(version, found, state_of_hold(found))
    found.lifted_at, found.lifted_by_id = timezone.now(), scope.person_id
    found.save(update_fields=["lifted_at", "lifted_by"])
    _enter(scope, AuditAction.CANCEL, found, record)
    return True


def _enter(scope: Scope, action: AuditAction, hold: LegalHold, record: Record) -> None:
    detail: dict[str, Any] = {_DETAILS[kept_by(record)]: record.pk}
    write_entry(scope, action, hold, organisation_id=hold.landlord_id, **detail)
