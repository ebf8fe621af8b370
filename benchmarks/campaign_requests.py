"""Requests for the pages of campaigns: of a territory of 20,000 sites, and of one of a few."""

import datetime as dt
from typing import NamedTuple

import psycopg
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.scope import acting_as, system_scope
from classification.campaigns import services
from classification.decisions import queue
from classification.decisions.services import confirm
from classification.engine.nightly import evaluate_everything
from classification.engine.services import default_grid
from classification.models import Assessment, Campaign, CampaignSite
from core.limits import long_work
from sites.models import Commune, Territory

from .indicator_requests import INCIDENTS
from .map_requests import plant
from .territory import lead_of, share
from .timing import Cost, Page, client_of, costs

# With those of the map, a million over the five years that facts are kept.
_FACTS, _DAYS, _ROUNDS = 700_000, 5 * 365, 40
# Of a thousand residences, those of the largest landlord and of the smallest: 2,000 and 20 of 20,000.
_LARGE, _SMALL, _OF = 100, 1, 1000
# A landlord has decided about one site in so many of the campaign that is open.
_DECIDED = 3
QUEUE = "queue of a lead"


class _Side(NamedTuple):
    """A territory with its coordinator, a lead of one of its landlords, and its campaigns: the one before and the open one."""

    coordinator: User
    lead: User
    before: Campaign
    open: Campaign


def measures(superuser_uri: str) -> tuple[dict[str, Cost], dict[str, Cost]]:
    """Plant the rows in an empty database; return what each page costs at 20,000 sites, and at 20."""
    coordinator = plant(among=_uneven)
    today = timezone.localdate()
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("SET session_replication_role = replica")
        planted.execute(INCIDENTS, {"facts": _FACTS, "days": _DAYS, "today": today})
        planted.execute("VACUUM ANALYZE")
    evaluate_everything()
    with system_scope("seeding"):
        landlords = list(Organisation.objects.filter(kind="landlord").order_by("pk"))
        territory = Territory.objects.get()
        few, few_coordinator = share("Banc petit", landlords[1:2], list(Commune.objects.order_by("pk")))
        large_lead, small_lead = (lead_of(landlord) for landlord in landlords[:2])
    sides = [
        _side(territory, coordinator, large_lead, landlords, today),
        _side(few, few_coordinator, small_lead, landlords[1:2], today),
    ]
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("VACUUM ANALYZE")
    many, small = (costs(_pages(side), _ROUNDS) for side in sides)
    return many, small


def _uneven(landlords: list[int]) -> list[int]:
    large, small, *others = landlords
    rest = [others[n % len(others)] for n in range(_OF - _LARGE - _SMALL)]
    return [large] * _LARGE + [small] * _SMALL + rest


def _side(
    territory: Territory, coordinator: User, lead: User, landlords: list[Organisation], today: dt.date
) -> _Side:
    asked = [landlord.pk for landlord in landlords]
    before = _opened(territory, coordinator, asked, today - dt.timedelta(91))
    with long_work(), acting_as(coordinator) as scope:
        services.close(scope, before)
    _decide(lead)
    found = _opened(territory, coordinator, asked, today)
    with system_scope("evaluation"):
        assert Assessment.objects.filter(closing__campaign=before).exists()
        assert CampaignSite.objects.filter(campaign=found).exists()
    return _Side(coordinator, lead, before, found)


def _opened(territory: Territory, coordinator: User, landlords: list[int], as_of: dt.date) -> Campaign:
    """Return a campaign whose levels the worker has proposed: here it does so once the request has committed."""
    with long_work(), acting_as(coordinator) as scope:
        campaign = services.prepare(
            scope, territory=territory, name=f"Banc {as_of}", as_of=as_of, deadline=as_of + dt.timedelta(92),
            grid_version=default_grid(), landlords=landlords,
        )  # fmt: skip
        services.open_campaign(scope, campaign)
    return campaign


def _decide(lead: User) -> None:
    with acting_as(lead) as scope:
        sites = list(queue.led_sites().select_related("residence").order_by("pk")[::_DECIDED])
        made = confirm(scope, {site.residence_id: queue.shown_version(site, None) for site in sites})
    assert made.decisions


def _pages(side: _Side) -> dict[str, Page]:
    seen, led = client_of(side.coordinator), client_of(side.lead)
    within = client_of(side.coordinator, hx_request="true")
    with system_scope("evaluation"):
        site = CampaignSite.objects.filter(campaign=side.open).order_by("-level", "pk").first()
    return {
        QUEUE: Page(led, _of("campaign_queue", side.open)),
        "queue of a lead, what is retained": Page(led, f"{_of('campaign_queue', side.open)}?etat=retenus"),
        "dashboard": Page(seen, "/tableau-de-bord/"),
        "campaigns": Page(seen, "/campagnes/"),
        "campaign that is open": Page(seen, _of("campaign", side.open)),
        "campaign that is closed": Page(seen, _of("campaign", side.before)),
        "two campaigns compared": Page(seen, _of("campaign_comparison", side.open)),
        "workshop": Page(seen, _of("workshop", side.open)),
        # Beside the map, which stays.
        "site opened in the workshop": Page(
            within, reverse("classification:workshop_site", args=[side.open.pk, site.residence_id])
        ),
    }


def _of(name: str, campaign: Campaign) -> str:
    return reverse(f"classification:{name}", args=[campaign.pk])
