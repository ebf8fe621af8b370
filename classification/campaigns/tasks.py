"""Propose the levels of campaigns, remind their leads, and close them, in the worker."""

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.enums import MailKind
from accounts.mail.services import send_told
from accounts.scope import acting_as, load_user, system_scope
from classification.decisions.telling import leads_of
from classification.engine.services import MANY, lock
from classification.models import Campaign, Closing
from core.jobs import JobError, running

from . import freezing, proposals


@shared_task
def propose_levels(campaign_id: int) -> None:
    """Work out what an open campaign proposes, a few hundred residences at a time; stop if it is open no more.

    Each slice is a transaction of its own that locks its residences alone: facts can be recorded at all others meanwhile.
    """
    campaign = Campaign(pk=campaign_id)
    with system_scope("evaluation"):
        ids = proposals.reached(None, campaign).get(campaign_id, [])
    for start in range(0, len(ids), MANY):
        some = ids[start : start + MANY]
        with system_scope("evaluation"):
            lock(some)
            proposals.propose(campaign, some)


@shared_task
def remind_leads(landlord_id: int) -> None:
    """Mail the leads of a landlord, without content, that levels await them."""
    for user in leads_of({landlord_id}, timezone.localdate()):
        send_told(user=user, kind=MailKind.AWAITED)


@shared_task
def close_campaign(closing_id: int, user_id: int) -> None:
    """Freeze a campaign as the coordinator who closes it sees it at one moment."""
    user = load_user(user_id)
    with system_scope("jobs"):
        closing = Closing.objects.filter(pk=closing_id).first()
    if closing is None:
        return
    with override(user.language), running(closing) as progress:
        if progress:
            with acting_as(user, still=True):
                read_at = timezone.now()
                rows = freezing.read(_asked(closing_id).campaign)
            # What took minutes to read is frozen by whoever still may ask for it.
            with acting_as(load_user(user_id)) as scope:
                freezing.freeze(scope, _asked(closing_id), rows, read_at)


def _asked(closing_id: int) -> Closing:
    """Return the closing, with its campaign.

    Raises:
        JobError: the acting person no longer coordinates the territory.
    """
    related = ("campaign__territory", "campaign__grid_version")
    closing = Closing.objects.select_related(*related).filter(pk=closing_id).first()
    if closing is None:
        raise JobError(_("La personne qui l’a demandé ne coordonne plus ce territoire."))
    return closing
