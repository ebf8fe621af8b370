"""Find the points of addresses with a geocoder, behind one small interface.

One geocoder is implemented: the batch form of the French national address API (``/search/csv/``), or any
server with the same protocol, named by ``GEOCODER_URL``. Without it, people place the points.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from math import isfinite
from typing import Any, NamedTuple, Protocol

import httpx
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.jobs import JobError
from sites.changes import points_moved
from sites.enums import GeocodingState
from sites.match_key import parse
from sites.models import Address
from sites.perimeter import is_led

# Few enough for the evaluation to lock their residences one by one, rather than their landlords as a whole.
BATCH = 500
_TIMEOUT_S = 60.0
_CONNECT_S = 5.0
# A person waits for candidates, beside the map.
_CANDIDATES, _CANDIDATES_S = 5, 6.0
_FOUND = "ok"
_HALF_TURN, _QUARTER_TURN = 180, 90

Enter = Callable[[], AbstractContextManager[Scope]]


class GeocodingError(JobError):
    """The error raised when the geocoder does not answer as it should; the addresses wait for another try."""


class Question(NamedTuple):
    """An address to look up."""

    id: int
    label: str
    postcode: str
    insee: str


class Answer(NamedTuple):
    """The point found for an address; ``score`` runs from 0 to 1, None when nothing was found."""

    id: int
    longitude: float | None
    latitude: float | None
    score: float | None


class Candidate(NamedTuple):
    """An address that the geocoder proposes: its label, its point in degrees, and a score from 0 to 1."""

    label: str
    longitude: float
    latitude: float
    score: float


class Geocoder(Protocol):
    """The interface of a geocoder."""

    def locate(self, questions: Sequence[Question]) -> list[Answer]:
        """Return an answer for each question, in any order.

        Raises:
            GeocodingError: no answer can be had now.
        """

    def propose(self, question: Question) -> list[Candidate]:
        """Return the addresses that the question may mean, the likeliest first.

        Raises:
            GeocodingError: no answer can be had now.
        """


class NationalAddressApi:
    """The client of ``POST /search/csv/``, which returns the CSV it is sent with result columns added.

    ``GET /search/`` proposes several addresses for one.
    """

    def __init__(self, url: str, *, timeout: float = _TIMEOUT_S) -> None:
        self._url = url.rstrip("/") + "/search/csv/"
        self._one = url.rstrip("/") + "/search/"
        self._timeout = timeout

    def propose(self, question: Question) -> list[Candidate]:
        """Ask for the addresses of the commune that are like the one of ``question``."""
        asked = {"q": question.label, "citycode": question.insee, "limit": str(_CANDIDATES)}
        try:
            response = httpx.get(self._one, params=asked, timeout=_CANDIDATES_S)
            response.raise_for_status()
            return [_candidate(feature) for feature in response.json()["features"]]
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise GeocodingError(_("Le service de géocodage ne répond pas ; réessayez plus tard.")) from error
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise GeocodingError(_("Le service de géocodage a répondu autre chose qu’attendu.")) from error

    def locate(self, questions: Sequence[Question]) -> list[Answer]:
        """Look up all ``questions`` in one request."""
        try:
            response = httpx.post(
                self._url,
                files={"data": ("adresses.csv", _written(questions), "text/csv")},
                data={"columns": "adresse", "postcode": "code_postal", "citycode": "code_insee"},
                timeout=httpx.Timeout(self._timeout, connect=min(self._timeout, _CONNECT_S)),
            )
            response.raise_for_status()
            return _answers(response.content.decode("utf-8-sig"))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise GeocodingError(_("Le service de géocodage ne répond pas ; réessayez plus tard.")) from error
        except (UnicodeDecodeError, ValueError, KeyError, TypeError, csv.Error) as error:
            raise GeocodingError(_("Le service de géocodage a répondu autre chose qu’attendu.")) from error


def geocoder() -> Geocoder | None:
    """Return the geocoder of the settings; None when none is set."""
    return NationalAddressApi(settings.GEOCODER_URL) if settings.GEOCODER_URL else None


def geocode_pending(enter: Enter, finder: Geocoder) -> dict[str, int]:
    """Look up the addresses that wait for a point, one batch at a time.

    The geocoder is asked outside any transaction, and each batch is stored in one of its own: after a failure
    the remaining addresses still wait.

    Args:
        enter: opens the scope of the work. A person's covers the addresses of the landlords they lead, the
            operator's (scope "stock_import") all addresses.
        finder: the geocoder.

    Returns:
        How many addresses were found, and how many are left for a person to place.

    Raises:
        GeocodingError: the geocoder does not answer as it should.
    """
    counts = {"found": 0, "to_place": 0}
    last = 0
    while questions := _following(enter, last):
        answers = finder.locate(questions)
        for state, number in _keep(enter, questions, answers).items():
            counts[state] += number
        last = questions[-1].id
    return counts


def _waiting(scope: Scope) -> QuerySet[Address]:
    """Return the addresses that wait for a point and that this scope may place."""
    waiting = Address.objects.open().filter(geocoding=GeocodingState.PENDING, longitude=None)
    mine = waiting if scope.system == "stock_import" else waiting.filter(is_led())
    return mine.select_related("commune").order_by("id")


def _following(enter: Enter, last: int) -> list[Question]:
    with enter() as scope:
        return [question_of(address) for address in _waiting(scope).filter(pk__gt=last)[:BATCH]]


def _keep(enter: Enter, questions: Sequence[Question], answers: Iterable[Answer]) -> dict[str, int]:
    """Store the answers for the addresses that still wait and have not changed since they were asked for."""
    asked = {question.id: question for question in questions}
    found = {answer.id: answer for answer in answers}
    with enter() as scope:
        rows = _waiting(scope).filter(pk__in=asked).select_for_update(of=("self",), no_key=True)
        unmoved = [address for address in rows if question_of(address) == asked[address.pk]]
        for address in unmoved:
            _apply(address, found.get(address.pk))
        Address.objects.bulk_update(unmoved, ["longitude", "latitude", "geocoding", "geocoding_score"])
        moved = [address for address in unmoved if address.geocoding == GeocodingState.FOUND]
        points_moved(sorted({address.residence_id for address in moved}))
        found_here, to_place = len(moved), len(unmoved) - len(moved)
        if unmoved:
            write_entry(
                scope, AuditAction.UPDATE, "sites.geocoding",
                acting_in=[Role.LEAD], found=found_here, to_place=to_place,
            )  # fmt: skip
    return {"found": found_here, "to_place": to_place}


def _apply(address: Address, answer: Answer | None) -> None:
    """Set the point of an answer; leave one with a low score for a person to place."""
    address.geocoding = GeocodingState.TO_PLACE
    if answer is None or answer.score is None or answer.longitude is None:
        return
    address.geocoding_score = answer.score
    if answer.score >= settings.GEOCODER_MIN_SCORE:
        address.longitude, address.latitude = answer.longitude, answer.latitude
        address.geocoding = GeocodingState.FOUND


def _candidate(feature: dict[str, Any]) -> Candidate:
    longitude, latitude = feature["geometry"]["coordinates"]
    said = feature["properties"]
    found = Candidate(str(said["label"]), float(longitude), float(latitude), float(said["score"]))
    if not (abs(found.longitude) <= _HALF_TURN and abs(found.latitude) <= _QUARTER_TURN):
        message = "no place on Earth"
        raise ValueError(message)
    return found


def question_of(address: Address) -> Question:
    """Return what a geocoder is asked for an address: its street and number, without the name of a building."""
    return Question(
        address.pk, parse(address.label).outside or address.label, address.postcode, address.commune.code
    )


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
    longitude, latitude, score = (float(row[name]) for name in ("longitude", "latitude", "result_score"))
    # "nan" and "1e400" are numbers too: no place on Earth.
    if not (abs(longitude) <= _HALF_TURN and abs(latitude) <= _QUARTER_TURN and isfinite(score)):
        return Answer(int(row["id"]), None, None, None)
    return Answer(int(row["id"]), longitude, latitude, score)
