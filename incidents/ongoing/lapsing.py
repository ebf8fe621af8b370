"""Tell by mail, once for each confirmation, those who may confirm an observation that it is about to lapse."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import MailKind, Role
from accounts.mail.services import send_told
from accounts.models import Membership, User
from accounts.scope import system_scope
from incidents.models import Confirmation, StandingObservation
from sites.models import ResidenceAssignment

from .services import followed

DAYS_BEFORE = 14


@transaction.atomic
def tell_of_lapsing(today: dt.date | None = None) -> int:
    """Mail those who may confirm the observations that lapse within :data:`DAYS_BEFORE` days; return how many people."""
    today = today or timezone.localdate()
    residences = _lapsing(today)
    return sum(send_told(user=user, kind=MailKind.OBSERVATION) for user in _who_may(residences, today))


def _lapsing(today: dt.date) -> Mapping[int, set[int]]:
    """Mark the last confirmations of the observations that lapse soon as told; return their residences by landlord."""
    found: dict[int, set[int]] = defaultdict(set)
    with system_scope("evaluation"):
        current = followed(StandingObservation.objects.filter(ended_on=None, cancelled_at=None))
        soon = today + dt.timedelta(DAYS_BEFORE)
        for row in current.filter(counts_until__gte=today, counts_until__lte=soon):
            # No later confirmation: the last one.
            told = Confirmation.objects.filter(
                observation=row, day__gte=row.confirmed_on or today, told_at=None
            )
            if told.update(told_at=timezone.now()):
                found[row.landlord_id].add(row.residence_id)
    return found


def _who_may(residences: Mapping[int, set[int]], today: dt.date) -> list[User]:
    """Return the leads of the landlords, and the agents who work at one of the residences, each once."""
    with system_scope("mail"):
        live = Membership.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today, organisation__in=list(residences)
        )
        roles = live.filter(role__in=(Role.LEAD, Role.AGENT), user__is_active=True).order_by("pk")
        assigned = defaultdict(set)
        rows = ResidenceAssignment.objects.filter(membership__in=live)
        for member, residence in rows.values_list("membership_id", "residence_id"):
            assigned[member].add(residence)
        people = {
            role.user_id: role.user
            for role in roles.select_related("user")
            if role.role == Role.LEAD
            or not assigned[role.pk]
            or assigned[role.pk] & residences[role.organisation_id]
        }
    return list(people.values())
