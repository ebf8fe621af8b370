"""Apply retention each night."""

from celery import shared_task
from django.utils import timezone

from . import services


@shared_task
def apply() -> None:
    """Erase what has been kept for its term."""
    services.apply(timezone.localdate())
