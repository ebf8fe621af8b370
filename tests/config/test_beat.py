"""The scheduler of the nightly tasks remembers what it sent, as data."""

import copy
import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from classification.engine.tasks import evaluate_all
from classification.models import SiteLevel
from config.celery import app
from config.telemetry.beat import WatchedScheduler
from tests.factories import AddressFactory, IncidentFactory

NIGHTLY = {
    "evaluate": {"task": "classification.engine.tasks.evaluate_all", "schedule": crontab(hour=1, minute=30)}
}


@pytest.fixture
def start(tmp_path, monkeypatch, settings):
    settings.BEAT_SIGN_OF_LIFE = str(tmp_path / "alive")
    monkeypatch.setattr(app.conf, "beat_schedule", NIGHTLY)
    monkeypatch.setattr(WatchedScheduler, "apply_entry", lambda self, entry, producer=None: self.sync())
    monkeypatch.setattr(WatchedScheduler, "producer", None)
    return lambda: WatchedScheduler(app=app, schedule_filename=str(tmp_path / "schedule.json"))


def kept(tmp_path):
    return json.loads((tmp_path / "schedule.json").read_text())


def test_a_night_that_passed_while_it_was_stopped_is_made_up_for_once(start, tmp_path):
    start().close()
    two_days_ago = dt.datetime.now(dt.UTC) - dt.timedelta(2)
    (tmp_path / "schedule.json").write_text(json.dumps({"evaluate": two_days_ago.isoformat(), "gone": "x"}))
    with pytest.raises(KeyError):
        # A moment that cannot be read makes the file say nothing.
        _ = start().schedule["gone"]
    (tmp_path / "schedule.json").write_text(json.dumps({"evaluate": two_days_ago.isoformat()}))
    beat = start()
    assert beat.schedule["evaluate"].is_due().is_due
    beat.tick()
    assert dt.datetime.fromisoformat(kept(tmp_path)["evaluate"]) > two_days_ago + dt.timedelta(1)
    assert not start().schedule["evaluate"].is_due().is_due


@pytest.mark.parametrize(
    ("evening", "days"),
    [
        # The nights in which the hour from two to three is left out, and told twice.
        ("2026-03-27T20:00", ["03-28", "03-29", "03-30", "03-31"]),
        ("2026-10-23T20:00", ["10-24", "10-25", "10-26", "10-27"]),
        ("2026-12-30T20:00", ["12-31", "01-01", "01-02"]),
    ],
)
def test_all_places_are_evaluated_at_half_past_one_every_night(evening, days):
    paris = ZoneInfo("Europe/Paris")
    entry = settings.CELERY_BEAT_SCHEDULE["evaluate"]
    assert entry["task"] == evaluate_all.name
    moment, runs = dt.datetime.fromisoformat(evening).replace(tzinfo=paris), []
    schedule = copy.copy(entry["schedule"])
    schedule.app = app
    for _ in days:
        schedule.nowfun = lambda now=moment: now
        wait = schedule.remaining_estimate(moment)
        moment = (moment.astimezone(dt.UTC) + wait).astimezone(paris)
        runs.append(f"{moment:%m-%d %H:%M}")
    assert runs == [f"{day} 01:30" for day in days]


def test_the_nightly_task_slides_the_windows(seeding):
    address = AddressFactory()
    for n in range(8):
        IncidentFactory(address=address, code="PETTY_DEALING", day=timezone.localdate() - dt.timedelta(n))
    evaluate_all()
    assert SiteLevel.objects.get(address=address).level == 3
    with time_machine.travel(timezone.now() + dt.timedelta(28), tick=False):
        evaluate_all()
    assert SiteLevel.objects.get(address=address).level == 2


def test_each_turn_shows_that_it_is_alive(start, tmp_path):
    start().tick()
    assert (tmp_path / "alive").exists()


@pytest.mark.parametrize("content", ["", "not JSON", "[1]", '{"evaluate": 3}', '{"evaluate": "yesterday"}'])
def test_a_file_that_says_nothing_is_a_first_start(start, tmp_path, content):
    (tmp_path / "schedule.json").write_text(content)
    assert not start().schedule["evaluate"].is_due().is_due
    assert set(kept(tmp_path)) == {"evaluate"}
