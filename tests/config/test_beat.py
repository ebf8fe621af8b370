"""The scheduler of the nightly tasks remembers what it sent, as data."""

import datetime as dt
import json

import pytest
from celery.schedules import crontab

from config.celery import app
from config.telemetry.beat import WatchedScheduler

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


def test_each_turn_shows_that_it_is_alive(start, tmp_path):
    start().tick()
    assert (tmp_path / "alive").exists()


@pytest.mark.parametrize("content", ["", "not JSON", "[1]", '{"evaluate": 3}', '{"evaluate": "yesterday"}'])
def test_a_file_that_says_nothing_is_a_first_start(start, tmp_path, content):
    (tmp_path / "schedule.json").write_text(content)
    assert not start().schedule["evaluate"].is_due().is_due
    assert set(kept(tmp_path)) == {"evaluate"}
