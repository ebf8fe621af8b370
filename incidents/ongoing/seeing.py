"""Mark disruptions as seen by a security lead."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.versions import StaleError, check_version
from incidents.changes import records_changed
from incidents.models import Disruption

from .states import state_of


class OutdatedError(Exception):
    """The error of a decision about records of which some have changed since they were shown; nothing was written."""

    def __init__(self, stale: list[StaleError]) -> None:
        super().__init__(len(stale))
        self.stale = stale


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
