"""Work out the levels at the ends of months, in the worker."""

from celery import shared_task

from core.alone import alone

from .nightly import remember_everything


@shared_task
def remember_all() -> int:
    """Complete the last months of every residence, after the evaluation of the night."""
    with alone("remember_all") as free:
        return remember_everything() if free else 0
