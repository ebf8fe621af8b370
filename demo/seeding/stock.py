"""Plant organisations, communes and residences, and addresses at the doors of the fictional town."""

import datetime as dt
import random
from dataclasses import dataclass

from django.utils import timezone

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from accounts.scope import Scope
from demo.story import COMMUNES, LANDLORDS, MARKER, PLACES, TERRITORY, StoryPlace
from demo.town import doors_of, neighbourhood_of, neighbourhoods
from sites.basemap.neighbourhoods import store
from sites.enums import GeocodingState, TerritoryKind
from sites.match_key import match_key
from sites.models import Address, AgreementTerms, Commune, Residence, SharingAgreement, Territory


@dataclass(frozen=True, slots=True)
class Stock:
    """The planted stock; ``addresses`` and ``places`` are by residence id."""

    body: Organisation
    landlords: list[Organisation]
    communes: list[Commune]
    territory: Territory
    residences: list[Residence]
    addresses: dict[int, list[Address]]
    places: dict[int, StoryPlace]


def plant_stock(rng: random.Random, scope: Scope) -> Stock:
    """Plant three communes, four landlords, their residences and some 300 addresses."""
    body = Organisation.objects.create(name=MARKER, kind=OrganisationKind.INTERCOMMUNAL)
    landlords = [Organisation.objects.create(name=name, kind=OrganisationKind.LANDLORD) for name in LANDLORDS]
    communes = Commune.objects.bulk_create(
        Commune(code=code, name=name, department="00", postcodes=[postcode])
        for code, name, postcode in COMMUNES
    )
    territory = Territory.objects.create(name=TERRITORY, kind=TerritoryKind.CISPD, organisation=body)
    territory.communes.set(communes)
    for landlord in landlords[:-1]:
        _agree(landlord, territory, communes)
    store(scope, neighbourhoods())
    residences = _residences(landlords, communes)
    addresses = _addresses(rng, residences)
    places = {residence.pk: place for residence, place in zip(residences, PLACES, strict=True)}
    return Stock(body, landlords, communes, territory, residences, addresses, places)


def _agree(landlord: Organisation, territory: Territory, communes: list[Commune]) -> None:
    """Have a landlord share all communes of the territory, since a year and a half."""
    signed = timezone.now() - dt.timedelta(540)
    agreement = SharingAgreement.objects.create(
        landlord=landlord, territory=territory, starts_on=signed.date()
    )
    AgreementTerms.objects.create(
        agreement=agreement, landlord=landlord, territory=territory, organisation=territory.organisation,
        kind=territory.kind, communes=sorted(commune.pk for commune in communes), made_at=signed,
    )  # fmt: skip


def _residences(landlords: list[Organisation], communes: list[Commune]) -> list[Residence]:
    return Residence.objects.bulk_create(
        Residence(
            landlord=landlords[place.landlord], commune=communes[place.commune], name=place.name,
            reference=f"{place.landlord + 1}{number + 1:03d}",
            in_priority_neighbourhood=neighbourhood_of(number) is not None,
        )
        for number, place in enumerate(PLACES)
    )  # fmt: skip


def _addresses(rng: random.Random, residences: list[Residence]) -> dict[int, list[Address]]:
    planted: dict[int, list[Address]] = {}
    for number, residence in enumerate(residences):
        doors = _doors(rng, residence, number)
        planted[residence.pk] = Address.objects.bulk_create(doors)
        residence.dwellings = sum(door.dwellings for door in doors)
    Residence.objects.bulk_update(residences, ["dwellings"])
    return planted


def _doors(rng: random.Random, residence: Residence, number: int) -> list[Address]:
    """Return the addresses of a residence, at its doors in the fictional town."""
    postcode = COMMUNES[PLACES[number].commune][2]
    return [
        Address(
            residence=residence, landlord=residence.landlord, commune=residence.commune, label=label,
            postcode=postcode, match_key=match_key(label), dwellings=rng.randint(8, 32),
            longitude=longitude, latitude=latitude, geocoding=GeocodingState.SOURCE,
        )
        for label, longitude, latitude in doors_of(number)
    ]  # fmt: skip
