"""Verify the journals at night, and carry the checkpoint out of the database."""

from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import AuditCheckpoint

from . import checkpoints


@shared_task
def checkpoint() -> None:
    """Store a checkpoint, then append it to the file and mail it, where the settings name a folder and addresses.

    Raises:
        OSError: the file cannot be written, or the relay not reached; the checkpoint is stored all the same.
    """
    made = checkpoints.checkpoint()
    try:
        if settings.JOURNAL_CHECKPOINTS:
            checkpoints.keep(made, Path(settings.JOURNAL_CHECKPOINTS))
    finally:
        # A folder that is gone keeps no word of a broken chain from being sent.
        _mail(made)


def _mail(made: AuditCheckpoint) -> None:
    if not settings.JOURNAL_CHECKPOINT_RECIPIENTS:
        return
    with override("fr"):
        subject = (
            _("Palier : chaîne des journaux rompue") if made.problem else _("Palier : journaux vérifiés")
        )
    send_mail(subject, checkpoints.line_of(made), None, settings.JOURNAL_CHECKPOINT_RECIPIENTS)
