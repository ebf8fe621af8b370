"""The pages of facts over REST: every fact once, in both directions, whatever comes in meanwhile."""

import base64
import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiToken
from accounts.scope import acting_for, system_scope
from accounts.tokens.services import digest
from core.opaque import read
from incidents.facts.api_pages import Position
from incidents.models import FactType, Incident

URL = "/api/v1/incidents/"
CROWDED = dt.date(2026, 2, 1)


@pytest.fixture
def program(world) -> Client:
    with system_scope("seeding"):
        ApiToken.objects.create(
            organisation=world.a.landlord, name="essai", rights=["write", "read", "narratives"], digest=digest("palier_pages"),
            created_by=world.a.lead, expires_on=timezone.localdate() + dt.timedelta(30),
        )  # fmt: skip
    return Client(headers={"Authorization": "Bearer palier_pages"})


def _record(world, days: list[dt.date]) -> list[int]:
    with system_scope("seeding"):
        noise = FactType.objects.get(code="NOISE")
        facts = [
            Incident(
                landlord=world.a.landlord, commune=world.commune, residence=world.a.residence,
                fact_type=noise, day=day,
            )
            for day in days
        ]  # fmt: skip
        return [fact.pk for fact in Incident.objects.bulk_create(facts)]


@pytest.fixture
def crowd(world) -> list[int]:
    """1,500 facts, the latest first; 1,200 of them of one day."""
    around = [CROWDED + dt.timedelta(n % 30 + 1) for n in range(150)]
    before = [CROWDED - dt.timedelta(n % 30 + 1) for n in range(150)]
    _record(world, [*around, *[CROWDED] * 1200, *before])
    with acting_for(world.a.landlord):
        return list(Incident.objects.order_by("-day", "-id").values_list("pk", flat=True))


def test_a_page_holds_a_thousand_facts_at_most(program, crowd):
    page = program.get(URL, {"page_size": 1200}).json()
    assert _ids(page) == crowd[:1000]


def _ids(page: dict) -> list[int]:
    return [read("fact", row["id"]) for row in page["results"]]


def test_walking_the_pages_gives_each_fact_once_there_and_back(program, crowd):
    page = program.get(URL, {"page_size": 100}).json()
    pages = [page]
    while page["next"]:
        page = program.get(page["next"]).json()
        pages.append(page)
    assert [pk for page in pages for pk in _ids(page)] == crowd
    assert pages[0]["previous"] is None
    back = [page]
    while page["previous"]:
        page = program.get(page["previous"]).json()
        back.append(page)
    assert [_ids(page) for page in back] == [_ids(page) for page in reversed(pages)]
    assert _ids(program.get(page["next"]).json()) == _ids(pages[1])


def test_facts_that_come_in_meanwhile_are_neither_repeated_nor_push_others_out(program, world, crowd):
    first = program.get(URL, {"page_size": 700}).json()
    late = _record(world, [CROWDED] * 3 + [timezone.localdate()])
    second = program.get(first["next"]).json()
    third = program.get(second["next"]).json()
    assert _ids(first) + _ids(second) + _ids(third) == crowd
    assert third["next"] is None
    newer = _ids(program.get(second["previous"]).json())
    above = sum(row["day"] > str(CROWDED) for row in first["results"])
    assert newer == [*_ids(first)[3:above], *late[2::-1], *_ids(first)[above:]]


def test_a_full_last_page_has_no_next(program, world):
    with acting_for(world.a.landlord):
        number = Incident.objects.count()
    page = program.get(URL, {"page_size": number}).json()
    assert (len(page["results"]), page["next"], page["previous"]) == (number, None, None)


def test_the_days_asked_for_hold_on_every_page(program, world, crowd):
    asked = {"since": str(CROWDED), "until": str(CROWDED), "page_size": 1000}
    first = program.get(URL, asked).json()
    second = program.get(first["next"]).json()
    days = {row["day"] for row in first["results"] + second["results"]}
    assert (days, len(second["results"]), second["next"]) == ({str(CROWDED)}, 200, None)


@pytest.mark.parametrize("written", ["next", "previous"])
def test_a_page_is_sought_by_an_index_on_its_whole_order(program, world, crowd, written):
    page = program.get(program.get(URL, {"page_size": 500}).json()["next"]).json()
    with CaptureQueriesContext(connection) as captured:
        program.get(page[written])
    statement = next(q["sql"] for q in captured if "ROW(" in q["sql"])
    with acting_for(world.a.landlord), connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )
        cursor.execute(f"EXPLAIN (COSTS OFF) {statement}")
        plan = [line.strip() for (line,) in cursor.fetchall()]
    assert any("incident_recent_idx" in line for line in plan), plan
    assert any(line.startswith("Index Cond: (ROW(") for line in plan), plan


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "%00", "<2026-02-01", "<2026-02-01.", "<2026-13-01.5", "=2026-02-01.5", "<2026-02-01.-5",
     "<2026-02-01.5 ", "<2026-02-01.5", "2026-02-01.5", "p=2026-02-01", "o=1000", f"<2026-02-01.{10**18}"],
)  # fmt: skip
def test_a_cursor_that_was_not_given_out_is_a_bad_request(program, cursor):
    for written in (cursor, base64.urlsafe_b64encode(cursor.encode()).decode()):
        answer = program.get(URL, {"cursor": written})
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (answer.status_code, answer.json()["detail"]) == (400, "Ce curseur n’existe pas.")


def test_a_cursor_says_what_was_written_into_it():
    position = Position("<", dt.date(2026, 2, 1), 10**17)
    assert Position.read(position.cursor()) == position
