"""Show that beat and the workers of each queue are at work."""

from celery import shared_task

from . import services

WORKER, FILES_WORKER, BEAT = "worker", "files", "beat"


@shared_task
def worker() -> None:
    """Show that a worker takes tasks from the queue of mails, notes and publications."""
    services.answered(WORKER)


@shared_task
def files_worker() -> None:
    """Show that a worker takes tasks from the queue of files."""
    services.answered(FILES_WORKER)


@shared_task
def beat() -> None:
    """Show that beat hands out tasks, and that a worker takes them."""
    services.answered(BEAT)
    services.answered(WORKER)
