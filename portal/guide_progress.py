"""The guided first visit of a person in a role: what they saw of it, whether they put it away.

A matter between a person and their screen: it is not in the journal.
"""

from django.utils import timezone

from accounts.enums import Role
from accounts.models import GuidedVisit, User


def visit_of(user: User, role: Role) -> GuidedVisit:
    """Return how far the visit went; a fresh one, not saved, for somebody who never began."""
    return GuidedVisit.objects.filter(user=user, role=role).first() or GuidedVisit(user=user, role=role)


def mark_seen(*, user: User, role: Role, step: str) -> None:
    """Remember that ``user`` went to see ``step``."""
    visit, _made = GuidedVisit.objects.select_for_update().get_or_create(user=user, role=role)
    if step not in visit.seen:
        visit.seen.append(step)
        visit.save(update_fields=["seen"])


def put_away(*, user: User, role: Role) -> None:
    """Show the visit no more on the first page of ``role``."""
    GuidedVisit.objects.update_or_create(user=user, role=role, defaults={"hidden_at": timezone.now()})


def call_again(*, user: User, role: Role) -> None:
    """Begin the visit anew."""
    GuidedVisit.objects.filter(user=user, role=role).update(hidden_at=None, seen=[])
