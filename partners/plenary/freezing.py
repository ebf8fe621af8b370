"""Freeze what was read as the release of a campaign."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from classification.models import Campaign, CampaignState, Closing
from core.jobs import JobError, JobState, lock_number
from partners.models import PlenaryRelease

from .content import APART, Prepared, last_release, told_elsewhere


class MovedOnError(Exception):
    """What was shown is not what would be released any more; nothing was written."""


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


def too_near(campaign: Campaign) -> PlenaryRelease | None:
    """Return the last release of the territory where it is of a later day, or of one less than :data:`APART` before."""
    last = last_release(campaign.territory)
    return last if last is not None and campaign.as_of < last.as_of + APART else None


@transaction.atomic
def make(scope: Scope, asked: PlenaryRelease, found: Prepared) -> None:
    """Freeze what was read, and mark the release as done in the same transaction.

    Raises:
        JobError: it is not what its coordinator was shown, tells nothing, or another release, or another version of the
            campaign, was made meanwhile or is on its way.
    """
    _check_counts_still(asked)
    if found.digest != asked.digest or not found.tells:
        raise JobError(
            _("Ce qui partirait n’est plus ce qui a été relu. Abandonnez cette demande, et relisez.")
        )
    with connection.cursor() as cursor:
        # One release at a time: two of neighbouring territories must not tell of one commune.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number("partners.plenary")])
    if too_near(asked.campaign) or told_elsewhere(asked.territory) & set(found.communes):
        raise JobError(_("D’autres statistiques ont été diffusées entre-temps. Abandonnez cette demande."))
    asked.content, asked.landlords = found.content, found.landlords
    asked.communes, asked.grounds = found.communes, found.grounds
    asked.save(update_fields=["content", "landlords", "communes", "grounds", *asked.mark_done()])
    write_release(scope, AuditAction.PUBLISH, asked, digest=asked.digest)


def _check_counts_still(asked: PlenaryRelease) -> None:
    try:
        check_counts(locked(asked.closing), asked.closing)
    except MovedOnError:
        raise JobError(
            _("Depuis, cette campagne a une autre version. Abandonnez cette demande, et relisez.")
        ) from None
    except BeingClosedError:
        raise JobError(
            _("Une nouvelle version de cette campagne est en cours d’arrêt. Attendez-la, puis relancez.")
        ) from None


def write_release(scope: Scope, action: AuditAction, release: PlenaryRelease, **detail: Any) -> None:
    """Write a journal entry about a release, for its territory and the landlords counted."""
    write_entry(
        scope, action, release, organisation_id=release.organisation_id, concerns=release.landlords,
        campaign=release.campaign_id, as_of=release.as_of.isoformat(), **detail,
    )  # fmt: skip
