"""Run the nightly evaluation."""

from celery import shared_task

from .nightly import evaluate_everything


@shared_task
def evaluate_all() -> int:
    """Re-evaluate every place, because the windows move by a day each night."""
    return evaluate_everything()
