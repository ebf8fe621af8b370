"""Forget old mails: who was mailed what, and when."""

import datetime as dt

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction, MailState
from accounts.journal.audit import write_entry
from accounts.models import Mail
from accounts.retention import Numbers, Rule, register_rule
from accounts.scope import system_scope

KEPT_DAYS = 90


def due_mails(today: dt.date) -> Numbers:
    """Return the number of mails that :func:`forget_mails` would delete on a day."""
    with system_scope("mail"):
        return {None: _old(timezone.now() + (today - timezone.localdate())).count()}


def erase_mails(_today: dt.date) -> Numbers:
    """Delete old mails, all at once: an installation sends few."""
    return {None: forget_mails()}


def register() -> None:
    """Add the rule of mails to the nightly order."""
    register_rule(Rule("mails", _("e-mails envoyés"), due=due_mails, erase=erase_mails))


def _old(now: dt.datetime) -> QuerySet[Mail]:
    """Return the mails that wait no more and were asked for more than :data:`KEPT_DAYS` before ``now``."""
    return Mail.objects.filter(asked_at__lt=now - dt.timedelta(KEPT_DAYS)).exclude(state=MailState.WAITING)


@transaction.atomic
def forget_mails() -> int:
    """Delete the mails asked for more than :data:`KEPT_DAYS` ago that wait no more; return their number.

    The journal of each organisation says how many of its people's went.
    """
    with system_scope("mail") as scope:
        old = _old(timezone.now())
        members = old.filter(user__memberships__isnull=False).order_by("user__memberships__organisation")
        counts = members.values_list("user__memberships__organisation").annotate(Count("pk", distinct=True))
        for organisation, number in counts:
            write_entry(
                scope, AuditAction.CANCEL, "accounts.mail", organisation_id=organisation, forgotten=number
            )
        deleted, _by_kind = old.delete()
    return deleted
