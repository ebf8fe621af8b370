"""Run campaigns as their pages do."""

import datetime as dt

from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.campaigns import services
from classification.campaigns.freezing import freeze, read
from classification.campaigns.tasks import propose_levels
from classification.engine.services import default_grid
from classification.models import Campaign, Closing
from core.versions import version_of
from sites.models import Residence
from sites.upkeep.acts import state_of_residence
from sites.upkeep.merging import merge_residences


def drafted(side, landlords=None, **named) -> Campaign:
    """A draft of the coordinator of a side, of today's levels."""
    today = timezone.localdate()
    said = {
        "name": f"Diagnostic {side.landlord.name[-1]}", "as_of": today, "deadline": today + dt.timedelta(20),
        "grid_version": default_grid(), "landlords": landlords or [side.landlord.pk],
    }  # fmt: skip
    with acting_as(side.coordinator) as scope:
        return services.prepare(scope, territory=side.territory, **said | named)


def opened(side, landlords=None, **named) -> Campaign:
    campaign = drafted(side, landlords, **named)
    with acting_as(side.coordinator) as scope:
        services.open_campaign(scope, campaign)
    return now(campaign)


def proposed(campaign) -> None:
    """What the worker does once a campaign is open."""
    propose_levels(campaign.pk)


def asked(side, campaign, reason="") -> Closing:
    """A closing that waits for the worker."""
    with acting_as(side.coordinator) as scope:
        return services.close(scope, campaign, reason=reason)


def closed(side, campaign=None, reason="") -> Closing:
    """A closing as the worker makes it, without its isolation level: the tests' transaction is open already."""
    closing = asked(side, campaign or opened(side), reason)
    with acting_as(side.coordinator) as scope:
        closing = Closing.objects.select_related("campaign__territory", "campaign__grid_version").get(
            pk=closing.pk
        )
        freeze(scope, closing, read(closing.campaign), timezone.now())
    with system_scope("evaluation"):
        return Closing.objects.select_related("campaign__territory").get(pk=closing.pk)


def merged(lead, residence, into) -> None:
    """Have a lead merge a residence into another one."""
    with acting_as(lead) as scope:
        residence, into = (Residence.objects.get(pk=one.pk) for one in (residence, into))
        version = version_of(residence, state_of_residence(residence))
        merge_residences(scope, residence=residence, into=into, version=version)


def now(campaign: Campaign) -> Campaign:
    with system_scope("evaluation"):
        return Campaign.objects.select_related("territory", "grid_version").get(pk=campaign.pk)
