"""Tell leads by mail, without content, that decisions of theirs have lapsed: another one awaits them."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import MailKind, Role
from accounts.mail.services import send_told
from accounts.models import Membership, User
from accounts.scope import system_scope
from classification.models import Decision

from .reading import lapsed_since

# What lapsed longer ago is not told late, after a job that did not run for weeks: the first page says it.
DAYS = dt.timedelta(7)


@transaction.atomic
def tell_of_lapsed(today: dt.date | None = None) -> int:
    """Mail the leads of landlords of which a decision lapsed and was not told yet, once; return how many people."""
    today = today or timezone.localdate()
    with system_scope("evaluation"):
        rows = lapsed_since(today - DAYS).filter(told_at=None)
        landlords = dict(rows.values_list("pk", "landlord_id"))
        Decision.objects.filter(pk__in=landlords).update(told_at=timezone.now())
    return sum(send_told(user=user, kind=MailKind.AWAITED) for user in leads_of({*landlords.values()}, today))


def leads_of(landlords: set[int], today: dt.date) -> list[User]:
    """Return the people who lead one of ``landlords`` today and have an open account."""
    with system_scope("mail"):
        live = Membership.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=today),
            starts_on__lte=today,
            organisation__in=landlords,
            role=Role.LEAD,
        )
        roles = live.filter(user__is_active=True).select_related("user").order_by("pk")
        return list({role.user_id: role.user for role in roles}.values())
