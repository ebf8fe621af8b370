"""Log and measure each task, under its name; never its arguments."""

import logging
import time
from typing import Any

from celery import Task, signals

from .logs import request_id
from .metrics import TASKS, count_error

_logger = logging.getLogger("palier.task")


@signals.before_task_publish.connect
def _hand_on(headers: dict[str, Any], **_signal: object) -> None:
    """Pass the identifier of the request that asks for the work on to the worker's log lines."""
    if current := request_id.get():
        headers["request_id"] = current


@signals.task_prerun.connect
def _begin(task: Task[..., object], task_id: str, **_signal: object) -> None:
    # Celery's context accepts any attribute; its type stubs do not say so.
    vars(task.request)["began"] = time.monotonic()
    request_id.set(task.request.get("request_id") or task_id)


@signals.task_failure.connect
def _fail(exception: BaseException, **_signal: object) -> None:
    count_error(exception)


@signals.task_postrun.connect
def _end(task: Task[..., object], state: str | None, **_signal: object) -> None:
    seconds = time.monotonic() - vars(task.request)["began"]
    ended = (state or "unknown").lower()
    TASKS.labels(task.name, ended).observe(seconds)
    facts = {"task": task.name, "state": ended, "duration_ms": round(1000 * seconds, 1)}
    _logger.info("task", extra=facts)
    request_id.set("")
