"""Open every page that the access matrix opens to somebody, once in a process, for all tests that look at the answers.

A test that asks for them bears the mark ``PAGES``, so that all of them run in one process.
"""

import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from accounts.enums import Role
from tests.access import MATRIX
from tests.access.people import ANONYMOUS, PROGRAM, STRANGER, person
from tests.world import program_of, signed_in

PAGES = pytest.mark.xdist_group("pages")
EVERYBODY = (*map(str, Role), STRANGER, ANONYMOUS, PROGRAM)
FRANCE = "-5,42,9,51"
# Beside what the matrix asks of each page: the other files, and what searches and narrows.
MORE = [
    *(("incidents:export", {"kind": "xlsx"}, {}), ("incidents:list", {}, {"place": "chemin"})),
    *(("incidents:list", {}, query) for query in ({"state": "all"}, {"complaint": "yes"}, {"dated": "span"})),
    *(("classification:export", {"kind": kind}, {}) for kind in ("xlsx", "geojson")),
    # Over today, so that there is something to count.
    *(("classification:indicators", {}, {"period": str(timezone.localdate().year), "against": against})
      for against in ("an", "precedente")),
    ("classification:indicators_export", {"kind": "xlsx"}, {"period": str(timezone.localdate().year)}),
    *(("classification:simulator", {}, query) for query in ({"c23": "4"}, {"c33": "3"}, {"w1": "200", "lieux": "adresses"})),
    ("classification:simulator_export", {"kind": "csv"}, {"c23": "4"}),
    *(("classification:residences", {}, query) for query in ({"q": "chemin"}, {"level": "4"})),
    *(("classification:map_data", {}, {"bbox": FRANCE, "zoom": "19"} | query)
      for query in ({"unit": "address"}, {"period": "28"}, {"period": "365", "unit": "address"})),
    *(("search", {}, {"q": words}) for words in ("chemin", "perimetre", "rue")),
]  # fmt: skip


@dataclass(frozen=True)
class Page:
    """An address of the matrix with its arguments and query; None: as the row says."""

    name: str
    kwargs: dict | None = None
    query: dict | None = None

    def __str__(self) -> str:
        given = {**(self.kwargs or {}), **(self.query or {})}
        return " ".join([self.name, *(f"{key}={value}" for key, value in given.items())])


@dataclass(frozen=True)
class Answer:
    """What was answered: its text is everything somebody reads there; the SQL that it took, and the names read in the query."""

    status: int
    headers: Mapping[str, str]
    text: str
    statements: list[str]
    names: set[str]


def pages(who: str) -> Iterator[Page]:
    """Return every page that the matrix opens to ``who``."""
    for name, row in sorted(MATRIX.items()):
        if who in row.get("GET", ()):
            yield Page(name)
    yield from (Page(*page) for page in MORE if who in MATRIX[page[0]]["GET"])


def answer(client: Client, world: SimpleNamespace, page: Page) -> Answer:
    """Ask for a page and undo what that wrote, so that no page depends on one before it."""
    row = MATRIX[page.name]
    with transaction.atomic():
        kwargs, query = page.kwargs, page.query
        if kwargs is None:
            kwargs = row["kwargs"](world) if "kwargs" in row else {}
        if query is None:
            query = row["query"](world) if "query" in row else {}
        url = reverse(page.name, kwargs=kwargs)
        with statements_taken() as taken, _names_read() as names:
            response = client.get(url, query)
            text = text_of(response)
        transaction.set_rollback(True)
    statements = [query["sql"] or "" for query in taken.captured_queries]
    return Answer(response.status_code, response.headers, text, statements, names)


def statements_taken() -> CaptureQueriesContext:
    """Collect the statements of a block; Django keeps 9,000 of a process, and none is read a second time."""
    connection.queries_log.clear()
    return CaptureQueriesContext(connection)


@contextmanager
def _names_read() -> Iterator[set[str]]:
    """Collect the names that are looked up in the query of a request."""
    found: set[str] = set()

    def recording(method):
        def look_up(self, name, *rest):
            if not self._mutable and isinstance(name, str):
                found.add(name)
            return method(self, name, *rest)

        return look_up

    with pytest.MonkeyPatch.context() as patch:
        for method in ("__getitem__", "getlist", "__contains__"):
            patch.setattr(QueryDict, method, recording(getattr(QueryDict, method)))
        yield found


# By the day, of which pages speak, and who asked.
_answered: dict[tuple[dt.date, str], dict[str, Answer]] = {}


def answers(world: SimpleNamespace, who: str) -> dict[str, Answer]:
    """Return what ``who`` of side A is answered on each page in the world as planted; asked once in a process."""
    key = (timezone.localdate(), str(who))
    if key not in _answered:
        with transaction.atomic():
            client = client_of(world, who)
            _answered[key] = {str(page): answer(client, world, page) for page in pages(who)}
            transaction.set_rollback(True)
    return _answered[key]


def client_of(world: SimpleNamespace, who: str) -> Client:
    """Return the client of somebody whom the matrix names; a view that fails answers it with a 500."""
    if who == PROGRAM:
        client = program_of(world)
    else:
        client = Client() if who == ANONYMOUS else signed_in(person(world, who))
    client.raise_request_exception = False
    return client


def text_of(response: HttpResponse) -> str:
    """Return everything somebody reads in an answer: a page, a table, a workbook or a document."""
    content = response.getvalue()
    kind = response.headers.get("Content-Type", "")
    if "spreadsheet" in kind:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return "\n".join(str(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    if "pdf" in kind:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if "json" in kind:
        # The journal leaves as one document for each line.
        documents = content.splitlines() if "jsonl" in kind or "ndjson" in kind else [content]
        return "\n".join(json.dumps(json.loads(one), ensure_ascii=False) for one in documents)
    return content.decode(errors="replace")


class Clients(dict[str, Client]):
    """The clients of those whom the matrix names, each made when it is first asked for: outside what is undone meanwhile."""

    def __init__(self, world: SimpleNamespace) -> None:
        super().__init__()
        self._world = world

    def __missing__(self, who: str) -> Client:
        """Make the client of ``who``, and keep it."""
        self[who] = client_of(self._world, who)
        return self[who]
