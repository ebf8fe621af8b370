"""Run long work as jobs: state in the database, progress visible while the work runs."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from .constraints import refers_to_nothing
from .seal import Acting, enter

# A job that has waited this long for a worker is shown as late and may be started again.
LATE = dt.timedelta(minutes=10)
# How long the connection that writes the progress waits for a row.
_LOCK_TIMEOUT = "5s"
_GONE = _(
    "Ce sur quoi portait ce travail a été supprimé entre-temps, par exemple parce qu’un import a été annulé ; "
    "rien n’a été enregistré. Recommencez."
)


class JobError(Exception):
    """The error of work that cannot be done, with a reason for people.

    Args:
        message: why: a text, a lazy translation, or a function that returns the text in the active
            language.
    """

    def __init__(self, message: str | Promise | Callable[[], str]) -> None:
        super().__init__(message)
        self._message = message

    def __str__(self) -> str:
        """Return the message in the active language."""
        return str(self._message() if callable(self._message) else self._message)


class JobPostponedError(Exception):
    """The error of work whose turn has not come: the job is in the queue again, and its task is to be retried."""


class JobState(models.TextChoices):
    """The state of a job."""

    QUEUED = "queued", _("en attente")
    RUNNING = "running", _("en cours")
    DONE = "done", _("terminé")
    FAILED = "failed", _("échoué")


class Job(models.Model):
    """The abstract model of a worker's job: state, progress, error.

    The work marks its job as done in its own transaction, so that what was recorded is never reported as
    failed. Between its write to the row and its commit, a write on another connection would wait for ever:
    :class:`Progress` must not write then.
    """

    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED, editable=False)
    progress_done = models.PositiveIntegerField(default=0, editable=False)
    progress_total = models.PositiveIntegerField(default=0, editable=False)
    error = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    def mark_done(self) -> list[str]:
        """Mark the job as done; return the names of the fields to save in the transaction of its work."""
        self.state, self.error, self.finished_at = JobState.DONE, "", timezone.now()
        return ["state", "error", "finished_at"]

    @property
    def percent(self) -> int:
        """Progress in per cent, 0 to 100."""
        return round(100 * self.progress_done / self.progress_total) if self.progress_total else 0

    @property
    def problem(self) -> str:
        """The reason of the failure, in the reader's language; empty when the job did not fail."""
        try:
            said: dict[str, str] = json.loads(self.error)
        except ValueError:
            # Errors written before they were kept in every language are plain text.
            return self.error
        return said.get((get_language() or settings.LANGUAGE_CODE)[:2]) or said[settings.LANGUAGE_CODE[:2]]

    @property
    def interrupted(self) -> bool:
        """True when the job is marked as running but no worker holds its lock."""
        return self.state == JobState.RUNNING and not _is_held(self)

    @property
    def late(self) -> bool:
        """True when the job has waited for a worker longer than ``LATE``."""
        return self.state == JobState.QUEUED and timezone.now() - self.queued_at > LATE

    @property
    def under_way(self) -> bool:
        """True when a worker does the job, or is about to; who asked for it neither retries nor abandons it then."""
        held = self.state == JobState.RUNNING and not self.interrupted
        return held or (self.state == JobState.QUEUED and not self.late)


