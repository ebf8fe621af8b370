"""The point beside a level is always its address's."""

import pytest

from accounts.scope import acting_as, system_scope
from classification.engine import services
from classification.models import SiteLevel
from core.versions import version_of
from sites.geocoding import placing
from sites.models import Address
from tests import factories as f


def points():
    rows = SiteLevel.objects.order_by("address_id").values_list("address_id", "longitude", "latitude")
    return {address: (lng, lat) for address, lng, lat in rows}


@pytest.fixture
def place(seeding):
    residence = f.ResidenceFactory()
    doors = [f.AddressFactory(residence=residence, longitude=x, latitude=48.0) for x in (2.0, 2.5)]
    doors.append(f.AddressFactory(residence=residence, longitude=None, latitude=None))
    services.evaluate()
    return doors


def test_levels_carry_the_points_of_addresses_and_the_middle_of_a_residence(place):
    a, b, nowhere = (door.pk for door in place)
    assert points() == {a: (2.0, 48.0), b: (2.5, 48.0), nowhere: (None, None), None: (2.25, 48.0)}


def test_placing_an_address_moves_its_level_and_its_residences(place):
    a, b, nowhere = (door.pk for door in place)
    with system_scope("seeding") as scope:
        _place(scope, nowhere, 3.0, 48.3)
    assert points() == {
        a: (2.0, 48.0), b: (2.5, 48.0), nowhere: (3.0, 48.3), None: (2.5, pytest.approx(48.1)),
    }  # fmt: skip


def test_lead_who_places_an_address_moves_its_point(world):
    with acting_as(world.a.lead) as scope:
        _place(scope, world.a.address.pk, 9.0, 48.0)
        sites = SiteLevel.objects.filter(residence=world.a.residence)
        assert set(sites.values_list("longitude", flat=True)) == {9.0}


def _place(scope, pk, longitude, latitude):
    address = Address.objects.get(pk=pk)
    version = version_of(address, placing.state_of(address))
    placing.place(scope, address, longitude=longitude, latitude=latitude, version=version)
