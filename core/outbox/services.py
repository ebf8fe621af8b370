"""Write a task down in the transaction that asks for it, then hand it to the broker.

Whoever comes first sends it: the process that wrote it, as soon as it has committed, or the sweep that a
worker makes each minute. A task may arrive twice, and never goes missing; tasks bear being done twice.
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

# Longer than an attempt can last: nobody else makes another meanwhile.
_FIRST_PAUSE_S = 30
_LONGEST_PAUSE_S = 300
_LOGGER = logging.getLogger("palier.outbox")


def send(task: "Task[..., Any]", *arguments: int | str) -> None:
    """Have a worker do ``task`` once the current transaction commits.

    Args:
        task: a task that bears being done twice.
        arguments: ids, and addresses of this site; never content.

    Raises:
        ValueError: an argument is something else.
    """
    if not all(isinstance(each, int) or each.startswith(("http://", "https://")) for each in arguments):
        reason = f"{task.name} is sent more than ids"
        raise ValueError(reason)
    message = Message(task=task.name, arguments=arguments)
    message.save(force_insert=True)
    # What it answers is committed already: no trouble with the broker or the database takes that back.
    transaction.on_commit(partial(_send_now, message.pk), robust=True)


def sweep() -> int:
    """Hand over every message that is due; return how many the broker took.

    It ends early when the broker is away: the rest would fare no better.
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
    """Take a message that is due for an attempt of one's own.

    The claim commits before the attempt: no lock is held while the broker is waited for.
    """
    now = timezone.now()
    due = Message.objects.filter(not_before__lte=now, **which).order_by("not_before", "id")
    with as_system("outbox"):
        message = due.select_for_update(skip_locked=True).first()
        if message is not None:
            message.attempts += 1
            message.not_before = now + _pause(message.attempts)
            message.save(update_fields=["attempts", "not_before"])
    return message


def _pause(attempts: int) -> dt.timedelta:
    return dt.timedelta(seconds=min(_FIRST_PAUSE_S * 2 ** min(attempts - 1, 10), _LONGEST_PAUSE_S))


def _hand_over(message: Message) -> bool:
    """Give a claimed message to the broker, and remove it.

    Returns:
        False when the task itself cannot be sent: of an unknown name, or with other arguments.

    Raises:
        OperationalError, OSError: the broker is away.
    """
    try:
        current_app.tasks[message.task].apply_async(message.arguments, retry=False)
    except Exception as error:
        _LOGGER.warning("a message was not sent", exc_info=error, extra={"task": message.task})
        with as_system("outbox"):
            Message.objects.filter(pk=message.pk).update(last_error=type(error).__name__)
        if isinstance(error, (OperationalError, OSError)):
            raise
        return False
    with as_system("outbox"):
        Message.objects.filter(pk=message.pk).delete()
    return True
