"""Find the version of a campaign that counts, and hold it while what goes on from it is made."""

from django.utils.translation import gettext_lazy as _

from classification.models import Campaign, CampaignState, Closing
from core.jobs import JobError, JobState


class MovedOnError(Exception):
    """What was shown is not what would be given any more; nothing was written."""


class BeingClosedError(Exception):
    """A further version of the campaign is being made; nothing was written."""


def last_closing(campaign: Campaign) -> Closing | None:
    """Return the version of a campaign that counts; None until it is closed."""
    rows = Closing.objects.select_related("campaign__grid_version", "territory__organisation")
    return rows.filter(campaign=campaign, state=JobState.DONE).order_by("-number").first()


def locked(closing: Closing) -> Campaign:
    """Return the campaign of a version, locked: no further version is asked for, or made, meanwhile."""
    return Campaign.objects.select_for_update(of=("self",)).get(pk=closing.campaign_id)


def check_counts(campaign: Campaign, closing: Closing) -> None:
    """Check that a version is the one that counts of its campaign, which is locked, and that none is on its way.

    Raises:
        MovedOnError: the campaign is not closed, or has another version.
        BeingClosedError: a further version waits, or is being made.
    """
    current = last_closing(campaign)
    if campaign.state != CampaignState.CLOSED or current is None or current.pk != closing.pk:
        raise MovedOnError
    if Closing.objects.filter(campaign=campaign, state__in=(JobState.QUEUED, JobState.RUNNING)).exists():
        raise BeingClosedError


def check_counts_still(closing: Closing) -> None:
    """Check in a job, and lock until the end of its transaction, that a version is the one that counts.

    Raises:
        JobError: it is not, or another one is on its way.
    """
    try:
        check_counts(locked(closing), closing)
    except MovedOnError:
        raise JobError(
            _("Depuis, cette campagne a une autre version. Abandonnez cette demande, et relisez.")
        ) from None
    except BeingClosedError:
        raise JobError(
            _("Une nouvelle version de cette campagne est en cours d’arrêt. Attendez-la, puis relancez.")
        ) from None
