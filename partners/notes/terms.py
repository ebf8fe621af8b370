"""Say until when the copies of a note are downloaded, and change that day."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.models import AuditEntry
from accounts.scope import Scope, system_scope
from core.versions import State, check_version
from partners.models import NoteCopy, SynthesisNote
from sites.models import Territory

USUAL_DAYS, MOST_DAYS = 90, 365


def usual_end() -> dt.date:
    """Return the last day that is proposed for the copies of a note issued today."""
    return timezone.localdate() + dt.timedelta(USUAL_DAYS)


def latest_end() -> dt.date:
    """Return the latest last day that copies may have today."""
    return timezone.localdate() + dt.timedelta(MOST_DAYS)


def state_of(note: SynthesisNote) -> State:
    """Return the value that the form of the term writes."""
    return {"until": note.copies_until}


@transaction.atomic
def set_end(scope: Scope, note: SynthesisNote, *, until: dt.date, version: str) -> bool:
    """Have the copies of an issued note, those of members to come too, downloaded until a day, that one included.

    Returns:
        False where that is their last day already: nothing is written.

    Raises:
        StaleError: the day has been changed since ``version``.
    """
    held = SynthesisNote.objects.select_for_update(of=("self",)).select_related("territory").get(pk=note.pk)
    if held.copies_until == until:
        return False
    check_version(version, held, state_of(held))
    former, held.copies_until = held.copies_until, until
    held.save(update_fields=["copies_until"])
    NoteCopy.objects.filter(note=held).update(until=until)
    write_entry(
        scope, AuditAction.UPDATE, held, organisation_id=held.territory.organisation_id, concerns=held.landlords,
        copies_until=until.isoformat(), former_until=former.isoformat() if former else None,
    )  # fmt: skip
    return True


def note_refusal(scope: Scope, copy: NoteCopy) -> None:
    """Write in the journal that the holder of a copy asked for it after its last day, and was refused."""
    territory = Territory.objects.filter(pk=copy.mandate.territory_id)
    write_entry(
        scope, AuditAction.REFUSED, copy,
        organisation_id=territory.values_list("organisation_id", flat=True).first(),
        concerns=scope.roles[Role.PARTNER], note=copy.note_id, until=copy.until.isoformat(),
    )  # fmt: skip


def refusals(note: SynthesisNote) -> dict[int, dt.datetime]:
    """Return when copies of a note were asked for last after their last day, by the ids of the copies."""
    copies = [str(pk) for pk in NoteCopy.objects.filter(note=note).values_list("pk", flat=True)]
    with system_scope("readers"):
        told = AuditEntry.objects.filter(
            organisation_id=note.territory.organisation_id,
            action=AuditAction.REFUSED,
            object_type=NoteCopy._meta.label_lower,
            object_id__in=copies,
        )
        return {int(pk): at for pk, at in told.order_by("at").values_list("object_id", "at")}
