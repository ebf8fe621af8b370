"""Perform imports in a worker."""

from celery import shared_task
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.scope import acting_as, load_user, system_scope
from core.jobs import JobError, JobState, Progress, running
from core.outbox import services as outbox
from sites.enums import ImportKind
from sites.geocoding.tasks import geocode
from sites.models import ImportRun

from . import services


@shared_task
def run_import(run_id: int) -> None:
    """Perform the import of a run, as the person who sent the file."""
    with system_scope("jobs"):
        run = ImportRun.objects.get(pk=run_id)
    author = load_user(run.created_by_id)
    try:
        with override(author.language), running(run) as progress:
            if progress is not None:
                _give_up_if_lost_again(run)
                _perform(run_id, author, progress)
    except JobError:
        # The run holds the reason, which its author reads.
        with acting_as(author):
            services.forget_refused(run)
        return


def _give_up_if_lost_again(run: ImportRun) -> None:
    """Count a lost worker: ``run`` is delivered again while it still says that it is running.

    Raises:
        JobError: it is the second loss; the next worker would be lost as well, and so on for ever.
    """
    if run.state != JobState.RUNNING:
        return
    with system_scope("jobs"):
        ImportRun.objects.filter(pk=run.pk).update(losses=run.losses + 1)
    if run.losses:
        raise JobError(
            _(
                "Le travail s’est interrompu deux fois ; rien n’en a été enregistré. "
                "Envoyez le fichier en plusieurs parties."
            )
        )


def _perform(run_id: int, author: User, progress: Progress) -> None:
    with acting_as(author):
        run = ImportRun.objects.select_related("organisation", "file").get(pk=run_id)
        services.perform(run, tell=lambda share: progress.update(round(100 * share), 100))
        if run.kind == ImportKind.STOCK and settings.GEOCODER_URL:
            outbox.send(geocode, author.pk)
