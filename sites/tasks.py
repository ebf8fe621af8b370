"""Long work of this app: imports, geocoding."""

from celery import shared_task

from accounts.jobs import JobError, Progress, running
from accounts.models import User
from accounts.scope import acting_as, system_scope

from .imports import service
from .models import ImportRun


@shared_task
def run_import(run_id: int) -> None:
    """Do the import of a run, as the person who sent the file in."""
    with system_scope("jobs"):
        run = ImportRun.objects.get(pk=run_id)
    with system_scope("authentication"):
        author = User.objects.get(pk=run.created_by_id)
    try:
        with running(run) as progress:
            if progress is not None:
                _perform(run_id, author, progress)
    except JobError:
        # Written on the run, for its author to read.
        return


def _perform(run_id: int, author: User, progress: Progress) -> None:
    with acting_as(author):
        run = ImportRun.objects.select_related("organisation", "file").get(pk=run_id)
        service.perform(run, tell=lambda share: progress.update(round(100 * share), 100))
