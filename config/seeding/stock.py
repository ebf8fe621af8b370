"""Organisations, communes, residences and addresses on a grid of streets."""

import datetime as dt
import math
import random
from dataclasses import dataclass

from django.utils import timezone

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from sites.enums import GeocodingState, TerritoryKind
from sites.match_key import match_key
from sites.models import Address, Commune, Residence, SharingAgreement, Territory

from .story import COMMUNES, LANDLORDS, MARKER, PLACES, STREETS, TERRITORY, Place

_BLOCKS_IN_A_ROW = 5
_BLOCK_M = (170, 140)
_DOOR_M = 17
_METRES_OF_A_DEGREE = 111_195


@dataclass(frozen=True, slots=True)
class Stock:
    """What was planted: ``addresses`` by residence id, ``places`` by residence id."""

    body: Organisation
    landlords: list[Organisation]
    communes: list[Commune]
    territory: Territory
    residences: list[Residence]
    addresses: dict[int, list[Address]]
    places: dict[int, Place]


def plant_stock(rng: random.Random) -> Stock:
    """Plant three communes, four landlords, their residences and some 300 addresses."""
    body = Organisation.objects.create(name=MARKER, kind=OrganisationKind.INTERCOMMUNAL)
    landlords = [Organisation.objects.create(name=name, kind=OrganisationKind.LANDLORD) for name in LANDLORDS]
    communes = Commune.objects.bulk_create(
        Commune(code=code, name=name, department="00", postcodes=[postcode])
        for code, name, postcode, *_centre in COMMUNES
    )
    territory = Territory.objects.create(name=TERRITORY, kind=TerritoryKind.CISPD, organisation=body)
    territory.communes.set(communes)
    for landlord in landlords[:-1]:
        SharingAgreement.objects.create(
            landlord=landlord, territory=territory, starts_on=timezone.localdate() - dt.timedelta(540)
        )
    residences = _residences(landlords, communes)
    addresses = _addresses(rng, residences)
    places = {residence.pk: place for residence, place in zip(residences, PLACES, strict=True)}
    return Stock(body, landlords, communes, territory, residences, addresses, places)


def _residences(landlords: list[Organisation], communes: list[Commune]) -> list[Residence]:
    return Residence.objects.bulk_create(
        Residence(
            landlord=landlords[place.landlord], commune=communes[place.commune], name=place.name,
            reference=f"{place.landlord + 1}{number:03d}", in_priority_neighbourhood=len(place.mixes) > 1,
        )
        for number, place in enumerate(PLACES, start=1)
    )  # fmt: skip


def _addresses(rng: random.Random, residences: list[Residence]) -> dict[int, list[Address]]:
    planted: dict[int, list[Address]] = {}
    blocks = dict.fromkeys(range(len(COMMUNES)), 0)
    for residence, place, street in zip(residences, PLACES, STREETS, strict=True):
        block = blocks[place.commune]
        blocks[place.commune] += 1
        doors = _doors(rng, residence, place, street, block)
        planted[residence.pk] = Address.objects.bulk_create(doors)
        residence.dwellings = sum(door.dwellings for door in doors)
    Residence.objects.bulk_update(residences, ["dwellings"])
    return planted


def _doors(rng: random.Random, residence: Residence, place: Place, street: str, block: int) -> list[Address]:
    """Return the stairwells of a residence, a door every 17 m along its street."""
    _code, _name, postcode, longitude, latitude = COMMUNES[place.commune]
    row, column = divmod(block, _BLOCKS_IN_A_ROW)
    east_m, north_m = column * _BLOCK_M[0], row * _BLOCK_M[1]
    first = rng.randrange(1, 30, 2)
    doors = []
    for number in range(rng.randint(5, 10)):
        label = f"{first + 2 * number} {street}"
        doors.append(
            Address(
                residence=residence, landlord=residence.landlord, commune=residence.commune, label=label,
                postcode=postcode, match_key=match_key(label), dwellings=rng.randint(8, 32),
                longitude=longitude + _degrees(east_m + number * _DOOR_M, latitude),
                latitude=latitude + _degrees(north_m + rng.uniform(-4, 4)),
                geocoding=GeocodingState.SOURCE,
            )
        )  # fmt: skip
    return doors


def _degrees(metres: float, latitude: float = 0) -> float:
    return metres / (_METRES_OF_A_DEGREE * math.cos(math.radians(latitude)))
