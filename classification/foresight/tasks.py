"""Work out which places are to be watched, in the worker."""

from celery import shared_task

from .nightly import watch_everything


@shared_task
def watch_all() -> int:
    """Replace the reasons to watch of every landlord, after the evaluation of the night."""
    return watch_everything()
