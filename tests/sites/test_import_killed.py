"""Test a worker killed during an import: nothing is half-done, the job is shown as interrupted, a retry works."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import psycopg
import pytest
from celery.exceptions import Retry
from django.db import connection, connections, transaction
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Membership, Organisation, User
from accounts.scope import acting_as, system_scope
from config.celery import app
from core.jobs import Progress
from core.signs.tasks import files_worker
from sites.geocoding.tasks import geocode
from sites.imports import services as service
from sites.imports.tasks import AGAIN_S, run_import
from sites.imports.turn import take_turn
from sites.imports.undo import services as undoing
from sites.imports.undo.tasks import undo_import
from sites.models import ImportFile, ImportRun, Residence
from tests.conftest import database_environment
from tests.imports import csv_file, plant_communes
from tests.waiting import until
from tests.world import signed_in

ROOT = Path(__file__).resolve().parent.parent.parent
HEADER = "référence;adresse;code postal;commune;logements;longitude;latitude"
LINES = 40

# Stops for good once the rows are written and before they are committed.
_WORK_AND_HANG = """
import time
import django
django.setup()
from sites.imports import stock
from sites.imports.tasks import run_import
save = stock.save
def hang(*written):
    save(*written)
    print("written", flush=True)
    time.sleep(600)
stock.save = hang
run_import({run})
"""


@pytest.fixture
def own_database(superuser_uri, clone_database, django_db_setup, django_db_blocker):
    """A database in which transactions really end, for this process and for the worker."""
    urls = database_environment(superuser_uri, clone_database("palier_killed"))
    with django_db_blocker.unblock():
        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict.update(dj_database_url.parse(urls["DATABASE_URL"]))
        yield urls
        connection.close()
        connection.settings_dict.update(before)


def _planted() -> ImportRun:
    with system_scope("seeding"):
        plant_communes()
        landlord = Organisation.objects.create(name="Bailleur", kind="landlord")
        lead = User.objects.create_user("referent@exemple.invalid", "Référent")
        Membership.objects.create(user=lead, organisation=landlord, role="lead", starts_on="2020-01-01")
        run = ImportRun.objects.create(
            organisation=landlord, created_by=lead, kind="stock", profile="generic", filename="essai.csv"
        )
        rows = (f"R{n};{n} rue des Essais;75012;Paris;1;;" for n in range(1, LINES + 1))
        ImportFile.objects.create(run=run, content=csv_file(HEADER, *rows))
        return run


def _state(run: ImportRun) -> tuple[str, bool, int]:
    with system_scope("seeding"):
        run = ImportRun.objects.get(pk=run.pk)
        return run.state, run.interrupted, Residence.objects.count()


def test_a_killed_worker_leaves_nothing_and_the_import_can_be_started_again(own_database, superuser_uri):
    run = _planted()
    environment = os.environ | own_database | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    code = _WORK_AND_HANG.format(run=run.pk)
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout.readline().strip() == "written"
        assert _state(run) == ("running", False, 0)
        # Another worker that is handed the same message leaves it alone.
        run_import(run.pk)
        assert _state(run) == ("running", False, 0)
        worker.send_signal(signal.SIGKILL)
    _wait_until_the_server_notices(superuser_uri)

    assert _state(run) == ("running", True, 0)
    with acting_as(run.created_by) as scope:
        assert service.restart(scope, ImportRun.objects.get(pk=run.pk), then=run_import)
    assert _state(run) == ("done", False, LINES)
    # The killed worker's message may come back once the work is done.
    run_import(run.pk)
    assert _state(run) == ("done", False, LINES)


@pytest.mark.unsent
def test_a_worker_that_dies_once_the_work_is_kept_leaves_it_done(own_database, monkeypatch, settings):
    """Between the commit and anything else: what was recorded is never said to have failed."""
    settings.GEOCODER_URL = "http://127.0.0.1:9"
    asked = []
    monkeypatch.setattr(geocode, "apply_async", lambda arguments, **_: asked.append(arguments))
    run = _planted()
    with monkeypatch.context() as patch:
        patch.setattr(Progress, "check_done", _die)
        with pytest.raises(SystemExit):
            run_import(run.pk)
    assert _state(run) == ("done", False, LINES)
    for _delivery in range(2):
        run_import(run.pk)
        assert _state(run) == ("done", False, LINES)
    with acting_as(run.created_by):
        done = ImportRun.objects.get(pk=run.pk)
    assert (done.error, done.counts["imported"], bool(done.finished_at)) == (
        "",
        {"new_residence": LINES},
        True,
    )
    assert asked == [[run.created_by_id]]


def _die(_progress) -> None:
    raise SystemExit


def test_a_run_that_took_its_worker_down_is_resumed_once(own_database):
    run = _planted()
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=run.pk).update(state="running")
    run_import(run.pk)
    assert _state(run) == ("done", False, LINES)


def test_a_run_that_took_two_workers_down_is_given_up(own_database):
    run = _planted()
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=run.pk).update(state="running", losses=1)
    for _delivery in range(2):
        run_import(run.pk)
        assert _state(run) == ("failed", False, 0)
        with system_scope("seeding"):
            failed = ImportRun.objects.get(pk=run.pk)
        assert failed.problem.startswith(
            "Le travail s’est interrompu deux fois ; rien n’en a été enregistré."
        )
        assert not service.may_restart(failed)


def test_an_undoing_that_took_a_worker_down_is_resumed_once(own_database):
    run = _planted()
    run_import(run.pk)
    _lost_while_undoing(run, losses=0)
    undo_import(run.pk, run.created_by_id)
    assert _state(run) == ("done", False, 0)


def test_an_undoing_that_took_two_workers_down_is_given_up_and_may_be_asked_for_again(own_database):
    run = _planted()
    run_import(run.pk)
    _lost_while_undoing(run, losses=1)
    for _delivery in range(2):
        undo_import(run.pk, run.created_by_id)
        assert _state(run) == ("failed", False, LINES)
    page = signed_in(run.created_by).get(reverse("sites:import_detail", args=[run.pk])).content.decode()
    assert "L’annulation s’est interrompue deux fois ; rien n’a changé." in page
    assert f'href="{reverse("sites:import_undo", args=[run.pk])}"' in page
    with acting_as(run.created_by) as scope:
        assert undoing.ask(scope, ImportRun.objects.get(pk=run.pk), then=undo_import)
    assert _state(run) == ("done", False, 0)


@pytest.mark.parametrize(("stage", "before", "after"), [("import", 0, LINES), ("undo", LINES, 0)])
def test_a_run_whose_landlord_has_another_at_work_goes_back_to_the_queue(
    own_database, monkeypatch, stage, before, after
):
    run = _planted()
    task, arguments = run_import, [run.pk]
    if stage == "undo":
        run_import(run.pk)
        _lost_while_undoing(run, losses=0)
        task, arguments = undo_import, [run.pk, run.created_by_id]
        with system_scope("seeding"):
            ImportRun.objects.filter(pk=run.pk).update(state="queued")
    again = []
    monkeypatch.setattr(task, "retry", lambda countdown: again.append(countdown) or Retry())
    with _another_import_of(run):
        for _delivery in range(3):
            with pytest.raises(Retry):
                task(*arguments)
            assert _state(run) == ("queued", False, before)
    assert again == [AGAIN_S] * 3
    task(*arguments)
    assert _state(run) == ("done", False, after)


@contextmanager
def _another_import_of(run: ImportRun) -> Iterator[None]:
    """Hold the turn of the run's landlord on another connection."""
    usual = connections["default"]
    connections["default"] = usual.copy()
    try:
        with transaction.atomic():
            take_turn(run)
            other, connections["default"] = connections["default"], usual
            yield
            connections["default"] = other
        other.close()
    finally:
        connections["default"] = usual


