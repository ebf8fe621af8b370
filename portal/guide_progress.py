"""Read and write a person's progress in the guided first visit of a role.

The progress concerns the display alone, so that it has no journal entries.
"""

from django.utils import timezone

from accounts.enums import Role
from accounts.models import GuidedVisit, User


def visit_of(user: User, role: Role) -> GuidedVisit:
    """Return the progress of a visit; a new one, not saved, if the person has not begun it."""
    return GuidedVisit.objects.filter(user=user, role=role).first() or GuidedVisit(user=user, role=role)


def mark_seen(*, user: User, role: Role, step: str) -> None:
    """Save that ``user`` opened the page of ``step``."""
    visit, _made = GuidedVisit.objects.select_for_update().get_or_create(user=user, role=role)
    if step not in visit.seen:
        visit.seen.append(step)
        visit.save(update_fields=["seen"])


def put_away(*, user: User, role: Role) -> None:
    """Hide the visit on the first page of ``role``."""
    GuidedVisit.objects.update_or_create(user=user, role=role, defaults={"hidden_at": timezone.now()})


def call_again(*, user: User, role: Role) -> None:
    """Show the visit again, with no step done."""
    GuidedVisit.objects.filter(user=user, role=role).update(hidden_at=None, seen=[])
