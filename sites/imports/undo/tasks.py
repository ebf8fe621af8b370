"""Undo imports in a worker."""

from typing import Any

from celery import Task, shared_task
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.scope import acting_as, load_user, system_scope
from core.jobs import JobError, JobPostponedError, Progress, running
from sites.enums import ImportStage
from sites.imports.tasks import AGAIN_S, NO_LONGER, give_up_if_lost_again
from sites.models import ImportRun

from . import services

_LOST = _(
    "L’annulation s’est interrompue deux fois ; rien n’a changé. "
    "Relancez-la plus tard, quand le service est moins occupé."
)


@shared_task(bind=True, max_retries=None)
def undo_import(self: "Task[..., Any]", run_id: int, user_id: int) -> None:
    """Undo the import of a run, as the person who asked for it; retried while an import of the landlord runs."""
    with system_scope("jobs"):
        run = ImportRun.objects.get(pk=run_id)
    person = load_user(user_id)
    if run.stage != ImportStage.UNDO:
        return
    try:
        with override(person.language), running(run) as progress:
            if progress is not None:
                give_up_if_lost_again(run, _LOST)
                _perform(run_id, person, progress)
    except JobPostponedError as error:
        raise self.retry(countdown=AGAIN_S) from error
    except JobError:
        # The run holds the reason, which the person reads.
        return


def _perform(run_id: int, person: User, progress: Progress) -> None:
    with acting_as(person) as scope:
        run = ImportRun.objects.select_related("organisation").filter(pk=run_id).first()
        if run is None:
            raise JobError(NO_LONGER)
        services.perform(scope, run, tell=lambda share: progress.update(round(100 * share), 100))
