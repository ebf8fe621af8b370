"""Perform imports in a worker."""

import time
from typing import Any

from celery import Task, shared_task
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.enums import MailKind
from accounts.mail.services import send_told
from accounts.models import User
from accounts.scope import acting_as, load_user, system_scope
from core.jobs import JobError, JobPostponedError, JobState, Progress, running
from core.outbox import services as outbox
from sites.enums import ImportKind, ImportStage
from sites.geocoding.tasks import geocode
from sites.models import ImportRun

from . import services
from .stored import light_runs

# How long an import waits before it asks again whether its landlord's other one has ended.
AGAIN_S = 5
# A million facts take some minutes.
LONGEST_S = 30 * 60


@shared_task(bind=True, max_retries=None)
def run_import(self: "Task[..., Any]", run_id: int) -> None:
    """Perform the stage of a run, as the person who asked for it.

    While another import of the landlord runs, the task is retried, so that it holds no worker.
    """
    with system_scope("jobs"):
        run = light_runs().filter(pk=run_id).first()
    # A message may come twice: for a run that was abandoned or is being undone there is nothing to do.
    if run is None or run.stage == ImportStage.UNDO:
        return
    author = load_user(run.actor_id)
    try:
        with override(author.language), running(run) as progress:
            if progress is not None:
                give_up_if_lost_again(run, _LOST)
                _perform(run_id, author, progress)
            _give_back(run_id, author)
    except JobPostponedError as error:
        raise self.retry(countdown=AGAIN_S) from error
    except JobError:
        # The run holds the reason, which its author reads.
        if not services.read_as_told(run):
            # In the scope of the jobs: the person may no longer see the run.
            with system_scope("jobs"):
                services.forget_refused(run)
        send_told(user=author, kind=MailKind.IMPORT)
        return
    except Exception:
        send_told(user=author, kind=MailKind.IMPORT)
        raise


NO_LONGER = _("La personne qui l’a demandé n’est plus référente de ce bailleur : rien n’a été enregistré.")


_LOST = _(
    "Le travail s’est interrompu deux fois ; rien n’en a été enregistré. Envoyez le fichier en plusieurs parties."
)


def give_up_if_lost_again(run: ImportRun, told: Promise) -> None:
    """Count a lost worker: ``run`` is delivered again while it still says that it is running.

    Args:
        run: the run as it was before this worker held it.
        told: why the work is given up.

    Raises:
        JobError: it is the second loss; the next worker would be lost as well, and so on for ever.
    """
    if run.state != JobState.RUNNING:
        return
    with system_scope("jobs"):
        ImportRun.objects.filter(pk=run.pk).update(losses=run.losses + 1)
    if run.losses:
        raise JobError(told)


def _perform(run_id: int, author: User, progress: Progress) -> None:
    with acting_as(author):
        run = light_runs().select_related("organisation").filter(pk=run_id).first()
        if run is None:
            raise JobError(NO_LONGER)
        _do(run, _within(LONGEST_S, progress))
        if run.stage == ImportStage.IMPORT and run.kind == ImportKind.STOCK and settings.GEOCODER_URL:
            outbox.send(geocode, author.pk)


_TOO_LONG = _(
    "Ce fichier demande plus de %(minutes)d minutes de travail ; rien n’en a été enregistré. Envoyez-le en plusieurs"
    " parties."
)


def _within(seconds: int, progress: Progress) -> services.Tell:
    """Return the function that the work of a file tells its progress; it ends the work once that has lasted so long.

    Others wait for the worker, and may wait for what the transaction holds.
    """
    end = time.monotonic() + seconds

    def tell(share: float) -> None:
        if time.monotonic() > end:
            raise JobError(lambda: _TOO_LONG % {"minutes": seconds // 60})
        progress.update(round(100 * share), 100)

    return tell


def _do(run: ImportRun, tell: services.Tell) -> None:
    """Do the work of the run's stage."""
    if run.stage == ImportStage.ANALYSIS:
        services.analyse_file(run, tell=tell)
    elif run.stage == ImportStage.PREVIEW:
        services.preview(run, tell=tell)
    else:
        services.perform(run, tell=tell, previewed="kind" in run.mapping)


def _give_back(run_id: int, author: User) -> None:
    """Keep the rejected rows of an import that is done, once, in a transaction of its own."""
    with acting_as(author):
        done = {"state": JobState.DONE, "stage": ImportStage.IMPORT, "file__isnull": False}
        run = light_runs().filter(pk=run_id, **done).first()
        if run:
            services.give_back(run)