def test_files_have_a_queue_of_their_own():
    queues = {name: app.amqp.router.route({}, name)["queue"].name for name in app.tasks}
    of_files = {name for name, queue in queues.items() if queue == "files"}
    assert of_files == {run_import.name, undo_import.name, files_worker.name}
    assert set(queues.values()) == {"files", "celery"}


def _lost_while_undoing(run: ImportRun, losses: int) -> None:
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=run.pk).update(stage="undo", state="running", losses=losses)


def test_a_file_that_breaks_fails_the_job_with_its_message(own_database):
    run = _planted()
    with system_scope("seeding"):
        ImportFile.objects.filter(run=run).update(
            content=csv_file(HEADER, "R1;1 rue X;75012;Paris;1;;", 'R2;"1 rue')
        )
    run_import(run.pk)
    assert _state(run) == ("failed", False, 0)
    with system_scope("seeding"):
        failed = ImportRun.objects.get(pk=run.pk)
    assert failed.problem == "Le fichier est abîmé à partir de la ligne 3 (guillemet non refermé ?)."
    with override("en"):
        assert failed.problem == "The file is damaged from row 3 on (unclosed quote?)."


def _wait_until_the_server_notices(superuser_uri: str) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_xid IS NOT NULL"
    with psycopg.connect(superuser_uri, autocommit=True) as server:
        name = connection.settings_dict["NAME"]
        until(
            lambda: server.execute(query, [name]).fetchone()[0] == 0,
            "the transaction of the killed worker ends",
        )
