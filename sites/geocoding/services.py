"""From an address to its point, behind one small interface.

One geocoder is known: the batch form of the French national address API (``/search/csv/``),
or any server that speaks it, named by ``GEOCODER_URL``. Without it, people place the points.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import httpx
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.jobs import JobError
from sites.changes import places_changed
from sites.enums import GeocodingState
from sites.models import Address

BATCH = 1_000
_TIMEOUT_S = 60.0
_FOUND = "ok"


class GeocodingError(JobError):
    """The geocoder did not answer as it should; the addresses wait for another try."""


class Question(NamedTuple):
    """An address to look for."""

    id: int
    label: str
    postcode: str
    insee: str


class Answer(NamedTuple):
    """What was found for an address; ``score`` runs from 0 to 1, None when nothing was."""

    id: int
    longitude: float | None
    latitude: float | None
    score: float | None


class Geocoder(Protocol):
    """Finds the points of addresses."""

    def locate(self, questions: Sequence[Question]) -> list[Answer]:
        """Return an answer for each question, in any order.

        Raises:
            GeocodingError: no answer can be had now.
        """


class NationalAddressApi:
    """Speaks ``POST /search/csv/``: a CSV goes in, the same CSV comes back with result columns."""

    def __init__(self, url: str, *, timeout: float = _TIMEOUT_S) -> None:
        self._url = url.rstrip("/") + "/search/csv/"
        self._timeout = timeout

    def locate(self, questions: Sequence[Question]) -> list[Answer]:
        """Ask for all ``questions`` at once."""
        try:
            response = httpx.post(
                self._url,
                files={"data": ("adresses.csv", _written(questions), "text/csv")},
                data={"columns": "adresse", "postcode": "code_postal", "citycode": "code_insee"},
                timeout=self._timeout,
            )
            response.raise_for_status()
            return _answers(response.content.decode("utf-8-sig"))
        except httpx.HTTPError as error:
            raise GeocodingError(_("Le service de géocodage ne répond pas ; réessayez plus tard.")) from error
        except (UnicodeDecodeError, ValueError, KeyError, csv.Error) as error:
            raise GeocodingError(_("Le service de géocodage a répondu autre chose qu’attendu.")) from error


def geocoder() -> Geocoder | None:
    """Return the geocoder of the settings, or None."""
    return NationalAddressApi(settings.GEOCODER_URL) if settings.GEOCODER_URL else None


def geocode_pending(scope: Scope, finder: Geocoder) -> dict[str, int]:
    """Look for every visible address that waits for a point, a batch at a time.

    Each batch is kept once answered: a failure leaves the rest waiting.

    Returns:
        How many addresses were found, and how many are for a person to place.

    Raises:
        GeocodingError: no answer can be had now.
    """
    counts = {"found": 0, "to_place": 0}
    pending = Address.objects.filter(geocoding=GeocodingState.PENDING, longitude=None)
    waiting = list(pending.select_related("commune").order_by("id"))
    for start in range(0, len(waiting), BATCH):
        batch = {address.pk: address for address in waiting[start : start + BATCH]}
        answers = finder.locate([_question(address) for address in batch.values()])
        for state, number in _keep(scope, batch, answers).items():
            counts[state] += number
    return counts


@transaction.atomic
def _keep(scope: Scope, batch: dict[int, Address], answers: Iterable[Answer]) -> dict[str, int]:
    found = {answer.id: answer for answer in answers}
    for pk, address in batch.items():
        _apply(address, found.get(pk))
    fields = ["longitude", "latitude", "geocoding", "geocoding_score"]
    Address.objects.bulk_update(batch.values(), fields)
    moved = [address for address in batch.values() if address.geocoding == GeocodingState.FOUND]
    places_changed(sorted({address.residence_id for address in moved}))
    number = len(moved)
    write_entry(scope, AuditAction.UPDATE, "sites.geocoding", found=number, to_place=len(batch) - number)
    return {"found": number, "to_place": len(batch) - number}


def _apply(address: Address, answer: Answer | None) -> None:
    """A low score is not a point: someone who knows the place will say."""
    address.geocoding = GeocodingState.TO_PLACE
    if answer is None or answer.score is None or answer.longitude is None:
        return
    address.geocoding_score = answer.score
    if answer.score >= settings.GEOCODER_MIN_SCORE:
        address.longitude, address.latitude = answer.longitude, answer.latitude
        address.geocoding = GeocodingState.FOUND


def _question(address: Address) -> Question:
    return Question(address.pk, address.label, address.postcode, address.commune.code)


def _written(questions: Sequence[Question]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["id", "adresse", "code_postal", "code_insee"])
    writer.writerows(questions)
    return text.getvalue().encode()


def _answers(text: str) -> list[Answer]:
    rows = csv.DictReader(io.StringIO(text))
    if not {"id", "result_status", "result_score", "longitude", "latitude"} <= set(rows.fieldnames or ()):
        message = "no result columns"
        raise ValueError(message)
    return [_answer(row) for row in rows]


def _answer(row: dict[str, str]) -> Answer:
    if row["result_status"] != _FOUND or not row["latitude"]:
        return Answer(int(row["id"]), None, None, None)
    return Answer(int(row["id"]), float(row["longitude"]), float(row["latitude"]), float(row["result_score"]))
