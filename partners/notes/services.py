"""Request, retry, issue and abandon synthesis notes and new versions of them, and revoke their copies."""

import datetime as dt

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import Organisation
from accounts.scope import Scope
from core.jobs import hold_as_read, queue_again
from core.once import refuse_again
from core.outbox import services as outbox
from core.versions import check_version
from partners.circles.copies import number_copies
from partners.models import Circle, NoteCopy, SynthesisNote
from partners.withdrawals import services as withdrawals
from partners.withdrawals.versions import another_stands
from sites.models import Territory

from . import tasks
from .terms import usual_end


def with_own_copy(notes: QuerySet[SynthesisNote], scope: Scope) -> QuerySet[SynthesisNote]:
    """Annotate notes with ``own_copy`` and ``own_number``, key and number of the person's copy that opens, or None."""
    own = NoteCopy.objects.filter(
        note=OuterRef("pk"),
        mandate__user_id=scope.person_id,
        revoked_at=None,
        until__gte=timezone.localdate(),
    ).order_by("number")
    return notes.annotate(
        own_copy=Subquery(own.values("pk")[:1]), own_number=Subquery(own.values("number")[:1])
    )


@transaction.atomic
def request_note(
    scope: Scope, *, territory: Territory, as_of: dt.date, landlord: Organisation | None = None
) -> SynthesisNote:
    """Queue the making of a note on ``territory``, or on one landlord in it, at ``as_of``.

    Raises:
        MadeAlreadyError: the person has just asked for the same one, which is not issued yet.
    """
    own = SynthesisNote.objects.filter(created_by_id=scope.user_id, supersedes=None, issued_at=None)
    refuse_again(own, territory=territory, landlord=landlord, as_of=as_of)
    note = SynthesisNote.objects.create(
        territory=territory, landlord=landlord, as_of=as_of, created_by_id=scope.user_id
    )
    write_entry(scope, AuditAction.CREATE, note, organisation_id=territory.organisation_id)
    _hand_over(scope, note)
    return note


@transaction.atomic
def request_version(scope: Scope, note: SynthesisNote, *, reason: str, version: str) -> SynthesisNote:
    """Queue the making of a new version of an issued note, which replaces it once issued.

    It is about the same territory or landlord on the same day, as the records stand now.

    Raises:
        StaleError: the note was withdrawn, or the reason of that corrected, since ``version``.
        MadeAlreadyError: the person has just asked for the same one, which is not issued yet.
    """
    held = withdrawals.held(note)
    check_version(version, held, withdrawals.state_of(held))
    own = SynthesisNote.objects.filter(created_by_id=scope.user_id, issued_at=None)
    refuse_again(own, supersedes=held, reason=reason)
    made = SynthesisNote.objects.create(
        territory=held.territory,
        landlord_id=held.landlord_id,
        as_of=held.as_of,
        created_by_id=scope.user_id,
        supersedes=held,
        reason=reason,
    )
    organisation_id = held.territory.organisation_id
    write_entry(scope, AuditAction.CREATE, made, organisation_id=organisation_id, supersedes=held.pk)
    _hand_over(scope, made)
    return made


@transaction.atomic
def retry_note(scope: Scope, note: SynthesisNote) -> None:
    """Queue again a note whose job failed, was interrupted or never started; do nothing if its state changed."""
    if not queue_again(SynthesisNote.objects.filter(content__isnull=True), note):
        return
    write_entry(scope, AuditAction.UPDATE, note, organisation_id=note.territory.organisation_id, retried=True)
    _hand_over(scope, note)


@transaction.atomic
def issue_note(
    scope: Scope,
    note: SynthesisNote,
    *,
    circle: Circle,
    until: dt.date | None = None,
    at: dt.datetime | None = None,
    site_url: str = "",
) -> bool:
    """Issue a frozen note to a circle: each member gets a numbered copy, readable while their mandate is live.

    The note of which it is a new version is withdrawn, unless it was already, and says which one replaces it.

    Args:
        scope: the acting coordinator.
        note: a frozen note that was not issued.
        circle: who gets copies.
        until: the last day on which copies are downloaded; by default that of :func:`.terms.usual_end`.
        at: the date of issue in demonstration and test data; by default it is now.
        site_url: the address of this site, for the e-mails to those who had the former version.

    Returns:
        False, and nothing is changed, when the note was issued meanwhile, or another version of it stands.
    """
    if not SynthesisNote.objects.select_for_update().only("pk").filter(pk=note.pk, issued_at=None):
        return False
    if note.supersedes_id and not _replace(scope, note, site_url):
        return False
    note.circle, note.issued_at, note.copies_until = circle, at or timezone.now(), until or usual_end()
    note.save(update_fields=["circle", "issued_at", "copies_until"])
    number_copies(note)
    organisation_id = note.territory.organisation_id
    write_entry(
        scope, AuditAction.PUBLISH, note, organisation_id=organisation_id, concerns=note.landlords,
        circle=circle.pk, copies_until=note.copies_until.isoformat(),
    )  # fmt: skip
    return True


def _replace(scope: Scope, note: SynthesisNote, site_url: str) -> bool:
    """Withdraw the former version of ``note``; return False while any other version stands."""
    former = withdrawals.held(SynthesisNote(pk=note.supersedes_id))
    if another_stands(note, but=former):
        return False
    if former.withdrawn_at is None:
        found = withdrawals.take_away(scope, former, reason=note.reason, site_url=site_url)
    else:
        found = withdrawals.in_force(former)
    found.new_version = note
    found.save(update_fields=["new_version"])
    return True


@transaction.atomic
def abandon_note(scope: Scope, note: SynthesisNote) -> bool:
    """Delete a note that was never issued; the database refuses to delete an issued one.

    Returns:
        False when it was issued, abandoned or taken up by a worker since it was read: nothing is deleted then.
    """
    if not hold_as_read(SynthesisNote.objects.filter(issued_at=None), note):
        return False
    organisation_id = note.territory.organisation_id
    write_entry(
        scope, AuditAction.CANCEL, note, organisation_id=organisation_id,
        territory=note.territory_id, landlord=note.landlord_id, as_of=note.as_of.isoformat(),
    )  # fmt: skip
    note.delete()
    return True


@transaction.atomic
def revoke_copy(scope: Scope, copy: NoteCopy) -> bool:
    """Revoke a copy, so that its holder can no longer open it; return False where it was revoked already."""
    if not NoteCopy.objects.filter(pk=copy.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    organisation_id = copy.note.territory.organisation_id
    write_entry(scope, AuditAction.CANCEL, copy, organisation_id=organisation_id, number=copy.number)
    return True


def _hand_over(scope: Scope, note: SynthesisNote) -> None:
    outbox.send(tasks.make_note, note.pk, scope.person_id)
