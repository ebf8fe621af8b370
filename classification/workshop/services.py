"""Contest the level of a site in an open campaign, take that back, and note how the workshop settled it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from classification.campaigns.freezing import reach_of
from classification.engine.services import lock
from classification.models import Campaign, CampaignSite, CampaignState, Contest, Settlement
from core.constraints import refused_as
from core.versions import State, check_version
from sites.models import Residence


class NotOpenError(Exception):
    """The campaign is open no more, or does not ask about the site; nothing was written."""


class SettledError(Exception):
    """The workshop has settled the site, or the contest was taken back, since the page was shown; nothing was written."""


@transaction.atomic
def contest(scope: Scope, campaign: Campaign, residence: Residence, *, reason: str) -> Contest:
    """Mark a site of an open campaign as contested.

    Args:
        scope: a lead of the residence's landlord, or the coordinator of the campaign's territory.
        campaign: an open campaign that asks about the residence.
        residence: the site.
        reason: why.

    Raises:
        NotOpenError: the campaign is open no more, or does not ask about the residence.
        ValidationError: it is contested already.
    """
    lock([residence.pk])
    held = _open(campaign)
    asked = CampaignSite.objects.filter(campaign=held).order_by().values("residence")
    if not reach_of(held).filter(pk=residence.pk).filter(pk__in=asked).exists():
        raise NotOpenError
    made = Contest(
        campaign=held,
        landlord_id=residence.landlord_id,
        commune_id=residence.commune_id,
        residence=residence,
        as_of=held.as_of,
        by_landlord=residence.landlord_id in scope.roles.get(Role.LEAD, ()),
        reason=reason,
        made_by_id=scope.person_id,
    )
    with _while_open(held), refused_as(ValidationError(_("Ce site est déjà contesté."))):
        made.save(force_insert=True)
    _write(scope, AuditAction.CREATE, made)
    return made


@transaction.atomic
def take_back(scope: Scope, contested: Contest) -> None:
    """Take a contest back that nobody has settled; it stays readable.

    Raises:
        NotOpenError: the campaign is open no more.
        SettledError: it was settled, or taken back, meanwhile.
    """
    lock([contested.residence_id])
    _open(contested.campaign)
    held = Contest.objects.select_related("residence", "campaign__territory").get(pk=contested.pk)
    if held.withdrawn_at is not None or held.settlements.exists():
        raise SettledError
    held.withdrawn_at, held.withdrawn_by_id = timezone.now(), scope.person_id
    with _while_open(held.campaign):
        held.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _write(scope, AuditAction.CANCEL, held)


@transaction.atomic
def settle(
    scope: Scope, contested: Contest, *, conclusion: str, recommended: int | None, version: str
) -> Settlement:
    """Note how the workshop settled a contested site, or correct what was noted; the former one stays readable.

    Args:
        scope: the coordinator.
        contested: a contest that stands.
        conclusion: what the meeting noted.
        recommended: the level that it recommends to the landlord; None for none.
        version: of what was noted last, as the page showed it.

    Returns:
        The settlement that counts now; the last one where it says the same.

    Raises:
        NotOpenError: the campaign is open no more.
        SettledError: the contest was taken back.
        StaleError: something else was noted since ``version``.
    """
    lock([contested.residence_id])
    _open(contested.campaign)
    held = Contest.objects.select_related("residence", "campaign__territory").get(pk=contested.pk)
    last = last_of(held)
    if last and (last.conclusion, last.recommended) == (conclusion, recommended):
        return last
    if held.withdrawn_at is not None:
        raise SettledError
    check_version(version, held, noted(last))
    made = Settlement(
        contest=held,
        campaign_id=held.campaign_id,
        number=last.number + 1 if last else 1,
        landlord_id=held.landlord_id,
        commune_id=held.commune_id,
        residence=held.residence,
        as_of=held.as_of,
        conclusion=conclusion,
        recommended=recommended,
        settled_by_id=scope.person_id,
    )
    with _while_open(held.campaign):
        made.save(force_insert=True)
    _write(scope, AuditAction.CREATE, made, number=made.number, recommends=recommended is not None)
    return made


def last_of(contested: Contest) -> Settlement | None:
    """Return the conclusion that counts of a contested site; None where none was noted."""
    return contested.settlements.order_by("-number").first()


def noted(last: Settlement | None) -> State:
    """Return what the form of a settlement writes."""
    return {
        "conclusion": last.conclusion if last else "",
        "recommended": last.recommended if last else None,
    }


def _open(campaign: Campaign) -> Campaign:
    """Return the campaign as it is now.

    Raises:
        NotOpenError: it is open no more.
    """
    rows = Campaign.objects.select_related("territory")
    held = rows.filter(pk=campaign.pk, state=CampaignState.OPEN).first()
    if held is None:
        raise NotOpenError
    return held


@contextmanager
def _while_open(campaign: Campaign) -> Iterator[None]:
    """Run a block, a savepoint, that a trigger refuses once the campaign is open no more.

    Raises:
        NotOpenError: its closing was committed since it was found open.
    """
    try:
        with transaction.atomic():
            yield
    except ProgrammingError:
        _open(campaign)
        raise


def _write(scope: Scope, action: AuditAction, subject: Contest | Settlement, **detail: Any) -> None:
    """Write the entry in the journals of both ends: the landlord's and the coordinator's."""
    organisation = subject.campaign.territory.organisation_id
    write_entry(
        scope, action, subject, organisation_id=organisation, concerns=[subject.landlord_id],
        campaign=subject.campaign_id, residence=subject.residence_id, **detail,
    )  # fmt: skip
