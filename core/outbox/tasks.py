"""Sweep the outbox in a worker."""

from celery import shared_task

from . import services


@shared_task
def sweep() -> None:
    """Hand over the messages that are due."""
    services.sweep()
