"""Freeze what was read as the release of a campaign."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from classification.models import Campaign
from core.jobs import JobError, lock_number
from partners.closings import check_counts_still
from partners.models import PlenaryRelease

from .content import APART, Prepared, last_release, told_elsewhere


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
    check_counts_still(asked.closing)
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


def write_release(scope: Scope, action: AuditAction, release: PlenaryRelease, **detail: Any) -> None:
    """Write a journal entry about a release, for its territory and the landlords counted."""
    write_entry(
        scope, action, release, organisation_id=release.organisation_id, concerns=release.landlords,
        campaign=release.campaign_id, as_of=release.as_of.isoformat(), **detail,
    )  # fmt: skip
