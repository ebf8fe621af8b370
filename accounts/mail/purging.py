"""Forget old mails: who was mailed what, and when."""

import datetime as dt

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from accounts.enums import AuditAction, MailState
from accounts.journal.audit import write_entry
from accounts.models import Mail
from accounts.scope import system_scope

KEPT_DAYS = 90


@transaction.atomic
def forget_mails() -> int:
    """Delete the mails asked for more than :data:`KEPT_DAYS` ago that wait no more; return their number.

    The journal of each organisation says how many of its people's went.
    """
    before = timezone.now() - dt.timedelta(KEPT_DAYS)
    with system_scope("mail") as scope:
        old = Mail.objects.filter(asked_at__lt=before).exclude(state=MailState.WAITING)
        members = old.filter(user__memberships__isnull=False).order_by("user__memberships__organisation")
        counts = members.values_list("user__memberships__organisation").annotate(Count("pk", distinct=True))
        for organisation, number in counts:
            write_entry(
                scope, AuditAction.CANCEL, "accounts.mail", organisation_id=organisation, forgotten=number
            )
        deleted, _by_model = old.delete()
    return deleted
