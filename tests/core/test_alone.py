"""A nightly job that is delivered twice runs once."""

import pytest
from django.utils.module_loading import import_string

from core.alone import alone

JOBS = {
    "classification.engine.tasks.evaluate_all": "evaluate_everything",
    "classification.foresight.tasks.watch_all": "watch_everything",
    "classification.foresight.tasks.rank_all": "rank_everything",
    "classification.history.tasks.remember_all": "remember_everything",
}


def test_a_turn_is_held_by_one_and_free_after_it_also_where_it_failed(db):
    with alone("first") as free, alone("first") as again, alone("second") as other:
        assert (free, again, other) == (True, False, True)
    with pytest.raises(ZeroDivisionError), alone("first"):
        _ = 1 / 0
    with alone("first") as free:
        assert free


@pytest.mark.parametrize(("task", "work"), JOBS.items())
def test_a_second_delivery_of_a_nightly_job_does_nothing(db, monkeypatch, task, work):
    run, calls = import_string(task), []

    def working():
        calls.append(task)
        if len(calls) == 1:
            assert run() == 0
        return 3

    monkeypatch.setattr(f"{task.rpartition('.')[0]}.{work}", working)
    assert run() == 3
    assert run() == 3
    assert len(calls) == 2
