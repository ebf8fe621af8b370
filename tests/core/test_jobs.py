"""Test jobs: their locks, their end in the transaction of the work, and what is done with one that came to nothing."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import OperationalError, transaction
from django.utils import timezone

from accounts.scope import system_scope
from classification.engine import services as evaluation
from core import jobs
from core.jobs import (
    LATE,
    Job,
    JobState,
    Progress,
    _lock_key,
    hold_as_read,
    lock_number,
    queue_again,
    running,
)
from sites.enums import ImportKind
from sites.imports import turn
from sites.models import ImportRun


@pytest.fixture
def run(committed_database) -> ImportRun:
    with system_scope("seeding"):
        return ImportRun.objects.create(kind="stock", profile="generic", filename="essai.csv")


def _stored(run: ImportRun) -> ImportRun:
    with system_scope("jobs"):
        return ImportRun.objects.get(pk=run.pk)


def test_no_lock_is_taken_for_another():
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, Job)]
    assert len(tables) >= 2
    spaces = [module._LOCK_SPACE for module in (evaluation, turn)]
    numbers = [*map(lock_number, tables), *spaces]
    assert len(set(numbers)) == len(numbers)
    assert len({lock_number(kind) for kind in ImportKind}) == len(ImportKind)
    assert all(0 < number < 2**31 for number in numbers)


def test_the_rows_of_a_table_have_keys_of_their_own():
    keys = [_lock_key(ImportRun(pk=pk)) for pk in (1, 2, 2**31 + 5)]
    assert keys == [[lock_number("sites_importrun"), number] for number in (1, 2, 5)]


def test_a_job_is_held_while_it_runs_and_by_one_alone(run):
    with running(run) as progress:
        assert progress is not None
        assert (_stored(run).state, _stored(run).interrupted) == (JobState.RUNNING, False)
        with running(run) as second:
            assert second is None
        progress.update(3, 7)
        assert (_stored(run).progress_done, _stored(run).progress_total) == (3, 7)
        _finish(run)
    assert _stored(run).state == JobState.DONE
    with running(run) as again:
        assert again is None


def _finish(run: ImportRun) -> None:
    with system_scope("jobs"):
        run.save(update_fields=run.mark_done())


def test_work_that_ends_without_marking_its_job_fails_it(run):
    with pytest.raises(RuntimeError, match=r"sites\.ImportRun"), running(run):
        pass
    assert _stored(run).state == JobState.FAILED


def test_an_accident_after_the_work_was_kept_does_not_make_it_fail(run):
    def work() -> None:
        with running(run):
            _finish(run)
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - the very one that is raised
        work()
    assert (_stored(run).state, _stored(run).error) == (JobState.DONE, "")


def test_progress_told_after_the_end_was_written_is_an_error_and_not_a_wait_for_ever(run, monkeypatch):
    # Shorter than what the role is given, which would end the wait too.
    monkeypatch.setattr(jobs, "_LOCK_TIMEOUT", "200ms")

    def work() -> None:
        with running(run) as progress, system_scope("jobs"):
            run.save(update_fields=run.mark_done())
            progress.update(1, 1)

    began = timezone.now()
    with pytest.raises(OperationalError, match="lock timeout"):
        work()
    assert (timezone.now() - began).total_seconds() < 4
    assert _stored(run).state == JobState.FAILED


def _made(state: JobState, **values: object) -> ImportRun:
    with system_scope("seeding"):
        run = ImportRun.objects.create(kind="stock", profile="generic", filename="essai.csv")
        ImportRun.objects.filter(pk=run.pk).update(state=state, **values)
    return _stored(run)


@pytest.mark.parametrize(
    ("state", "waited", "under_way"),
    [
        (JobState.QUEUED, LATE - dt.timedelta(minutes=1), True),
        (JobState.QUEUED, LATE + dt.timedelta(minutes=1), False),
        (JobState.DONE, dt.timedelta(0), False),
        (JobState.FAILED, dt.timedelta(0), False),
        # No worker holds its lock.
        (JobState.RUNNING, dt.timedelta(0), False),
    ],
)
def test_a_job_is_under_way_while_it_waits_in_time_and_no_more_once_it_is_late_or_over(
    db, state, waited, under_way
):
    assert _made(state, queued_at=timezone.now() - waited).under_way is under_way


def test_a_job_that_a_worker_holds_is_under_way_however_long_it_takes(run):
    with system_scope("seeding"):
        ImportRun.objects.update(queued_at=timezone.now() - 2 * LATE)
    with running(run):
        assert _stored(run).under_way is True
        _finish(run)


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.FAILED])
def test_a_job_that_is_as_it_was_read_is_queued_again_as_a_new_one(db, state):
    former = timezone.now() - 2 * LATE
    run, other = (
        _made(state, queued_at=former, error="plus de place", progress_done=3, progress_total=7)
        for _number in range(2)
    )
    with system_scope("jobs"):
        assert queue_again(ImportRun.objects.exclude(state=JobState.DONE), run) is True
    again = _stored(run)
    assert (again.state, again.error, again.progress_done) == (JobState.QUEUED, "", 0)
    assert timezone.now() - again.queued_at < LATE
    left = _stored(other)
    assert (left.state, left.queued_at, left.progress_done) == (state, former, 3)


def _unchanged(run: ImportRun) -> tuple[object, ...]:
    stored = _stored(run)
    return stored.state, stored.queued_at, stored.error


def test_a_job_whose_state_has_changed_since_it_was_read_is_neither_queued_again_nor_held(db):
    run = _made(JobState.FAILED, error="plus de place")
    with system_scope("jobs"):
        ImportRun.objects.update(state=JobState.RUNNING)
        before = _unchanged(run)
        assert queue_again(ImportRun.objects.all(), run) is False
        assert hold_as_read(ImportRun.objects.all(), run) is False
    assert _unchanged(run) == before


def test_a_job_whose_work_was_kept_is_neither_queued_again_nor_held(db):
    run = _made(JobState.DONE)
    before = _unchanged(run)
    with system_scope("jobs"):
        unkept = ImportRun.objects.exclude(state=JobState.DONE)
        assert (queue_again(unkept, run), hold_as_read(unkept, run)) == (False, False)
    assert _unchanged(run) == before


def test_a_job_that_was_queued_again_is_not_abandoned_by_a_page_of_before(db):
    shown = _made(JobState.QUEUED, queued_at=timezone.now() - 2 * LATE)
    with system_scope("jobs"):
        rows = ImportRun.objects.exclude(state=JobState.DONE)
        assert queue_again(rows, _stored(shown)) is True
        assert hold_as_read(rows, shown) is False
        assert hold_as_read(rows, _stored(shown)) is True


def test_no_worker_takes_up_a_job_that_is_being_abandoned(run, monkeypatch):
    monkeypatch.setattr(jobs, "_LOCK_TIMEOUT", "200ms")
    worker = Progress(run)
    try:
        with system_scope("seeding"), transaction.atomic():
            assert hold_as_read(ImportRun.objects.all(), run) is True
            with pytest.raises(OperationalError, match="lock timeout"):
                worker.open()
            ImportRun.objects.filter(pk=run.pk).delete()
        assert worker.open() is False
    finally:
        worker.close()
