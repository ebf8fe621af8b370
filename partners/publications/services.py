"""Request, retry and abandon publications, which a worker makes, and publish at once for demonstration and tests.

A publication for a day that the circle was given already supersedes the former one, with a reason.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from classification.models import Closing
from core.jobs import JobState, hold_as_read, queue_again
from core.outbox import services as outbox
from core.versions import check_version
from partners.closings import check_counts, locked
from partners.models import Circle, Publication, PublicationRequest, PublishedSite
from partners.withdrawals import services as withdrawals

from . import tasks
from .coarse import refusal_of
from .freezing import closed_state, give, state_of


class OtherLandlordsError(Exception):
    """What a campaign counts is of other landlords than the territory shares today; nothing was written."""


@transaction.atomic
def request_publication(
    scope: Scope,
    *,
    circle: Circle,
    as_of: dt.date,
    closing: Closing | None = None,
    supersedes: Publication | None = None,
    reason: str = "",
    site_url: str = "",
) -> tuple[PublicationRequest, bool]:
    """Queue a publication to ``circle`` of the levels at ``as_of``.

    Args:
        scope: the acting coordinator.
        circle: who is given the levels.
        as_of: the day of the levels.
        closing: the version of a campaign of that day that is given on; None has the levels worked out.
        supersedes: the standing publication for that day that it replaces. One that was withdrawn is replaced
            without being named.
        reason: why it is replaced, naming nobody.
        site_url: the address of this site, for the e-mails to those who had opened it.

    Returns:
        The request, and whether it is new: a day that was requested already is not queued again.

    Raises:
        MovedOnError: the campaign has another version.
        BeingClosedError: a further version of it is on its way.
        OtherLandlordsError: its counts are not given to this circle.
    """
    if closing is not None:
        check_counts(locked(closing), closing)
        if refusal_of(circle, closing):
            raise OtherLandlordsError
    days = PublicationRequest.objects.filter(circle=circle, as_of=as_of)
    given = days.filter(publication__withdrawn_at=None).exclude(publication=None).first()
    if given is not None and (supersedes is None or given.publication_id != supersedes.pk):
        return given, False
    replaced = supersedes or _withdrawn(circle, as_of)
    request, is_new = PublicationRequest.objects.exclude(state=JobState.DONE).get_or_create(
        circle=circle,
        as_of=as_of,
        defaults={
            "territory": circle.territory,
            "created_by_id": scope.user_id,
            "supersedes": replaced,
            "reason": reason,
            "closing": closing,
        },
    )
    if is_new:
        _write_request(scope, request, AuditAction.CREATE, supersedes=replaced.pk if replaced else None)
        outbox.send(tasks.make_publication, request.pk, scope.person_id, *filter(None, [site_url]))
    return request, is_new


@transaction.atomic
def supersede(
    scope: Scope, publication: Publication, *, reason: str, version: str, site_url: str = ""
) -> tuple[PublicationRequest, bool]:
    """Queue a new publication for the day of ``publication``, which stands until the new one is made.

    Returns:
        The request, and whether it is new: one that waits already keeps its own reason.

    Raises:
        StaleError: it was withdrawn, or the reason of that corrected, since ``version``.
        ReplacedError: another publication for that day stands.
    """
    held = withdrawals.held(publication)
    check_version(version, held, withdrawals.state_of(held))
    request, is_new = request_publication(
        scope, circle=publication.circle, as_of=held.as_of, supersedes=held, reason=reason, site_url=site_url
    )
    if request.publication_id:
        raise withdrawals.ReplacedError
    return request, is_new


def _withdrawn(circle: Circle, as_of: dt.date) -> Publication | None:
    rows = Publication.objects.filter(circle=circle, as_of=as_of, withdrawn_at__isnull=False)
    return rows.order_by("withdrawn_at").last()


@transaction.atomic
def retry_publication(scope: Scope, request: PublicationRequest, *, site_url: str = "") -> None:
    """Queue again a request whose job failed, was interrupted or never started; do nothing if its state changed."""
    if not queue_again(PublicationRequest.objects.filter(publication=None), request):
        return
    _write_request(scope, request, AuditAction.UPDATE, retried=True)
    outbox.send(tasks.make_publication, request.pk, scope.person_id, *filter(None, [site_url]))


@transaction.atomic
def abandon_publication(scope: Scope, request: PublicationRequest) -> bool:
    """Delete a request that came to nothing, so that nothing of it is left but its journal entries.

    Returns:
        False when its state has changed since it was read: nothing is deleted then.
    """
    if not hold_as_read(PublicationRequest.objects.filter(publication=None), request):
        return False
    _write_request(scope, request, AuditAction.CANCEL)
    request.delete()
    return True


def publish_closing(
    scope: Scope, *, circle: Circle, closing: Closing, at: dt.datetime | None = None
) -> Publication:
    """Publish what a campaign froze at once, as :func:`publish` does.

    Raises:
        IntegrityError: that day was published to the circle already.
    """
    return give(scope, closed_state(circle, closing), at=at)


def publish(scope: Scope, *, circle: Circle, as_of: dt.date, at: dt.datetime | None = None) -> Publication:
    """Publish the levels at ``as_of`` at once, for demonstration data and tests.

    Pages queue a request instead (:func:`request_publication`): its worker reads all levels at one moment.

    Raises:
        IntegrityError: that day was published to the circle already.
    """
    return give(scope, state_of(circle, as_of), at=at)


def landlords_of(publication: Publication) -> list[int]:
    """Return the ids of the landlords whose sites the acting person sees in a publication."""
    sites = PublishedSite.objects.filter(publication=publication).order_by()
    return list(sites.values_list("shared_by_id", flat=True).distinct())


def _write_request(scope: Scope, request: PublicationRequest, action: AuditAction, **detail: Any) -> None:
    write_entry(
        scope, action, request, organisation_id=request.territory.organisation_id,
        circle=request.circle_id, as_of=request.as_of.isoformat(), **_of_campaign(request.closing), **detail,
    )  # fmt: skip


def _of_campaign(closing: Closing | None) -> dict[str, Any]:
    """Return what a journal entry says of the version of a campaign that is given on, nothing where it is none."""
    return {"campaign": closing.campaign_id, "number": closing.number} if closing else {}
