"""Request, retry, issue and abandon synthesis notes, and revoke their copies."""

import datetime as dt

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import Organisation
from accounts.scope import Scope
from core.jobs import JobState
from core.outbox import services as outbox
from partners.circles.services import number_copy
from partners.models import Circle, Mandate, NoteCopy, SynthesisNote
from sites.models import Territory

from . import tasks


def with_own_copy(notes: QuerySet[SynthesisNote], scope: Scope) -> QuerySet[SynthesisNote]:
    """Annotate notes with ``own_copy`` and ``own_number``, key and number of the person's unrevoked copy, or None."""
    own = NoteCopy.objects.filter(
        note=OuterRef("pk"), mandate__user_id=scope.person_id, revoked_at=None
    ).order_by("number")
    return notes.annotate(
        own_copy=Subquery(own.values("pk")[:1]), own_number=Subquery(own.values("number")[:1])
    )


@transaction.atomic
def request_note(
    scope: Scope, *, territory: Territory, as_of: dt.date, landlord: Organisation | None = None
) -> SynthesisNote:
    """Queue the making of a note on ``territory``, or on one landlord in it, at ``as_of``."""
    note = SynthesisNote.objects.create(
        territory=territory, landlord=landlord, as_of=as_of, created_by_id=scope.user_id
    )
    write_entry(scope, AuditAction.CREATE, note, organisation_id=territory.organisation_id)
    _hand_over(scope, note)
    return note


@transaction.atomic
def retry_note(scope: Scope, note: SynthesisNote) -> None:
    """Queue again a note whose job failed, was interrupted or never started; do nothing if its state changed."""
    unmoved = SynthesisNote.objects.filter(pk=note.pk, state=note.state, content__isnull=True)
    if not unmoved.update(state=JobState.QUEUED, queued_at=timezone.now(), error="", progress_done=0):
        return
    write_entry(scope, AuditAction.UPDATE, note, organisation_id=note.territory.organisation_id, retried=True)
    _hand_over(scope, note)


@transaction.atomic
def issue_note(scope: Scope, note: SynthesisNote, *, circle: Circle, at: dt.datetime | None = None) -> bool:
    """Issue a frozen note to a circle: each member gets a numbered copy, readable while their mandate is live.

    Return False, and change nothing, when the note was issued meanwhile. ``at`` is the date of issue in
    demonstration and test data; by default it is now.
    """
    if not SynthesisNote.objects.select_for_update().only("pk").filter(pk=note.pk, issued_at=None):
        return False
    note.circle, note.issued_at = circle, at or timezone.now()
    note.save(update_fields=["circle", "issued_at"])
    for mandate in Mandate.objects.filter(circle=circle).exclude(
        Q(ends_on__lte=timezone.localdate()) | Q(ends_on__lte=F("starts_on"))
    ):
        number_copy(note, mandate)
    organisation_id = note.territory.organisation_id
    write_entry(
        scope, AuditAction.PUBLISH, note, organisation_id=organisation_id, concerns=note.landlords,
        circle=circle.pk,
    )  # fmt: skip
    return True


@transaction.atomic
def abandon_note(scope: Scope, note: SynthesisNote) -> None:
    """Delete a note that was never issued; the database refuses to delete an issued one."""
    organisation_id = note.territory.organisation_id
    write_entry(
        scope, AuditAction.CANCEL, note, organisation_id=organisation_id,
        territory=note.territory_id, landlord=note.landlord_id, as_of=note.as_of.isoformat(),
    )  # fmt: skip
    note.delete()


@transaction.atomic
def revoke_copy(scope: Scope, copy: NoteCopy) -> None:
    """Revoke a copy, so that its holder can no longer open it."""
    copy.revoked_at = timezone.now()
    copy.save(update_fields=["revoked_at"])
    organisation_id = copy.note.territory.organisation_id
    write_entry(scope, AuditAction.CANCEL, copy, organisation_id=organisation_id, number=copy.number)


def _hand_over(scope: Scope, note: SynthesisNote) -> None:
    outbox.send(tasks.make_note, note.pk, scope.person_id)
