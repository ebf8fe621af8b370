"""Prepare, open, put off, cancel and close campaigns, and make new versions of what was closed."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope, system_scope
from classification.models import Campaign, CampaignState, Closing, GridVersion
from core.constraints import refused_as
from core.jobs import JobState, hold_as_read, queue_again
from core.once import refuse_again
from core.outbox import services as outbox
from core.versions import State, check_version
from sites.models import SharingAgreement, Territory
from sites.perimeter import in_force

from . import proposals, tasks
from .days import check_grid_stays, check_opens
from .progress import progress_of

_FIELDS = ("name", "as_of", "grid_version", "landlords", "deadline")


class MovedOnError(Exception):
    """The campaign is not where the page showed it any more; nothing was written."""


class RemindedError(Exception):
    """The leads were reminded today already; nothing was sent."""


def sharing_with(territory: Territory) -> list[int]:
    """Return the ids of the landlords under an agreement in force with ``territory``."""
    rows = SharingAgreement.objects.filter(in_force(), territory=territory).order_by("landlord_id")
    return list(rows.values_list("landlord_id", flat=True).distinct())


def state_of(campaign: Campaign) -> State:
    """Return what the form of a draft writes."""
    return {name: _plain(getattr(campaign, name)) for name in _FIELDS}


def deadline_of(campaign: Campaign) -> State:
    """Return what the form of a deadline writes."""
    return {"deadline": campaign.deadline}


@transaction.atomic
def prepare(scope: Scope, *, territory: Territory, **said: Any) -> Campaign:
    """Make a draft, which its coordinators alone see.

    Raises:
        MadeAlreadyError: the person has just made the same one.
    """
    own = Campaign.objects.filter(created_by_id=scope.user_id, state=CampaignState.DRAFT)
    refuse_again(own, territory=territory, **said)
    campaign = Campaign(territory=territory, created_by_id=scope.user_id, **said)
    campaign.save(force_insert=True)
    _write(scope, AuditAction.CREATE, campaign)
    return campaign


@transaction.atomic
def change(scope: Scope, campaign: Campaign, *, version: str, **said: Any) -> None:
    """Change a draft; do nothing where it says the same already.

    Raises:
        MovedOnError: it was opened meanwhile.
        StaleError: it has changed since ``version``.
    """
    held = _held(campaign, CampaignState.DRAFT)
    if all(getattr(held, name) == value for name, value in said.items()):
        return
    check_version(version, held, state_of(held))
    for name, value in said.items():
        setattr(held, name, value)
    held.save(update_fields=list(said))
    _write(scope, AuditAction.UPDATE, held)


@transaction.atomic
def delete(scope: Scope, campaign: Campaign) -> None:
    """Delete a draft; the journal keeps that there was one.

    Raises:
        MovedOnError: it was opened meanwhile.
    """
    held = _held(campaign, CampaignState.DRAFT)
    _write(scope, AuditAction.CANCEL, held)
    held.delete()


@transaction.atomic
def open_campaign(scope: Scope, campaign: Campaign, *, at: dt.datetime | None = None) -> None:
    """Open a draft: from now on the leads of its landlords see it. What it is about stays as it is.

    Args:
        scope: the acting coordinator's.
        campaign: the draft.
        at: the moment in demonstration data; by default it is now.

    Raises:
        MovedOnError: it was opened or deleted meanwhile.
        ValidationError: it cannot be opened today, and why.
    """
    at = at or timezone.now()
    held = _held(campaign, CampaignState.DRAFT)
    check_opens(held, timezone.localdate(at))
    held.landlords = [pk for pk in sharing_with(held.territory) if pk in held.landlords]
    held.state, held.opened_at, held.opened_by_id = CampaignState.OPEN, at, scope.user_id
    busy = ValidationError(
        _("Une campagne est déjà ouverte sur ce territoire : arrêtez-la ou annulez-la d’abord.")
    )
    with refused_as(busy):
        held.save(update_fields=["landlords", "state", "opened_at", "opened_by"])
    _write(scope, AuditAction.UPDATE, held, concerns=held.landlords, opened=True)
    outbox.send(tasks.propose_levels, held.pk)


@transaction.atomic
def put_off(scope: Scope, campaign: Campaign, *, deadline: dt.date, version: str) -> None:
    """Give an open campaign another deadline; do nothing where it has that one already.

    Raises:
        MovedOnError: it is open no more.
        StaleError: the deadline has changed since ``version``.
        ValidationError: another grid begins until then.
    """
    held = _held(campaign, CampaignState.OPEN)
    if held.deadline == deadline:
        return
    check_version(version, held, deadline_of(held))
    if deadline > held.deadline:
        check_grid_stays(held, deadline, timezone.localdate())
    former, held.deadline = held.deadline, deadline
    held.save(update_fields=["deadline"])
    _write(
        scope, AuditAction.UPDATE, held, concerns=held.landlords, deadline=deadline.isoformat(), former=former.isoformat()
    )  # fmt: skip


@transaction.atomic
def remind(scope: Scope, campaign: Campaign) -> int:
    """Have the leads mailed, without content, whose landlords can decide about more levels of an open campaign, once a day.

    Returns:
        How many landlords.

    Raises:
        MovedOnError: it is open no more.
        RemindedError: they were today.
    """
    held = _held(campaign, CampaignState.OPEN)
    if held.reminded_on == timezone.localdate():
        raise RemindedError
    landlords = [one.landlord_id for one in progress_of(held) if one.left]
    if landlords:
        held.reminded_on = timezone.localdate()
        held.save(update_fields=["reminded_on"])
        _write(scope, AuditAction.UPDATE, held, concerns=landlords, reminded=True)
    for landlord in landlords:
        outbox.send(tasks.remind_leads, landlord)
    return len(landlords)


@transaction.atomic
def cancel(scope: Scope, campaign: Campaign, *, reason: str) -> None:
    """Cancel an open campaign: decisions that were made stand, and nothing is frozen.

    Raises:
        MovedOnError: it is open no more, or is being closed.
    """
    held = _held(campaign, CampaignState.OPEN)
    if held.closings.exists():
        raise MovedOnError
    held.state, held.cancelled_at, held.cancelled_by_id = (
        CampaignState.CANCELLED,
        timezone.now(),
        scope.user_id,
    )
    held.cancel_reason = reason
    held.save(update_fields=["state", "cancelled_at", "cancelled_by", "cancel_reason"])
    _write(scope, AuditAction.CANCEL, held, concerns=held.landlords)
    with system_scope("evaluation"):
        proposals.forget(held)


@transaction.atomic
def close(scope: Scope, campaign: Campaign, *, reason: str = "") -> Closing:
    """Have a worker freeze an open campaign, or, for ``reason``, make a new version of one that was closed.

    A closing that waits, or that failed, is the one that is returned: there is one at a time.

    Raises:
        MovedOnError: the campaign is not in a state in which it can be.
    """
    state = CampaignState.CLOSED if reason else CampaignState.OPEN
    held = _held(campaign, state)
    waiting = held.closings.exclude(state=JobState.DONE).first()
    if waiting:
        return waiting
    last = held.closings.order_by("-number").values_list("number", flat=True).first() or 0
    closing = Closing.objects.create(
        campaign=held, territory=held.territory, number=last + 1, reason=reason, created_by_id=scope.user_id
    )
    _write_closing(scope, AuditAction.CREATE, closing, requested=True)
    outbox.send(tasks.close_campaign, closing.pk, scope.person_id)
    return closing


@transaction.atomic
def retry(scope: Scope, closing: Closing) -> None:
    """Queue again a closing that failed, was interrupted or never started; do nothing if its state changed."""
    if queue_again(Closing.objects.exclude(state=JobState.DONE), closing):
        _write_closing(scope, AuditAction.UPDATE, closing, retried=True)
        outbox.send(tasks.close_campaign, closing.pk, scope.person_id)


@transaction.atomic
def abandon(scope: Scope, closing: Closing) -> bool:
    """Delete a closing that came to nothing; the campaign stays as it is.

    Returns:
        False when its state has changed since it was read: nothing is deleted then.
    """
    if not hold_as_read(Closing.objects.exclude(state=JobState.DONE), closing):
        return False
    _write_closing(scope, AuditAction.CANCEL, closing)
    closing.delete()
    return True


def _held(campaign: Campaign, state: CampaignState) -> Campaign:
    """Return the campaign, locked, if it is in ``state``.

    Raises:
        MovedOnError: it is not.
    """
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("territory", "grid_version")
    held = rows.filter(pk=campaign.pk, state=state).first()
    if held is None:
        raise MovedOnError
    return held


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, GridVersion) else value


def _write(
    scope: Scope, action: AuditAction, campaign: Campaign, *, concerns: Collection[int] = (), **detail: Any
) -> None:
    write_entry(
        scope,
        action,
        campaign,
        organisation_id=campaign.territory.organisation_id,
        concerns=concerns,
        **detail,
    )


def _write_closing(scope: Scope, action: AuditAction, closing: Closing, **detail: Any) -> None:
    write_entry(
        scope, action, closing, organisation_id=closing.territory.organisation_id,
        campaign=closing.campaign_id, number=closing.number, **detail,
    )  # fmt: skip
