"""Open, change and end circles; give and end mandates; number copies of notes."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import User
from accounts.scope import Scope
from core.versions import State, check_version
from partners.models import Circle, Mandate, NoteCopy, SynthesisNote

from .invitations import organisation_of


@transaction.atomic
def create_circle(scope: Scope, circle: Circle) -> Circle:
    """Open ``circle``, which has no members yet and shares with nobody."""
    circle.save(force_insert=True)
    write_entry(scope, AuditAction.CREATE, circle, organisation_id=circle.territory.organisation_id)
    return circle


def state_of(circle: Circle) -> State:
    """Return the values that the form of a circle writes."""
    return {name: getattr(circle, name) for name in ("name", "purpose", "starts_on", "ends_on")}


@transaction.atomic
def update_circle(scope: Scope, circle: Circle, *, version: str) -> None:
    """Save the changed name, purpose or dates of ``circle``.

    Raises:
        StaleError: the circle has changed since ``version``, with which the form was opened.
    """
    held = Circle.objects.select_for_update(of=("self",)).get(pk=circle.pk)
    check_version(version, held, state_of(held))
    circle.save(update_fields=["name", "purpose", "starts_on", "ends_on"])
    write_entry(scope, AuditAction.UPDATE, circle, organisation_id=circle.territory.organisation_id)


@transaction.atomic
def end_circle(scope: Scope, circle: Circle) -> None:
    """End the circle today, unless it has ended: from the next request its members see nothing of it."""
    if circle.end_today():
        write_entry(
            scope, AuditAction.UPDATE, circle, organisation_id=circle.territory.organisation_id, ended=True
        )


@transaction.atomic
def give_mandate(
    scope: Scope, *, circle: Circle, user: User, starts_on: dt.date, ends_on: dt.date | None = None
) -> Mandate:
    """Give ``user`` a mandate in ``circle``, with a numbered copy of each note issued to it.

    A note of which a copy of the person's was revoked is left out: a new mandate does not give it back. So is one
    that is withdrawn: its members get their copies when it is restored.
    """
    mandate = Mandate.objects.create(
        circle=circle,
        territory=circle.territory,
        user=user,
        organisation=organisation_of(user),
        starts_on=starts_on,
        ends_on=ends_on,
        created_by_id=scope.user_id,
    )
    taken_back = NoteCopy.objects.filter(mandate__user=user, revoked_at__isnull=False)
    notes = SynthesisNote.objects.defer("content").filter(circle=circle, withdrawn_at=None)
    for note in notes.exclude(pk__in=taken_back.values("note_id")):
        number_copy(note, mandate)
    organisation_id = circle.territory.organisation_id
    write_entry(scope, AuditAction.CREATE, mandate, organisation_id=organisation_id, circle=circle.pk)
    return mandate


@transaction.atomic
def end_mandate(scope: Scope, mandate: Mandate) -> None:
    """End the mandate today, unless it has ended."""
    if mandate.end_today():
        organisation_id = mandate.circle.territory.organisation_id
        write_entry(scope, AuditAction.UPDATE, mandate, organisation_id=organisation_id, ended=True)


def number_copies(note: SynthesisNote) -> None:
    """Give a numbered copy of an issued note to each member of its circle whose mandate has not ended and has none.

    Whoever had a copy that was revoked gets none.
    """
    taken_back = NoteCopy.objects.filter(note=note, revoked_at__isnull=False).values("mandate__user_id")
    ended = Q(ends_on__lte=timezone.localdate()) | Q(ends_on__lte=F("starts_on"))
    without = Mandate.objects.filter(circle=note.circle).exclude(ended).exclude(copies__note=note)
    for mandate in without.exclude(user__in=taken_back):
        number_copy(note, mandate)


def number_copy(note: SynthesisNote, mandate: Mandate) -> NoteCopy:
    """Give ``mandate`` the next numbered copy of ``note``."""
    # The lock keeps two concurrent copies from taking the same number.
    SynthesisNote.objects.select_for_update().only("pk").get(pk=note.pk)
    last = NoteCopy.objects.filter(note=note).aggregate(last=Max("number"))["last"] or 0
    return NoteCopy.objects.create(note=note, mandate=mandate, number=last + 1)
