"""What merging, moving and splitting places leave as it was, take along, or refuse."""

import pytest
from django.core.exceptions import ValidationError

from accounts.scope import acting_as, system_scope
from incidents.models import Incident
from sites.enums import GeocodingState
from sites.models import Address, Residence, ResidenceAssignment
from sites.upkeep import moving
from tests import factories as f
from tests.sites.test_upkeep_places import merge, merge_doors, version


@pytest.fixture
def lead(world):
    with acting_as(world.a.lead) as scope:
        yield scope


def door(residence, label, **values):
    with system_scope("seeding"):
        return f.AddressFactory(residence=residence, label=label, **values)


def again(place):
    return type(place).objects.get(pk=place.pk)


def split(lead, address, **values):
    said = {"label": "2 rue Neuve", "dwellings": 0, "records": {}} | values
    moving.split_address(lead, address=address, version=version(address), **said)
    return Address.objects.get(label="2 rue Neuve")


def part(lead, residence, *addresses):
    moving.split_residence(
        lead, residence=residence, addresses=addresses, name="Moitié", reference="M2", version=version(residence)
    )  # fmt: skip
    return Residence.objects.get(reference="M2")


def test_a_door_keeps_its_own_identifier_and_those_merged_into_it_follow_it(world, lead):
    one, two, three = (
        door(world.a.residence, f"{n} rue Suite", rnb_id=rnb)
        for n, rnb in ((1, ""), (2, "1GA7PBYM1QDY"), (3, "2GA7PBYM1QDY"))
    )
    merge_doors(lead, one, two)
    merge_doors(lead, again(two), three)
    assert [again(place).merged_into_id for place in (one, two, three)] == [three.pk, three.pk, None]
    assert again(three).rnb_id == "2GA7PBYM1QDY"


def test_a_residence_takes_what_is_the_wholes_and_the_agents_it_lacks_and_those_merged_into_it_follow(
    world, lead
):
    a = world.a
    with system_scope("seeding"):
        third = f.ResidenceFactory(landlord=a.landlord, commune=a.residence.commune)
        whole = Incident.objects.filter(pk=a.incidents[0].pk)
        whole.update(address=None)
        for residence in (a.residence, a.other):
            ResidenceAssignment.objects.create(membership=a.agent_membership, residence=residence)
    merge(lead, a.residence, a.other)
    assert whole.get().residence_id == a.other.pk
    assert ResidenceAssignment.objects.filter(residence=a.other).count() == 1
    merge(lead, again(a.other), third)
    assert [again(place).merged_into_id for place in (a.residence, a.other)] == [third.pk, third.pk]


def test_no_residence_is_merged_into_one_that_closed_an_address_of_both(world, lead):
    a = world.a
    door(a.residence, "8 rue Double")
    shut = door(a.other, "8 rue Double", closed_on="2026-01-01")
    with pytest.raises(ValidationError, match=f"{shut} est fermée"):
        merge(lead, a.residence, a.other)


def test_a_door_that_was_merged_does_not_move(world, lead):
    a = world.a
    twin = door(a.residence, "8 rue Double")
    merge_doors(lead, twin, a.address)
    with pytest.raises(ValidationError, match="n’est plus dans cette résidence"):
        moving.move_addresses(
            lead, residence=a.residence, addresses=[twin], to=a.other, version=version(a.residence)
        )


def test_a_split_takes_no_more_dwellings_than_there_are_and_the_point_if_there_is_one(world, lead):
    placed = door(world.a.residence, "1 rue Neuve", dwellings=5, geocoding=GeocodingState.FOUND)
    with pytest.raises(ValidationError, match="n’a que 5 logements"):
        split(lead, placed, dwellings=6)
    second = split(lead, placed, dwellings=5)
    assert (second.longitude, second.geocoding) == (placed.longitude, GeocodingState.FOUND)
    assert (second.dwellings, again(placed).dwellings) == (5, 0)


def test_the_second_half_of_a_door_without_a_point_is_to_be_placed(world, lead):
    nowhere = door(
        world.a.residence, "1 rue Neuve", longitude=None, latitude=None, geocoding=GeocodingState.PENDING
    )
    assert split(lead, nowhere).geocoding == GeocodingState.TO_PLACE


def test_half_a_residence_is_in_its_neighbourhood_and_takes_no_more_than_was_stated(world, lead):
    home = world.a.residence
    with system_scope("seeding"):
        Residence.objects.filter(pk=home.pk).update(in_priority_neighbourhood=True, dwellings=3)
    half = part(lead, again(home), world.a.address)
    assert (half.in_priority_neighbourhood, half.dwellings, again(home).dwellings) == (True, 20, 0)
