"""The outbox: what a transaction asks for is sent once it has committed, whatever the broker does meanwhile."""

import ast
import threading
import uuid
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import ProgrammingError, connection, connections, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.mail.tasks import deliver
from accounts.scope import acting_as, acting_for, system_scope
from config.celery import _send_what_waited
from config.celery import app as celery
from core.models import Message
from core.outbox import services as outbox
from core.outbox import tasks
from core.seal import Acting, enter
from tests.waiting import hold_on

ROOT = Path(__file__).resolve().parent.parent.parent
SITE = "https://palier.example"


@pytest.fixture
def sent(monkeypatch) -> list[tuple]:
    """What the broker was handed, and whether a transaction was open meanwhile."""
    handed = []

    def take(arguments, **options):
        handed.append((tuple(arguments), options, connection.in_atomic_block))

    monkeypatch.setattr(deliver, "apply_async", take)
    return handed


@pytest.fixture
def away(monkeypatch):
    """A broker that cannot be reached."""

    def refuse(arguments, **options):
        message = "connection refused"
        raise OperationalError(message)

    monkeypatch.setattr(deliver, "apply_async", refuse)


def waiting() -> list[tuple]:
    with system_scope("outbox"):
        return list(Message.objects.values_list("task", "arguments", "attempts", "last_error"))


def ask(*arguments) -> None:
    with system_scope("seeding"):
        outbox.send(deliver, *(arguments or (7, SITE)))


def test_a_task_is_sent_after_the_commit_outside_any_transaction_and_once(committed_database, sent):
    with system_scope("seeding"):
        outbox.send(deliver, 7, SITE)
        assert sent == []
    assert sent == [((7, SITE), {"retry": False}, False)]
    assert waiting() == []
    assert (outbox.sweep(), len(sent)) == (0, 1)


def test_what_is_rolled_back_is_not_sent(committed_database, sent):
    with system_scope("seeding"):
        outbox.send(deliver, 7, SITE)
        transaction.set_rollback(True)
    assert (sent, waiting(), outbox.sweep()) == ([], [], 0)


@pytest.mark.unsent
def test_a_broker_that_is_away_keeps_nobody_and_the_sweep_sends_what_waited(committed_database, monkeypatch):
    handed = []

    def refuse(arguments, **options):
        raise ConnectionError

    monkeypatch.setattr(deliver, "apply_async", refuse)
    ask()
    assert waiting() == [(deliver.name, [7, SITE], 1, "ConnectionError")]
    # Just tried: not again at once.
    assert (outbox.sweep(), waiting()[0][2]) == (0, 1)
    with time_machine.travel(timezone.now() + outbox._pause(1)):
        assert (outbox.sweep(), waiting()[0][2]) == (0, 2)
    monkeypatch.setattr(deliver, "apply_async", lambda arguments, **_: handed.append(arguments))
    with time_machine.travel(timezone.now() + outbox._pause(1) + outbox._pause(2)):
        tasks.sweep()
    assert (handed, waiting()) == ([[7, SITE]], [])


def test_pauses_grow_and_stay_short_enough_to_send_soon_after_the_broker_is_back():
    assert [outbox._pause(n).seconds for n in (1, 2, 3, 4, 5, 99)] == [30, 60, 120, 240, 300, 300]


@pytest.mark.unsent
def test_a_sweep_stops_at_a_broker_that_is_away(committed_database, away):
    with system_scope("seeding"):
        Message.objects.bulk_create([Message(task=deliver.name, arguments=[n, SITE]) for n in range(3)])
    assert outbox.sweep() == 0
    assert sorted(attempts for _task, _arguments, attempts, _error in waiting()) == [0, 0, 1]


@pytest.mark.unsent
def test_a_task_nobody_knows_does_not_hold_up_the_others(committed_database, sent):
    with system_scope("seeding"):
        Message(task="gone.in.an.upgrade").save(force_insert=True)
        Message(task=deliver.name, arguments=[7, SITE]).save(force_insert=True)
    assert outbox.sweep() == 1
    assert waiting() == [("gone.in.an.upgrade", [], 1, "NotRegistered")]


def _sweep_often(times: int, since) -> None:
    for number in range(1, times + 1):
        with time_machine.travel(since + number * outbox._pause(99)):
            outbox.sweep()


@pytest.mark.unsent
@pytest.mark.parametrize("why", ["unknown", "fails each time"])
def test_a_message_that_never_fits_is_given_up_in_the_end_and_says_so(
    committed_database, monkeypatch, caplog, why
):
    def refuse(arguments, **options):
        raise TypeError

    monkeypatch.setattr(deliver, "apply_async", refuse)
    task = "gone.in.an.upgrade" if why == "unknown" else deliver.name
    with system_scope("seeding"):
        Message(task=task, arguments=[7, SITE]).save(force_insert=True)
    now = timezone.now()
    _sweep_often(outbox._MOST_FAILURES - 1, now)
    assert [record.levelname for record in caplog.records] == ["WARNING"] * (outbox._MOST_FAILURES - 1)
    caplog.clear()
    _sweep_often(3, now + outbox._MOST_FAILURES * outbox._pause(99))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("ERROR", "a message was given up")
    ]
    with system_scope("outbox"):
        message = Message.objects.get()
        assert (message.attempts, message.failures) == (outbox._MOST_FAILURES, outbox._MOST_FAILURES)
        assert message.given_up_at is not None


