"""Write the row of a mail, and what becomes of it; the rows alone, in the product's own name."""

import datetime as dt

from django.utils import timezone

from accounts.enums import MailKind, MailProblem, MailState
from accounts.models import Mail, Proposal, User
from accounts.scope import system_scope


def written(user: User, kind: MailKind, proposal: Proposal | None = None, **about: object) -> Mail:
    """Write a mail that waits to be sent; one of the same kind and proposal that still waits has no object any more.

    It runs in the system scope "mail".
    """
    former = Mail.objects.filter(user=user, kind=kind, proposal=proposal, state=MailState.WAITING)
    former.update(state=MailState.DROPPED, next_try_at=None, ended_at=timezone.now())
    return Mail.objects.create(user=user, kind=kind, proposal=proposal, **about)


def mail_to_send(mail_id: int) -> Mail | None:
    """Return a mail that waits to be sent, with whom it names; None once it has been sent or has no object.

    That of a proposal has one while this waits, whatever the account is: whoever sees what became of the mail may
    not learn it. Another invitation has none for a person who has chosen a password meanwhile, nor any other mail for
    a closed account.
    """
    with system_scope("mail"):
        named = Mail.objects.select_related("user", "asked_by", "organisation", "inviting", "proposal")
        mail = named.filter(pk=mail_id, state=MailState.WAITING).first()
        if mail is None:
            return None
        chosen = mail.kind == MailKind.INVITATION and mail.user.has_usable_password()
        if mail.proposal.waits if mail.proposal else mail.user.is_active and not chosen:
            return mail
        _end(mail_id, MailState.DROPPED)
    return None


def write_delivered(mail_id: int) -> None:
    """Write that the relay has taken the mail."""
    with system_scope("mail"):
        _end(mail_id, MailState.DELIVERED)


def write_failed(mail_id: int, problem: MailProblem, next_try: dt.timedelta | None) -> None:
    """Write why an attempt failed, and when there is another; without one the mail has failed."""
    with system_scope("mail"):
        if next_try is None:
            _end(mail_id, MailState.FAILED, problem)
        else:
            Mail.objects.filter(pk=mail_id, state=MailState.WAITING).update(
                problem=problem, next_try_at=timezone.now() + next_try
            )


def _end(mail_id: int, state: MailState, problem: str = "") -> None:
    waiting = Mail.objects.filter(pk=mail_id, state=MailState.WAITING)
    waiting.update(state=state, problem=problem, next_try_at=None, ended_at=timezone.now())
