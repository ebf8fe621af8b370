"""Make notes in the worker."""

import logging
import subprocess
from typing import Any

from celery import shared_task
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.scope import acting_as, load_user, system_scope
from core.jobs import JobError, running
from core.typesetting import TypesettingError
from partners.models import SynthesisNote

from . import content, rendering

_LOGGER = logging.getLogger(__name__)


@shared_task
def make_note(note_id: int, user_id: int) -> None:
    """Freeze the note, as the coordinator who asked for it sees the territory at one moment.

    The content is read in one transaction, at the isolation level REPEATABLE READ, and stored in another: the
    progress written meanwhile changes the row of the note, which the first could then no longer update.
    """
    user = load_user(user_id)
    with system_scope("jobs"):
        note = SynthesisNote.objects.filter(pk=note_id, content__isnull=True).first()
    if note is None:
        return
    with override(user.language), running(note) as progress:
        if progress:
            with acting_as(user, still=True):
                built = content.build(_asked(note_id), progress.update)
            _prove(built[0])
            # What took minutes to build is kept for whoever still may ask for it.
            with acting_as(load_user(user_id)):
                content.keep(_asked(note_id), *built)


def _prove(built: dict[str, Any]) -> None:
    """Typeset the content once, outside of any transaction, so that a note that cannot be opened is never issued.

    Raises:
        JobError: the content cannot be typeset.
    """
    try:
        rendering.prove(built)
    except (TypesettingError, subprocess.TimeoutExpired) as error:
        _LOGGER.exception("A note cannot be typeset")
        raise JobError(
            _(
                "Le document n’a pas pu être composé ; rien n’a été gardé. Signalez-le à l’exploitant de Palier."
            )
        ) from error


def _asked(note_id: int) -> SynthesisNote:
    """Return the note, with the rows from which its content is built.

    Raises:
        JobError: the acting person no longer sees the note.
    """
    notes = SynthesisNote.objects.select_related("territory__organisation", "landlord")
    note = notes.filter(pk=note_id).first()
    if note is None:
        raise JobError(_("La personne qui l’a demandé ne coordonne plus ce territoire."))
    return note
