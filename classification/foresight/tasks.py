"""Work out which places are to be watched, and how they rank, in the worker."""

from celery import shared_task

from core.alone import alone

from .nightly import watch_everything
from .ranked import rank_everything


@shared_task
def watch_all() -> int:
    """Replace the reasons to watch of every landlord, after the evaluation of the night."""
    with alone("watch_all") as free:
        return watch_everything() if free else 0


@shared_task
def rank_all() -> int:
    """Replace the rankings of every landlord and territory."""
    with alone("rank_all") as free:
        return rank_everything() if free else 0
