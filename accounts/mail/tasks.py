"""Hand mails to the relay, try again what may succeed later, and keep what became of each."""

import datetime as dt
import smtplib
import ssl
from typing import Any

from celery import Task, shared_task
from django.db import transaction

from accounts.enums import MailKind, MailProblem
from accounts.journal.audit import write_link_asked
from accounts.models import User
from accounts.scope import acting_as, system_scope
from core.outbox import services as outbox

from . import composing, states

# The id that stands for nobody, as no account has it.
NOBODY = 0
_MOST_RETRIES = 8
_FIRST_PAUSE_S = 30
_LONGEST_PAUSE_S = 600
# SMTP replies from here on refuse for good.
_FOR_GOOD = 500
# Nothing that an operator mends makes these succeed.
_PERMANENT = {MailProblem.RECIPIENT, MailProblem.REFUSED, MailProblem.UNEXPECTED}


@shared_task(bind=True, max_retries=_MOST_RETRIES)
def deliver(task: "Task[..., Any]", mail_id: int, site_url: str) -> None:
    """Hand a mail to the relay, unless it has been already or has no object any more."""
    mail = states.mail_to_send(mail_id)
    if mail is None:
        return
    try:
        composing.compose(mail, site_url).send()
    except Exception as error:
        problem = problem_of(error)
        pause = _pause(task.request.retries) if problem not in _PERMANENT else None
        states.write_failed(mail_id, problem, pause)
        if pause is not None:
            raise task.retry(exc=error, countdown=pause.total_seconds()) from error
        if problem != MailProblem.RECIPIENT:
            raise
    else:
        states.write_delivered(mail_id)


@shared_task
@transaction.atomic
def send_password_link(user_id: int, site_url: str) -> None:
    """Mail the link by which a person replaces a forgotten password; it works once, for a few days.

    Do nothing for :data:`NOBODY`, nor for an account that was closed meanwhile.
    """
    with system_scope("mail"):
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            return
        outbox.send(deliver, states.written(user, MailKind.PASSWORD).pk, site_url)
    with acting_as(user) as scope:
        write_link_asked(user, scope.roles)


def _pause(retries: int) -> dt.timedelta | None:
    """Return the pause before the next attempt; None after the last."""
    if retries >= _MOST_RETRIES:
        return None
    return dt.timedelta(seconds=min(_FIRST_PAUSE_S * 2**retries, _LONGEST_PAUSE_S))


def problem_of(error: Exception) -> MailProblem:
    """Return the kind of an error of smtplib or of the connection; its text may quote an address or an account."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
        return MailProblem.RECIPIENT if codes and min(codes) >= _FOR_GOOD else MailProblem.LATER
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _unsupported(str(error))
    for kind, problem in _PROBLEMS.items():
        if isinstance(error, kind):
            told_later = isinstance(error, smtplib.SMTPResponseException) and error.smtp_code < _FOR_GOOD
            return MailProblem.LATER if told_later else problem
    return MailProblem.UNEXPECTED


# The first that an error is an instance of counts.
_PROBLEMS: dict[type[Exception], MailProblem] = {
    smtplib.SMTPAuthenticationError: MailProblem.LOGIN,
    smtplib.SMTPSenderRefused: MailProblem.SENDER,
    smtplib.SMTPConnectError: MailProblem.UNREACHABLE,
    smtplib.SMTPHeloError: MailProblem.UNREACHABLE,
    smtplib.SMTPResponseException: MailProblem.REFUSED,
    ssl.SSLError: MailProblem.ENCRYPTION,
    OSError: MailProblem.UNREACHABLE,
}


def _unsupported(what: str) -> MailProblem:
    """Return the problem of an extension that the relay lacks: STARTTLS, AUTH, or addresses beyond ASCII."""
    if "STARTTLS" in what:
        return MailProblem.ENCRYPTION
    return MailProblem.LOGIN if "AUTH" in what else MailProblem.RECIPIENT
