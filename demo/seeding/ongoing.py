"""Plant the standing observations and disruptions of the fiction."""

import datetime as dt

from django.utils import timezone

from incidents.enums import Extent, ObservedFrequency, Service
from incidents.models import Confirmation, Disruption, FactType, StandingObservation

from .people import People
from .stock import Stock

# Residence, fact type, frequency, since (days ago), confirmed (days ago).
_OBSERVATIONS = (
    ("Les Alizés", "CONTROL_OF_MOVEMENT", ObservedFrequency.DAILY, 200, (200, 120, 45, 6)),
    ("La Criée", "ORGANISED_DEALING", ObservedFrequency.DAILY, 160, (160, 80, 12)),
    ("Les Brisants", "SPACE_APPROPRIATION", ObservedFrequency.DAILY, 90, (90, 20)),
    ("Le Cabestan", "WILD_CAR_REPAIR", ObservedFrequency.REGULAR, 120, (120, 60, 30)),
    # No longer confirmed, so it has lapsed.
    ("Les Embruns", "PETTY_DEALING", ObservedFrequency.DAILY, 400, (400, 320, 240)),
)
# Residence, service, extent, from and until (days ago), daily. An impossible presence is so from 5 to 10 p.m.
_DISRUPTIONS = (
    ("Les Alizés", Service.STAFF_PRESENCE, Extent.IMPOSSIBLE, 70, None, False),
    ("Les Alizés", Service.LIFT, Extent.TOTAL, 21, None, False),
    ("La Criée", Service.ENTRANCE, Extent.TOTAL, 40, 2, False),
    ("Les Brisants", Service.CAR_PARK, Extent.PARTIAL, 130, None, False),
    ("Le Cabestan", Service.LIGHTING, Extent.PARTIAL, 33, 12, False),
    ("La Grande Marée", Service.ENTRANCE, Extent.PARTIAL, 16, None, False),
    ("Les Goélands", Service.CLEANING, Extent.LIMITED, 9, 9, False),
    ("Les Goélands", Service.STAFF_PRESENCE, Extent.LIMITED, 6, 6, False),
    ("Le Phare", Service.DELIVERIES, Extent.PARTIAL, 55, 20, False),
    ("Le Menhir", Service.WASTE, Extent.LIMITED, 140, 132, False),
)


def plant_ongoing(stock: Stock, people: People, today: dt.date) -> None:
    """Plant the standing observations of staff, and the services that are disrupted."""
    by_name = {residence.name: residence for residence in stock.residences}
    types = {fact_type.code: fact_type for fact_type in FactType.objects.all()}
    for name, code, frequency, since, confirmed in _OBSERVATIONS:
        residence = by_name[name]
        author = people.leads[residence.landlord_id]
        observation = StandingObservation.objects.create(
            residence=residence, landlord_id=residence.landlord_id, commune_id=residence.commune_id,
            address=stock.addresses[residence.pk][0], fact_type=types[code], frequency=frequency,
            since=today - dt.timedelta(since), created_by=author,
        )  # fmt: skip
        for days_ago in confirmed:
            Confirmation.objects.create(
                observation=observation, day=today - dt.timedelta(days_ago), confirmed_by=author
            )
    for name, service, extent, start, end, daily in _DISRUPTIONS:
        residence = by_name[name]
        Disruption.objects.create(
            residence=residence, landlord_id=residence.landlord_id, commune_id=residence.commune_id,
            address=stock.addresses[residence.pk][0], service=service, extent=extent,
            starts_on=today - dt.timedelta(start), ends_on=None if end is None else today - dt.timedelta(end),
            recurs_daily=daily, created_by=people.leads[residence.landlord_id], **_hours(extent),
            seen_at=timezone.now(), seen_by=people.leads[residence.landlord_id],
        )  # fmt: skip


def _hours(extent: Extent) -> dict[str, dt.time]:
    if extent != Extent.IMPOSSIBLE:
        return {}
    return {"hours_from": dt.time(17), "hours_until": dt.time(22)}
