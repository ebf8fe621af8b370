"""Try a part of the installation out: a worker does it, and writes what came of it."""

from typing import Any

from celery import Task
from django.conf import settings
from django.db import transaction

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.mail.services import send_trial
from accounts.models import User
from accounts.scope import Scope
from core.outbox import services as outbox
from core.signs import services as signs
from core.signs.tasks import FILES_WORKER, WORKER, files_worker, worker
from sites.geocoding.tasks import GEOCODER, try_geocoder

MAIL = "mail"
_TASKS: "dict[str, Task[..., Any]]" = {
    WORKER: worker,
    FILES_WORKER: files_worker,
    GEOCODER: try_geocoder,
}
TRIALS = (MAIL, *_TASKS)


@transaction.atomic
def try_part(scope: Scope, *, user: User, what: str, site_url: str) -> None:
    """Have a part of the installation tried out; its outcome stands on the page of the installation.

    Args:
        scope: an administrator's.
        user: the administrator, to whom a trial mail goes.
        what: one of ``TRIALS``.
        site_url: the base of links in the mail, without a final slash.
    """
    write_entry(scope, AuditAction.CREATE, "portal.trial", acting_in=[Role.ADMIN], what=what)
    if what == MAIL:
        send_trial(scope, user=user, site_url=site_url)
    elif what != GEOCODER or settings.GEOCODER_URL:
        signs.ask(what)
        outbox.send(_TASKS[what])
