"""Ask for pages, and say how long they took and how many statements they made."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.scope import acting_as


class Page(NamedTuple):
    """A page as somebody asks for it, and words that it shows."""

    client: Client
    path: str
    shows: str = ""


class Cost(NamedTuple):
    """What a page cost: the median and the 95th percentile of its seconds, and the statements of one request."""

    median: float
    p95: float
    statements: int


def client_of(user: User, **headers: str) -> Client:
    """Return a client in which ``user`` is logged in, which sends ``headers``."""
    client = Client(headers=headers)
    with acting_as(user):
        client.force_login(user)
    return client


def timed(act: Callable[[], Any]) -> float:
    """Return how many seconds ``act`` takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def costs(pages: Mapping[str, Page], rounds: int) -> dict[str, Cost]:
    """Return what each page costs, asked for in turns, so that whatever else the machine does falls on all of them."""
    statements = {name: _statements(page) for name, page in pages.items()}
    found = [
        {name: timed(lambda page=page: _ask(page)) for name, page in pages.items()} for _ in range(rounds)
    ]
    return {name: Cost(*_spread([seconds[name] for seconds in found]), statements[name]) for name in pages}


def _spread(seconds: Sequence[float]) -> tuple[float, float]:
    return statistics.median(seconds), statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def _ask(page: Page) -> None:
    response = page.client.get(page.path)
    assert response.status_code == 200, (page.path, response.status_code)
    assert page.shows in response.text, (page.path, page.shows)


def _statements(page: Page) -> int:
    made = 0

    def count(execute, sql, params, many, context):
        nonlocal made
        made += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        _ask(page)
    return made
