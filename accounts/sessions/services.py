"""End sessions of one's own."""

from django.db import transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import User
from accounts.scope import Scope

from .model import Session
from .store import digest


def own_sessions(user: User, key: str | None) -> tuple[Session | None, list[Session]]:
    """Return the session that bears ``key``, and the others of a person that have not ended, the latest first."""
    found = list(Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at", "pk"))
    here = next((session for session in found if session.pk == digest(key or "")), None)
    return here, [session for session in found if session is not here]


@transaction.atomic
def end_sessions(scope: Scope, *, user: User, key: str | None, handle: str = "") -> int:
    """End the acting person's other sessions, or that of ``handle`` alone; return how many there were."""
    _here, others = own_sessions(user, key)
    ended = [session.pk for session in others if handle in {"", session.handle}]
    Session.objects.filter(user=user, pk__in=ended).delete()
    if ended:
        write_entry(scope, AuditAction.CANCEL, user, sessions=len(ended))
    return len(ended)
