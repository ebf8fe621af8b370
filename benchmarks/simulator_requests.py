"""Requests for the simulator, and the engine's own pass over the records that it does without."""

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

import psycopg
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.scope import acting_as
from classification import engine
from classification.engine.nightly import evaluate_everything
from classification.engine.services import default_grid

from .indicator_requests import INCIDENTS
from .map_requests import plant

# With those of the map, a million over the five years that facts are kept.
_FACTS, _DAYS, _ROUNDS = 700_000, 5 * 365, 5
_ASKED = {"a cell": {"c31": "3"}, "every threshold": {"o3": "6", "o2": "5", "w2": "80", "o1": "2"}}


def measures(superuser_uri: str) -> Iterator[tuple[str, float, float]]:
    """Plant the rows in an empty database; yield a name, the seconds of the page and those of the engine."""
    coordinator = plant()
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("SET session_replication_role = replica")
        planted.execute(INCIDENTS, {"facts": _FACTS, "days": _DAYS, "today": timezone.localdate()})
        planted.execute("VACUUM ANALYZE")
    evaluate_everything()
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("VACUUM ANALYZE")
    client = Client()
    with acting_as(coordinator):
        client.force_login(coordinator)
    from_records = _median(partial(_levels, coordinator))
    for name, query in _ASKED.items():
        yield name, _median(partial(_ask, client, query)), from_records


def _ask(client: Client, query: dict[str, str]) -> None:
    response = client.get("/methode/simulateur/", query)
    assert response.status_code == 200, response.status_code
    assert "Changeraient de niveau" in response.content.decode()


def _levels(user: User) -> None:
    with acting_as(user):
        assert len(engine.levels(default_grid(), timezone.localdate())) > 1000


def _median(act: Callable[[], None]) -> float:
    times = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
