"""Have the members of circles mailed that a charter awaits them."""

from celery import shared_task

from accounts.enums import MailKind
from accounts.mail.services import send_told
from accounts.scope import acting_as, load_user

from .reading import awaited_of


@shared_task
def send_awaited(user_id: int) -> None:
    """Ask for an e-mail without content, unless the person has accepted meanwhile or does not want any."""
    user = load_user(user_id)
    with acting_as(user) as scope:
        if awaited_of(scope):
            send_told(user=user, kind=MailKind.AWAITED)
