"""Have members of a circle mailed that something they had read has changed."""

from celery import shared_task
from django.utils import timezone

from accounts.mail.services import send_change
from accounts.scope import acting_as, load_user
from partners.models import Notice


@shared_task
def send_notice(notice_id: int, user_id: int, site_url: str) -> None:
    """Ask for an e-mail without content, unless it was, or the person does not want it or lost their access.

    It is asked for in the scope of the person: they see a notice only while they may see what it is about.
    """
    user = load_user(user_id)
    if not user.told_by_mail:
        return
    with acting_as(user):
        due = Notice.objects.filter(pk=notice_id, user=user, mailed_at=None, seen_at=None)
        if due.update(mailed_at=timezone.now()):
            send_change(user=user, site_url=site_url)