class Progress:
    """The progress of a job, written on a connection of its own.

    The work itself is one transaction, so what it writes is visible only at its end. The advisory lock that
    this connection holds shows, as long as it lives, that a worker is at work.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._connection = connection.copy()

    def open(self) -> bool:
        """Take the lock and mark the job as running; False when another worker holds it or it has ended."""
        with self._connection.cursor() as cursor:
            # Updating a row that the work has written would wait for ever: fail instead.
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_LOCK_TIMEOUT])
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", _lock_key(self._job))
            if not cursor.fetchone()[0]:
                return False
        # The broker may deliver a message twice; finished work is not done again.
        return self._set(
            "state IN ('queued', 'running')",
            state=JobState.RUNNING,
            progress_done=0,
            error="",
            finished_at=None,
        )

    def update(self, done: int, total: int) -> None:
        """Write how far the work is."""
        self._set(progress_done=done, progress_total=total)

    def fail(self, error: object) -> None:
        """Mark the job as failed, with the reason in every language."""
        self._set(
            "state <> 'done'",
            state=JobState.FAILED,
            error=in_every_language(error),
            finished_at=timezone.now(),
        )

    def postpone(self) -> None:
        """Put the job back in the queue."""
        self._set("state = 'running'", state=JobState.QUEUED)

    def check_done(self) -> None:
        """Check that the work marked the job as done.

        Raises:
            RuntimeError: it committed without doing so.
        """
        if self._set("state = 'running'", progress_done=0):
            message = f"the work of a {self._job._meta.label} committed without marking it as done"
            raise RuntimeError(message)

    def close(self) -> None:
        """Close the connection, which releases the lock."""
        self._connection.close()

    def _set(self, condition: str = "true", **values: str | int | dt.datetime | None) -> bool:
        columns = ", ".join(f"{name} = %s" for name in values)
        table = self._job._meta.db_table
        with self._connection.cursor() as cursor, self._connection.connection.transaction():
            enter(cursor, Acting(system="jobs"))
            cursor.execute(
                f"UPDATE {table} SET {columns} WHERE id = %s AND {condition}",
                [*values.values(), self._job.pk],
            )
            updated: int = cursor.rowcount
        return updated == 1


@contextmanager
def running(job: Job) -> Iterator[Progress | None]:
    """Hold ``job`` while the block works; yield None when another worker holds it or it has ended.

    The block marks the job as done in the transaction of the work (:meth:`Job.mark_done`). An error in the
    block is written on the job and raised again. Only a :class:`JobError` is quoted: other errors may quote
    the data that caused them. A :class:`JobPostponedError` puts the job back in the queue.
    """
    progress = Progress(job)
    try:
        if not progress.open():
            yield None
            return
        try:
            yield progress
            progress.check_done()
        except JobPostponedError:
            progress.postpone()
            raise
        except JobError as error:
            progress.fail(error)
            raise
        except Exception as error:
            if refers_to_nothing(error):
                progress.fail(_GONE)
                raise JobError(_GONE) from error
            progress.fail(_("Une erreur inattendue a arrêté le travail ; rien n’en a été enregistré."))
            raise
    finally:
        progress.close()


def queue_again(rows: models.QuerySet[Any], job: Job) -> bool:
    """Put a job back in the queue if its state is the one that was read; its message to the worker is the caller's.

    Args:
        rows: those of the job's table whose work was not kept.
        job: the job, as it was read.

    Returns:
        False when it is none of ``rows``, or its state has changed: nothing is written then.
    """
    unmoved = rows.filter(pk=job.pk, state=job.state)
    return bool(unmoved.update(state=JobState.QUEUED, queued_at=timezone.now(), error="", progress_done=0))


def hold_as_read(rows: models.QuerySet[Any], job: Job) -> bool:
    """Lock the row of a job that is abandoned, so that no worker takes it up before it is deleted.

    Args:
        rows: those of the job's table whose work was not kept.
        job: the job, as it was read.

    Returns:
        False when it is none of ``rows``, its state has changed, or it was queued again: it must stay then.
    """
    unmoved = rows.filter(pk=job.pk, state=job.state, queued_at=job.queued_at)
    return unmoved.select_for_update(of=("self",)).only("pk").first() is not None


def in_every_language(text: object) -> str:
    """Return a reason as a job's ``error`` holds it: JSON, language → text."""
    said = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            said[code] = str(text)
    return json.dumps(said, ensure_ascii=False)


def lock_number(name: str) -> int:
    """Return the number of the advisory lock called ``name``: 31 bits of its SHA-256."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4]) >> 1


def _lock_key(job: Job) -> list[int]:
    # Two keys: one for the table, one for the row.
    return [lock_number(job._meta.db_table), job.pk % 2**31]


def _is_held(job: Job) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = %s AND objid = %s AND objsubid = 2 AND granted)",
            _lock_key(job),
        )
        return bool(cursor.fetchone()[0])
