"""Run the nightly evaluation."""

from celery import shared_task

from classification.grids.adopting import settle_all
from core.alone import alone

from .nightly import evaluate_everything


@shared_task
def evaluate_all() -> int:
    """Re-evaluate every place, because the windows move by a day each night, and a grid may begin to count.

    Every place is evaluated also where an adoption could not be settled; the task fails then all the same.
    """
    with alone("evaluate_all") as free:
        if not free:
            return 0
        try:
            settle_all()
        finally:
            places = evaluate_everything()
        return places
