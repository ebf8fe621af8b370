"""Making a note, in the worker."""

from celery import shared_task
from django.utils.translation import override

from accounts.scope import acting_as, load_user
from core.jobs import running
from partners.models import SynthesisNote

from .content import freeze


@shared_task
def make_note(note_id: int, user_id: int) -> None:
    """Freeze the note as the coordinator who asked for it would see it."""
    user = load_user(user_id)
    with acting_as(user):
        note = _unfrozen(note_id)
    if note is None:
        return
    # The work commits before the job is said to be done: both write the same row.
    with override(user.language), running(note) as progress:
        if progress:
            with acting_as(user, still=True):
                freeze(_unfrozen(note_id))


def _unfrozen(note_id: int) -> SynthesisNote | None:
    notes = SynthesisNote.objects.select_related("territory__organisation", "landlord")
    return notes.filter(pk=note_id, content__isnull=True).first()
