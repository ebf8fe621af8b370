"""Delete the sessions that have expired, at night."""

from celery import shared_task

from .store import SessionStore


@shared_task(ignore_result=True)
def clear_expired() -> None:
    """Delete the sessions that have expired; nobody could resume them before either."""
    SessionStore.clear_expired()
