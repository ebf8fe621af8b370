"""Figures for the operator: by names of routes and tasks, over everybody."""

import datetime as dt
import re

from django.urls import get_resolver
from django.utils import timezone
from prometheus_client import REGISTRY, generate_latest

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import AuditEntry
from accounts.scope import system_scope
from classification.engine.tasks import evaluate_all
from classification.models import SiteLevel
from config.telemetry.metrics import serve
from config.telemetry.state import StateCollector
from core.models import Message


def _count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def _state() -> dict[str, float]:
    return {
        "".join([sample.name, *sample.labels.values()]): sample.value
        for metric in StateCollector().collect()
        for sample in metric.samples
    }


def test_a_request_counts_under_its_route(world, sign_in):
    labels = {"route": "home", "method": "GET", "status": "302"}
    before = _count("palier_request_duration_seconds_count", **labels)
    client = sign_in(world.a.lead)
    assert client.get("/", {"q": "Plantée"}).status_code == 302
    client.get("/residences/1234567/")
    client.get("/nulle-part/1234567/")
    assert _count("palier_request_duration_seconds_count", **labels) == before + 1
    text = generate_latest(REGISTRY).decode()
    routes = set(re.findall(r'palier_request_duration_seconds_count{[^}]*route="([^"]*)"', text))
    assert {"home", "none"} <= routes
    assert [route for route in routes if re.search(r"/|\d{4}|Plant", route)] == []


def test_a_task_counts_under_its_name(world):
    labels = {"task": "classification.engine.tasks.evaluate_all", "state": "success"}
    before = _count("palier_task_duration_seconds_count", **labels)
    evaluate_all.delay()
    assert _count("palier_task_duration_seconds_count", **labels) == before + 1


def test_ages_are_those_of_the_last_evaluation_and_the_last_backup(world):
    assert "palier_backup_age_seconds" not in _state()
    evaluate_all.delay()
    with system_scope("backup") as scope:
        write_entry(scope, AuditAction.EXPORT, "backup")
    state = _state()
    since_midnight = timezone.localtime() - timezone.localtime().replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    assert 0 <= state["palier_evaluation_age_seconds"] - since_midnight.total_seconds() + 5 < 60
    assert 0 <= state["palier_backup_age_seconds"] < 60
    assert state["palier_database_up"] == 1


def test_tasks_that_wait_for_the_broker_are_counted(world):
    assert _state()["palier_outbox_messages"] == 0
    with system_scope("seeding"):
        Message(task="x").save(force_insert=True)
    assert _state()["palier_outbox_messages"] == 1


def test_tasks_that_were_given_up_are_counted_apart(world):
    with system_scope("seeding"):
        Message(task="x", given_up_at=timezone.now()).save(force_insert=True)
    state = _state()
    assert (state["palier_outbox_messages"], state["palier_outbox_given_up"]) == (0, 1)


def test_what_the_night_has_still_to_evaluate_is_counted(world):
    assert _state()["palier_evaluation_left"] == 0
    with system_scope("evaluation"):
        yesterday = timezone.localdate() - dt.timedelta(1)
        SiteLevel.objects.filter(residence=world.a.residence).update(as_of=yesterday)
    assert _state()["palier_evaluation_left"] == 1
    evaluate_all()
    assert _state()["palier_evaluation_left"] == 0


def test_reading_the_age_of_a_backup_reads_nothing_else(world):
    with system_scope("seeding") as scope:
        write_entry(scope, AuditAction.EXPORT, "levels")
        write_entry(scope, AuditAction.READ, "backup")
    with system_scope("backup") as scope:
        assert list(AuditEntry.objects.order_by("pk")) == []
        write_entry(scope, AuditAction.EXPORT, "backup")
        assert [entry.object_type for entry in AuditEntry.objects.order_by("pk")] == ["backup"]


def test_figures_name_no_place_and_no_person(world):
    names = set(_state())
    allowed = {
        f"palier_jobs{kind}{state}"
        for kind in ("import", "note", "publication")
        for state in ("queued", "running", "done", "failed")
    }
    allowed |= {
        "palier_database_up",
        "palier_outbox_messages",
        "palier_outbox_given_up",
        "palier_evaluation_left",
        "palier_evaluation_age_seconds",
        "palier_backup_age_seconds",
    }
    assert names <= allowed


def test_nothing_is_served_unless_it_is_said_where(settings):
    settings.METRICS_BIND = ""
    serve()
    assert "metrics" not in {
        getattr(pattern.pattern, "_route", "") for pattern in get_resolver().url_patterns
    }


def test_a_queue_that_is_away_is_said_to_be(db, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert _state()["palier_queue_up"] == 0
