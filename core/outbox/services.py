"""Write a task in the transaction that asks for it, then hand it to the broker.

It is handed over by the process that wrote it, as soon as that has committed, or by the sweep that a
worker makes each minute. A task may arrive twice, so tasks must be idempotent; none is lost. The broker
is waited for however long it is away. A message that fails while the broker answers is given up after some
hours: its row stays, marked, and is logged as an error.
"""

import datetime as dt
import logging
from functools import partial
from typing import Any
from uuid import UUID

from celery import Task, current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.models import Message
from core.rls import as_system

# Longer than an attempt can last, so that no two processes attempt one message at a time.
_FIRST_PAUSE_S = 30
_LONGEST_PAUSE_S = 300
_MOST_COUNTED = 1_000_000
# Over two hours: longer than an upgrade during which some processes do not know a task yet.
_MOST_FAILURES = 30
_LOGGER = logging.getLogger("palier.outbox")


def send(task: "Task[..., Any]", *arguments: int | str) -> None:
    """Have a worker run ``task`` once the current transaction commits.

    Args:
        task: an idempotent task.
        arguments: ids, and addresses of this site; never content.

    Raises:
        ValueError: an argument is neither.
    """
    if not all(isinstance(each, int) or each.startswith(("http://", "https://")) for each in arguments):
        reason = f"{task.name} takes ids and addresses of this site alone"
        raise ValueError(reason)
    message = Message(task=task.name, arguments=arguments)
    message.save(force_insert=True)
    # The transaction is committed by then: an error of the broker or the database must not fail the request.
    transaction.on_commit(partial(_send_now, message.pk), robust=True)


def sweep() -> int:
    """Hand over every message that is due; return how many the broker took.

    It stops at the first message for which the broker does not answer.
    """
    sent = 0
    while message := _claimed():
        try:
            sent += _hand_over(message)
        except (OperationalError, OSError):
            break
    return sent


def _send_now(message_id: UUID) -> None:
    message = _claimed(pk=message_id)
    if message is not None:
        try:
            _hand_over(message)
        except (OperationalError, OSError):
            return


def _claimed(**which: UUID) -> Message | None:
    """Claim a message that is due, for one attempt; None when none is.

    The claim commits before the attempt, so that no lock is held while the broker is waited for.
    """
    now = timezone.now()
    due = Message.objects.filter(not_before__lte=now, given_up_at=None, **which).order_by("not_before", "id")
    with as_system("outbox"):
        message = due.select_for_update(skip_locked=True).first()
        if message is not None:
            # Whatever number stands there: the sweep must come past this row.
            message.attempts = min(message.attempts, _MOST_COUNTED) + 1
            message.not_before = now + _pause(message.attempts)
            message.save(update_fields=["attempts", "not_before"])
    return message


def _pause(attempts: int) -> dt.timedelta:
    return dt.timedelta(seconds=min(_FIRST_PAUSE_S * 2 ** min(attempts - 1, 10), _LONGEST_PAUSE_S))


def _hand_over(message: Message) -> bool:
    """Hand a claimed message to the broker, and delete its row.

    Returns:
        False when the task cannot be sent: its name is unknown, or its arguments do not fit. After
        ``_MOST_FAILURES`` of these the message is given up.

    Raises:
        OperationalError, OSError: the broker does not answer.
    """
    about = {"task": message.task, "message_id": str(message.pk)}
    try:
        current_app.tasks[message.task].apply_async(message.arguments, retry=False)
    except (OperationalError, OSError) as error:
        _LOGGER.warning("a message was not sent", exc_info=error, extra=about)
        _keep(message, error)
        raise
    except Exception as error:
        message.failures += 1
        if message.failures < _MOST_FAILURES:
            _LOGGER.warning("a message was not sent", exc_info=error, extra=about)
        else:
            message.given_up_at = timezone.now()
            _LOGGER.exception("a message was given up", extra=about)
        _keep(message, error)
        return False
    with as_system("outbox"):
        Message.objects.filter(pk=message.pk).delete()
    return True


def _keep(message: Message, error: Exception) -> None:
    """Write on the row of a message why it was not sent."""
    message.last_error = type(error).__name__
    with as_system("outbox"):
        message.save(update_fields=["failures", "given_up_at", "last_error"])