@pytest.mark.unsent
def test_a_message_is_never_given_up_because_the_broker_is_away(committed_database, away, monkeypatch):
    ask()
    now = timezone.now()
    _sweep_often(2 * outbox._MOST_FAILURES, now)
    with system_scope("outbox"):
        message = Message.objects.get()
        assert (message.attempts, message.failures, message.given_up_at) == (
            2 * outbox._MOST_FAILURES + 1, 0, None,
        )  # fmt: skip
    handed: list[list] = []
    monkeypatch.setattr(deliver, "apply_async", lambda arguments, **_: handed.append(arguments))
    _sweep_often(1, now + 3 * outbox._MOST_FAILURES * outbox._pause(99))
    assert (handed, waiting()) == ([[7, SITE]], [])


def test_two_that_send_at_once_send_once(committed_database, monkeypatch):
    handed, entered, leave = [], threading.Event(), threading.Event()

    def slow(arguments, **options):
        handed.append(arguments)
        entered.set()
        hold_on(leave)

    monkeypatch.setattr(deliver, "apply_async", slow)

    def first():
        ask()
        connections.close_all()

    other = threading.Thread(target=first)
    other.start()
    hold_on(entered)
    assert outbox.sweep() == 0
    leave.set()
    other.join()
    assert (handed, waiting()) == ([[7, SITE]], [])


def test_a_message_somebody_is_claiming_is_not_waited_for(committed_database, superuser_uri, sent):
    with system_scope("seeding"):
        Message(task=deliver.name, arguments=[7, SITE]).save(force_insert=True)
    claiming = connection.copy()
    with claiming.cursor() as cursor:
        cursor.execute("BEGIN")
        enter(cursor, Acting(system="outbox"))
        cursor.execute("SELECT 1 FROM core_message FOR UPDATE")
        assert outbox.sweep() == 0
        cursor.execute("ROLLBACK")
    claiming.close()
    assert (outbox.sweep(), len(sent)) == (1, 1)


def test_one_that_died_between_its_claim_and_the_broker_is_followed_by_another(committed_database, sent):
    with system_scope("seeding"):
        message = Message(task=deliver.name, arguments=[7, SITE])
        message.save(force_insert=True)
    assert outbox._claimed(pk=message.pk).pk == message.pk
    assert (outbox.sweep(), sent) == (0, [])
    with time_machine.travel(timezone.now() + outbox._pause(1)):
        assert outbox.sweep() == 1
    assert [arguments for arguments, *_ in sent] == [(7, SITE)]


@pytest.mark.parametrize("argument", ["M. Durand", "", {"a": 1}, None])
def test_content_is_not_put_in_a_message(db, argument):
    with system_scope("seeding"), pytest.raises((ValueError, AttributeError)):
        outbox.send(deliver, argument)


def test_messages_are_added_by_anybody_in_a_scope_and_read_by_the_outbox_alone(world):
    for scope in (acting_as(world.a.agent), acting_for(world.a.landlord), system_scope("invitation")):
        with scope:
            outbox.send(deliver, 7)
            assert list(Message.objects.all()) == []
            assert Message.objects.update(attempts=9) == 0
            rows = Message.objects.all()
            assert rows._raw_delete(rows.db) == 0
    assert len(waiting()) == 3
    for scope in (
        acting_as(world.admin),
        acting_as(world.dpo),
        system_scope("seeding"),
        system_scope("jobs"),
    ):
        with scope:
            assert list(Message.objects.all()) == []
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Message(pk=uuid.uuid4(), task="x").save(force_insert=True)


def test_the_scope_around_a_delivery_stays_what_it_was(world, sent, django_capture_on_commit_callbacks):
    with acting_as(world.a.lead):
        with django_capture_on_commit_callbacks(execute=True):
            outbox.send(deliver, 7)
        assert list(Message.objects.all()) == []
    assert len(sent) == 1


def test_beat_sweeps_each_minute_and_a_worker_when_it_starts(committed_database, sent):
    entry = settings.CELERY_BEAT_SCHEDULE["sweep"]
    assert (entry["task"], entry["schedule"]) == (tasks.sweep.name, 60)
    celery.loader.import_default_modules()
    assert entry["task"] in celery.tasks
    with system_scope("seeding"):
        Message(task=deliver.name, arguments=[7, SITE]).save(force_insert=True)
    _send_what_waited()
    assert (len(sent), connection.connection) == (1, None)


def _senders() -> list[str]:
    names = {"delay", "apply_async", "send_task"}
    found = []
    for app in (
        "core",
        "accounts",
        "sites",
        "incidents",
        "classification",
        "partners",
        "portal",
        "config",
        "demo",
    ):
        for file in (ROOT / app).rglob("*.py"):
            used = (
                node.attr
                for node in ast.walk(ast.parse(file.read_bytes()))
                if isinstance(node, ast.Attribute)
            )
            found += [f"{file.relative_to(ROOT)}: {name}" for name in used if name in names]
    return found


def test_nothing_but_the_outbox_hands_a_task_to_the_broker():
    assert _senders() == ["core/outbox/services.py: apply_async"]


@pytest.mark.unsent
@pytest.mark.parametrize("attempts", [2_147_483_647, 0])
def test_a_row_with_an_odd_count_does_not_end_the_sweep(committed_database, sent, attempts):
    with system_scope("seeding"):
        Message.objects.bulk_create([
            Message(task="sites.geocoding.tasks.unknown", arguments=[1], attempts=attempts),
            Message(task=deliver.name, arguments=[2, SITE]),
        ])  # fmt: skip
    assert (outbox.sweep(), [arguments for arguments, *_ in sent]) == (1, [(2, SITE)])
