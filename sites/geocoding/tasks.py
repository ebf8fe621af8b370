"""Look up the points of addresses in a worker."""

from functools import partial

from celery import shared_task

from accounts.scope import acting_as, load_user

from .services import GeocodingError, geocode_pending, geocoder


@shared_task(autoretry_for=(GeocodingError,), max_retries=5, retry_backoff=60)
def geocode(user_id: int) -> None:
    """Look up the points of the addresses that a person may place."""
    finder = geocoder()
    if finder is not None:
        geocode_pending(partial(acting_as, load_user(user_id)), finder)
