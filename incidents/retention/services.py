"""Set how long a territory has records kept, and hold a fact beyond its term."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.once import one_at_a_time
from core.versions import State, check_version
from incidents.models import Incident, LegalHold, RetentionTerms
from sites.models import SharingAgreement, Territory
from sites.perimeter import in_force

from .terms import months_in_force

# Shorter terms erase what landlords share: they have so long to hear of it, and to hold what they need.
NOTICE_DAYS = 30


class AlreadyHeldError(Exception):
    """The fact is held already."""


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


@transaction.atomic
def hold(scope: Scope, *, incident: Incident, reason: str, ends_on: dt.date | None) -> LegalHold:
    """Keep a fact, with its text, whatever its term, until a day or until the hold is lifted.

    Raises:
        AlreadyHeldError: it is held.
    """
    Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    former = LegalHold.objects.filter(incident=incident, lifted_at=None).first()
    if former and former.in_force:
        raise AlreadyHeldError
    if former:
        # It ended by itself.
        former.lifted_at = timezone.now()
        former.save(update_fields=["lifted_at"])
    made = LegalHold.objects.create(
        landlord_id=incident.landlord_id,
        incident=incident,
        reason=reason,
        ends_on=ends_on,
        set_by_id=scope.person_id,
    )
    write_entry(scope, AuditAction.CREATE, made, organisation_id=incident.landlord_id, fact=incident.pk)
    return made


def state_of_hold(hold: LegalHold) -> State:
    """Return what the page shows of a hold when it is lifted."""
    return {"reason": hold.reason, "ends_on": hold.ends_on}


@transaction.atomic
def lift(scope: Scope, *, incident: Incident, version: str) -> bool:
    """End the hold of a fact; return False where there is none.

    Raises:
        StaleError: another hold than that of ``version``, which the person was shown, keeps the fact by now.
    """
    found = LegalHold.objects.select_for_update().filter(incident=incident, lifted_at=None).first()
    if found is None:
        return False
    check_version(version, found, state_of_hold(found))
    found.lifted_at, found.lifted_by_id = timezone.now(), scope.person_id
    found.save(update_fields=["lifted_at", "lifted_by"])
    write_entry(scope, AuditAction.CANCEL, found, organisation_id=found.landlord_id, fact=incident.pk)
    return True
