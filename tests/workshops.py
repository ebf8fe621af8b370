"""Hold workshops as their pages do."""

from accounts.scope import acting_as, system_scope
from classification.models import Campaign, Contest, Settlement
from classification.workshop import services
from core.versions import version_of
from tests import factories as f
from tests.campaigning import opened, proposed

WHY, CONCLUSION = "Le hall compte moins que les abords.", "Les abords pèsent davantage."


def shared_campaign(world, **named) -> Campaign:
    """An open campaign of territory A that asks landlords A and B."""
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    campaign = opened(world.a, [world.a.landlord.pk, world.b.landlord.pk], **named)
    proposed(campaign)
    return campaign


def contests(person, campaign, residence, reason=WHY) -> Contest:
    with acting_as(person) as scope:
        return services.contest(scope, campaign, residence, reason=reason)


def takes_back(person, contest) -> None:
    with acting_as(person) as scope:
        services.take_back(scope, _now(contest))


def noted_version(contest) -> str:
    """The version that a page sends now."""
    with system_scope("evaluation"):
        return version_of(contest, services.noted(services.last_of(contest)))


def settles(coordinator, contest, conclusion=CONCLUSION, recommended=None, version=None) -> Settlement:
    version = version or noted_version(contest)
    with acting_as(coordinator) as scope:
        return services.settle(
            scope, _now(contest), conclusion=conclusion, recommended=recommended, version=version
        )


def _now(contest) -> Contest:
    return Contest.objects.select_related("campaign__territory", "residence").get(pk=contest.pk)


def contested(side) -> Contest:
    """A site of an open campaign that the coordinator contests."""
    campaign = opened(side)
    proposed(campaign)
    return contests(side.coordinator, campaign, side.residence)


def settled(side, recommended=4) -> Settlement:
    """A site of an open campaign for which the workshop recommends a level."""
    return settles(side.coordinator, contested(side), recommended=recommended)
