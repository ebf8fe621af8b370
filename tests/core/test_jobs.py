"""Test jobs: their advisory locks, their end in the transaction of the work, and no deadlock with themselves."""

import pytest
from django.apps import apps
from django.db import OperationalError
from django.utils import timezone

from accounts.scope import system_scope
from classification.engine import services as evaluation
from core import jobs
from core.jobs import Job, JobState, _lock_key, lock_number, running
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
