"""Look up the points of addresses in a worker."""

from functools import partial

from celery import shared_task
from django.conf import settings

from accounts.scope import acting_as, load_user
from core.signs import services as signs

from .services import GeocodingError, NationalAddressApi, Question, geocode_pending, geocoder

GEOCODER = "geocoder"
# Why a trial of the geocoder failed: it did not answer as it should, or does not know an address that everybody does.
SILENT, LOST = "silent", "lost"
# The State's digital department: it says nothing of anybody's stock.
_PUBLIC = Question(0, "20 avenue de Ségur", "75007", "75107")
_TRIAL_S = 10.0


@shared_task(autoretry_for=(GeocodingError,), max_retries=5, retry_backoff=60)
def geocode(user_id: int) -> None:
    """Look up the points of the addresses that a person may place."""
    finder = geocoder()
    if finder is not None:
        geocode_pending(partial(acting_as, load_user(user_id)), finder)


@shared_task
def try_geocoder() -> None:
    """Ask the geocoder for one public address, and write whether it found it."""
    try:
        answers = NationalAddressApi(settings.GEOCODER_URL, timeout=_TRIAL_S).locate([_PUBLIC])
    except GeocodingError:
        signs.answered(GEOCODER, problem=SILENT)
    else:
        found = [answer for answer in answers if answer.longitude is not None]
        signs.answered(GEOCODER, problem="" if found else LOST)
