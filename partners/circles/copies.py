"""Number the copies of notes."""

import datetime as dt
from typing import cast

from django.db.models import F, Max, Q
from django.utils import timezone

from partners.models import Mandate, NoteCopy, SynthesisNote


def number_copies_of(mandate: Mandate) -> None:
    """Give a new mandate a numbered copy of each note issued to its circle.

    A note of which a copy of the person's was revoked is left out: a new mandate does not give it back. So is one
    that is withdrawn: its members get their copies when it is restored.
    """
    taken_back = NoteCopy.objects.filter(mandate__user_id=mandate.user_id, revoked_at__isnull=False)
    notes = SynthesisNote.objects.defer("content").filter(circle_id=mandate.circle_id, withdrawn_at=None)
    for note in notes.exclude(pk__in=taken_back.values("note_id")):
        number_copy(note, mandate)


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
    # An issued note has a last day of its copies.
    held = SynthesisNote.objects.select_for_update().only("pk", "copies_until").get(pk=note.pk)
    last = NoteCopy.objects.filter(note=note).aggregate(last=Max("number"))["last"] or 0
    return NoteCopy.objects.create(
        note=note, mandate=mandate, number=last + 1, until=cast("dt.date", held.copies_until)
    )
