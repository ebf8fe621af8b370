"""Tell of observations that are about to lapse, in a worker."""

from celery import shared_task

from . import lapsing


@shared_task
def tell_of_lapsing() -> None:
    """Mail those who may confirm the observations that lapse soon."""
    lapsing.tell_of_lapsing()
