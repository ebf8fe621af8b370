"""Tell leads of decisions that lapsed, in a worker."""

from celery import shared_task

from . import telling


@shared_task
def tell_of_lapsed() -> None:
    """Mail the leads of whom a decision lapsed."""
    telling.tell_of_lapsed()
