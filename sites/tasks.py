"""Long work of this app: imports, geocoding."""

from celery import shared_task
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.jobs import JobError, JobState, Progress, running
from accounts.models import User
from accounts.scope import acting_as, system_scope

from .enums import ImportKind
from .geocoding import GeocodingError, geocode_pending, geocoder
from .imports import service
from .models import ImportRun


@shared_task
def run_import(run_id: int) -> None:
    """Do the import of a run, as the person who sent the file in."""
    with system_scope("jobs"):
        run = ImportRun.objects.get(pk=run_id)
    author = _person(run.created_by_id)
    try:
        with override(author.language), running(run) as progress:
            if progress is not None:
                _give_up_if_lost_again(run)
                _perform(run_id, author, progress)
    except JobError:
        # The reason is written on the run, for its author to read.
        with acting_as(author):
            service.forget_refused(run)
        return
    if run.kind == ImportKind.STOCK and settings.GEOCODER_URL:
        geocode.delay(author.pk)


@shared_task(autoretry_for=(GeocodingError,), max_retries=5, retry_backoff=60)
def geocode(user_id: int) -> None:
    """Look for the points of the addresses that a person may place."""
    finder = geocoder()
    if finder is not None:
        with acting_as(_person(user_id)) as scope:
            geocode_pending(scope, finder)


def _give_up_if_lost_again(run: ImportRun) -> None:
    """Count the loss of the worker that had ``run``, which came back with the state it left it in.

    Raises:
        JobError: it is the second; the next worker would fare no better, and so for ever.
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
        service.perform(run, tell=lambda share: progress.update(round(100 * share), 100))


def _person(user_id: int) -> User:
    with system_scope("authentication"):
        return User.objects.get(pk=user_id)
