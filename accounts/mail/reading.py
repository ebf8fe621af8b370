"""Read what became of the mails to a person."""

from django.db.models import Prefetch, QuerySet

from accounts.enums import MailKind, MailState
from accounts.models import Mail, User


def with_invitations(path: str = "mails") -> "Prefetch[str, QuerySet[Mail], str]":
    """Return the prefetch of the invitations sent to a person, newest first, as their attribute ``invitations``.

    Args:
        path: the relation to the mails of the person.
    """
    sent = Mail.objects.filter(kind=MailKind.INVITATION).exclude(state=MailState.DROPPED)
    return Prefetch(path, sent.order_by("-pk"), to_attr="invitations")


def latest_mails(user: User) -> list[Mail]:
    """Return the last mail of each kind to a person that the reader may know of, except those without object."""
    mails = Mail.objects.filter(user=user).exclude(state=MailState.DROPPED)
    return list(mails.order_by("kind", "-pk").distinct("kind"))
