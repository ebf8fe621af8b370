"""Write down, at night, which proposals nobody answered in time."""

from celery import shared_task

from . import answering


@shared_task
def write_lapsed() -> int:
    """Write down which proposals have lapsed, and return how many."""
    return answering.write_lapsed()
