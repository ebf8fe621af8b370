"""The life of a synthesis note: asked for, frozen, issued, copied, revoked."""

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
    """Annotate notes with ``own_copy`` and ``own_number``: the person's own open copy, or None."""
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
    """Ask a worker for a note on ``territory``, or on one landlord in it, at ``as_of``."""
    note = SynthesisNote.objects.create(
        territory=territory, landlord=landlord, as_of=as_of, created_by_id=scope.user_id
    )
    write_entry(scope, AuditAction.CREATE, note, organisation_id=territory.organisation_id)
    _hand_over(scope, note)
    return note


@transaction.atomic
def retry_note(scope: Scope, note: SynthesisNote) -> None:
    """Ask again for a note whose worker failed, went away or never came; nothing for one that moved on meanwhile."""
    unmoved = SynthesisNote.objects.filter(pk=note.pk, state=note.state, content__isnull=True)
    if not unmoved.update(state=JobState.QUEUED, queued_at=timezone.now(), error="", progress_done=0):
        return
    write_entry(scope, AuditAction.UPDATE, note, organisation_id=note.territory.organisation_id, retried=True)
    _hand_over(scope, note)


@transaction.atomic
def issue_note(scope: Scope, note: SynthesisNote, *, circle: Circle, at: dt.datetime | None = None) -> bool:
    """Issue a frozen note to a circle: each member gets a numbered copy, to open while the mandate lives.

    ``at`` dates it in a fiction alone; what is issued is issued now. Returns False, and changes nothing,
    when somebody else issued it meanwhile.
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
    """Remove a note that was never issued; the database refuses to lose one that was."""
    organisation_id = note.territory.organisation_id
    write_entry(
        scope, AuditAction.CANCEL, note, organisation_id=organisation_id,
        territory=note.territory_id, landlord=note.landlord_id, as_of=note.as_of.isoformat(),
    )  # fmt: skip
    note.delete()


@transaction.atomic
def revoke_copy(scope: Scope, copy: NoteCopy) -> None:
    """Take a copy back: its holder finds it no more."""
    copy.revoked_at = timezone.now()
    copy.save(update_fields=["revoked_at"])
    organisation_id = copy.note.territory.organisation_id
    write_entry(scope, AuditAction.CANCEL, copy, organisation_id=organisation_id, number=copy.number)


def _hand_over(scope: Scope, note: SynthesisNote) -> None:
    outbox.send(tasks.make_note, note.pk, scope.person_id)
