"""Test that the calls of one token wait neither for each other nor for a lock on its row."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from accounts.scope import acting_as, system_scope
from accounts.tokens.services import digest
from tests.waiting import hold_on

SECRET = "palier_calls"
URL = "/api/v1/incidents/"


@pytest.fixture
def side(committed_database):
    from tests.world import plant

    side = plant().a
    with system_scope("seeding"):
        ApiToken.objects.create(
            organisation=side.landlord, name="essai", rights=["write", "read", "narratives"], digest=digest(SECRET), created_by=side.lead,
            expires_on=timezone.localdate() + dt.timedelta(9),
        )  # fmt: skip
    return side


@pytest.fixture
def program() -> Client:
    return Client(headers={"Authorization": f"Bearer {SECRET}"})


def _used() -> dt.datetime | None:
    with system_scope("seeding"):
        return ApiToken.objects.get().last_used_at


def _impatient() -> None:
    """Have a statement that waits for a lock fail, rather than the test last."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '30s'")


def test_a_call_does_not_wait_for_another_of_the_same_token(side, program, monkeypatch):
    from incidents.facts import api

    entered, leave, answers = threading.Event(), threading.Event(), []
    record = api.record_incident

    def slow(**values):
        entered.set()
        hold_on(leave)
        return record(**values)

    monkeypatch.setattr(api, "record_incident", slow)
    body = {
        "external_id": "a", "fact_type": "NOISE", "residence": side.residence.reference,
        "day": timezone.localdate().isoformat(),
    }  # fmt: skip

    def write() -> None:
        answers.append(program.post(URL, body, content_type="application/json").status_code)
        connection.close()

    writing = threading.Thread(target=write)
    writing.start()
    try:
        hold_on(entered)
        _impatient()
        assert _used() is not None
        assert program.get(URL).status_code == 200
        # Both were counted: the cache gives up, and says nothing, where it waits in vain.
        with system_scope("seeding"):
            token = ApiToken.objects.get()
        assert len(cache.get(f"throttle_user_token-{token.pk}")) == 2
    finally:
        leave.set()
        writing.join()
    assert answers == [201]


def test_a_call_does_not_wait_for_whoever_holds_the_token(side, program):
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with acting_as(side.lead), transaction.atomic():
            ApiToken.objects.select_for_update().get()
            held.set()
            hold_on(done)
        connection.close()

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        hold_on(held)
        _impatient()
        assert program.get(URL).status_code == 200
        assert _used() is None
    finally:
        done.set()
        holding.join()
    program.get(URL)
    assert _used() is not None


def test_its_use_is_dated_once_a_minute_and_also_when_the_call_fails(side, program):
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        program.post(URL, {"day": "yesterday"}, content_type="application/json")
        assert _used() == began
        clock.shift(59)
        program.get(URL)
        assert _used() == began
        clock.shift(1)
        program.get(URL)
        assert _used() == began + dt.timedelta(minutes=1)


def test_a_handler_that_fails_is_undone(side, program, monkeypatch):
    from incidents.facts import api
    from incidents.models import Incident

    def failing(**values):
        record(**values)
        raise api.ConflictError

    record = api.record_incident
    monkeypatch.setattr(api, "record_incident", failing)
    body = {
        "external_id": "b", "fact_type": "NOISE", "residence": side.residence.reference,
        "day": timezone.localdate().isoformat(),
    }  # fmt: skip
    assert program.post(URL, body, content_type="application/json").status_code == 409
    with system_scope("seeding"):
        assert not Incident.objects.filter(external_id="b").exists()
