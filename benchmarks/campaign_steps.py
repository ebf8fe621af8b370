"""The opening and the closing of a campaign, and the evaluation of a night that they stand beside."""

import datetime as dt
from typing import NamedTuple

import psycopg
from django.utils import timezone

from accounts.models import Organisation
from accounts.scope import acting_as, system_scope
from classification.campaigns import services
from classification.decisions.reading import DECIDED_WITHIN
from classification.engine.nightly import evaluate_everything
from classification.engine.services import default_grid
from classification.models import Assessment, Campaign, CampaignSite
from core.limits import long_work
from sites.models import Commune, Residence

from .population import LAST_DAY
from .territory import share
from .timing import timed

_AS_OF = dt.date.fromisoformat(LAST_DAY)
# What :mod:`.population` plants has numbers of its own.
_NUMBERS = (
    "SELECT setval(pg_get_serial_sequence('accounts_organisation', 'id'), max(id)) FROM accounts_organisation"
)


class Seconds(NamedTuple):
    """How long the steps took, and the evaluation of all places by the night."""

    evaluating: float
    opening: float
    closing: float


def steps(superuser_uri: str) -> Seconds:
    """Evaluate a populated database, then open a campaign over all of it and close it, as its coordinator and the worker do."""
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute(_NUMBERS)
    with system_scope("seeding"):
        landlords = list(Organisation.objects.filter(kind="landlord").order_by("pk"))
        territory, coordinator = share("Banc campagne", landlords, list(Commune.objects.order_by("pk")))
        residences = Residence.objects.count()
    evaluating = timed(lambda: evaluate_everything(as_of=_AS_OF))
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("VACUUM ANALYZE")
    with acting_as(coordinator) as scope:
        campaign = services.prepare(
            scope, territory=territory, name="Banc", as_of=_AS_OF, deadline=_AS_OF + DECIDED_WITHIN,
            grid_version=default_grid(), landlords=[landlord.pk for landlord in landlords],
        )  # fmt: skip
    at = timezone.make_aware(dt.datetime.combine(_AS_OF, dt.time(9)))

    # What the request leaves to the worker is done here once it has committed.
    def open_it() -> None:
        with long_work(), acting_as(coordinator) as scope:
            services.open_campaign(scope, campaign, at=at)

    def close_it() -> None:
        with long_work(), acting_as(coordinator) as scope:
            services.close(scope, Campaign.objects.get(pk=campaign.pk))

    opening = timed(open_it)
    with system_scope("evaluation"):
        assert CampaignSite.objects.count() == residences
    closing = timed(close_it)
    with system_scope("evaluation"):
        assert Assessment.objects.count() == residences
    return Seconds(evaluating, opening, closing)
