"""Plant towns that have something to tell, and release their aggregates as pages and the worker do."""

import datetime as dt

from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import Campaign, CampaignState, Closing
from core.jobs import JobState
from partners.closings import last_closing
from partners.models import PlenaryRelease
from partners.plenary import freezing, services
from partners.plenary.content import prepared
from tests import factories as f
from tests.campaigning import closed, opened

# What makes a residence of level 3 on one day, and one of level 1.
VIOLENCE, LITTER = "URBAN_VIOLENCE", "LITTERING"


def landlord_of(side, name: str):
    """A further landlord that shares with the territory of a side."""
    with system_scope("seeding"):
        landlord = f.OrganisationFactory(name=name)
        f.SharingAgreementFactory(landlord=landlord, territory=side.territory)
        return landlord


def sites(landlord, commune, number: int, code: str = VIOLENCE, **named) -> list:
    """Residences with one fact each, not evaluated."""
    made = []
    with system_scope("seeding"):
        for _n in range(number):
            residence = f.ResidenceFactory(landlord=landlord, commune=commune, **named)
            address = f.AddressFactory(residence=residence)
            f.IncidentFactory(address=address, code=code, day=timezone.localdate())
            made.append(residence)
    evaluate([residence.pk for residence in made])
    return made


def town_of(side, commune, troubled: int = 5, quiet: int = 5) -> list:
    """Have three landlords with as many sites of level 3 and of level 1 each share with a side; return them."""
    landlords = [side.landlord, *(landlord_of(side, f"Bailleur {name}") for name in ("Est", "Ouest"))]
    for landlord in landlords:
        sites(landlord, commune, troubled)
        sites(landlord, commune, quiet, LITTER)
    return landlords


def closing_of(side, landlords, **named):
    return closed(side, opened(side, [landlord.pk for landlord in landlords], **named))


def ready(side, closing):
    """What a page shows of a closing."""
    with acting_as(side.coordinator):
        return prepared(last_closing(closing.campaign))


def asked(side, closing, digest: str = "") -> PlenaryRelease:
    digest = digest or ready(side, closing).digest
    with acting_as(side.coordinator) as scope:
        return services.ask(scope, last_closing(closing.campaign), digest=digest)


def released(side, closing) -> PlenaryRelease:
    """A release as the worker makes it, without its isolation level: the tests' transaction is open already."""
    return make(side, closing, asked(side, closing).pk)


def make(side, closing, pk: int) -> PlenaryRelease:
    """Do what the worker does for a release that was asked for."""
    with acting_as(side.coordinator) as scope:
        row = PlenaryRelease.objects.select_related("campaign__territory", "territory").get(pk=pk)
        freezing.make(scope, row, prepared(last_closing(closing.campaign)))
    return stored(pk)


def stored(pk: int) -> PlenaryRelease:
    with system_scope("seeding"):
        return PlenaryRelease.objects.select_related("campaign", "territory").get(pk=pk)


def content_of(**towns) -> dict:
    """A small content, as released."""
    return {
        "territory": "CLSPD A", "organisation": "Ville A", "campaign": "Diagnostic", "as_of": "2026-03-01", "days": 365,
        "landlords": ["Bailleur A"], "marks": [4, 3, 2, 0], "families": [["people", "Personnes"]],
        "communes": [{
            "name": "Partagée", "why": "", "homes": 1200, "sites": {"3": 5}, "facts": {"people": 10},
            "areas": [{"name": "Ensemble de la commune", "why": "", "homes": 1200, "sites": {"3": 5}, "facts": {"people": 10}}],
        }],
    } | towns  # fmt: skip


def planted(side, state: str = JobState.DONE, **named) -> PlenaryRelease:
    """A release of a campaign of a side, which froze nothing, in the state that is asked for."""
    campaign = opened(side)
    with system_scope("seeding"):
        closing = Closing.objects.create(campaign=campaign, territory=side.territory, number=1)
        Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.CLOSED)
    done = {"content": content_of(), "landlords": [side.landlord.pk], "finished_at": timezone.now()}
    with system_scope("seeding"):
        return PlenaryRelease.objects.create(
            **{
                "campaign": campaign, "closing": closing, "territory": side.territory,
                "organisation": side.town, "as_of": campaign.as_of, "digest": "0" * 64, "state": state,
                **(done if state == JobState.DONE else {}), **named,
            },
        )  # fmt: skip


def days_ago(number: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(number)
