"""Ask for the release of a campaign's aggregates, retry or abandon it, and withdraw one."""

from django.db import transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.scope import Scope
from classification.models import Campaign, Closing
from core.jobs import JobState, hold_as_read, queue_again
from core.outbox import services as outbox
from partners.closings import MovedOnError, check_counts, locked
from partners.models import PlenaryRelease

from . import tasks
from .freezing import too_near, write_release


def release_of(campaign: Campaign) -> PlenaryRelease | None:
    """Return the release of a campaign, made or asked for."""
    return PlenaryRelease.objects.filter(campaign=campaign).first()


@transaction.atomic
def ask(scope: Scope, closing: Closing, *, digest: str) -> PlenaryRelease:
    """Queue the release of what a coordinator was shown; return the one there is where it was asked for already.

    Raises:
        MovedOnError: the campaign has another version, or is too near to the last release.
        BeingClosedError: a further version of the campaign is on its way.
    """
    campaign = locked(closing)
    if (found := release_of(campaign)) is not None:
        return found
    check_counts(campaign, closing)
    if too_near(campaign):
        raise MovedOnError
    asked = PlenaryRelease.objects.create(
        campaign=campaign, closing=closing, territory=closing.territory,
        organisation_id=closing.territory.organisation_id, as_of=campaign.as_of, digest=digest,
        created_by_id=scope.user_id,
    )  # fmt: skip
    write_release(scope, AuditAction.CREATE, asked, requested=True)
    outbox.send(tasks.make_release, asked.pk, scope.person_id)
    return asked


@transaction.atomic
def retry(scope: Scope, asked: PlenaryRelease) -> None:
    """Queue again a release whose job failed, was interrupted or never started; do nothing if its state changed."""
    if queue_again(PlenaryRelease.objects.exclude(state=JobState.DONE), asked):
        write_release(scope, AuditAction.UPDATE, asked, retried=True)
        outbox.send(tasks.make_release, asked.pk, scope.person_id)


@transaction.atomic
def abandon(scope: Scope, asked: PlenaryRelease) -> bool:
    """Delete a release that came to nothing; it can be asked for again.

    Returns:
        False when its state has changed since it was read: nothing is deleted then.
    """
    if not hold_as_read(PlenaryRelease.objects.exclude(state=JobState.DONE), asked):
        return False
    write_release(scope, AuditAction.CANCEL, asked)
    asked.delete()
    return True


@transaction.atomic
def withdraw(scope: Scope, release: PlenaryRelease, *, reason: str) -> bool:
    """Withdraw a release with a reason, which each of its pages and documents says from then on.

    Returns:
        False when it was withdrawn already: nothing is written then.
    """
    standing = PlenaryRelease.objects.filter(pk=release.pk, state=JobState.DONE, withdrawn_at=None)
    if not standing.update(
        withdrawn_at=timezone.now(), withdrawn_by_id=scope.user_id, withdrawal_reason=reason
    ):
        return False
    write_release(scope, AuditAction.CANCEL, release)
    return True
