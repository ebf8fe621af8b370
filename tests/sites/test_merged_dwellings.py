"""The dwellings of places that are merged: asked for, told in the history, given back by undoing."""

import pytest
from django.urls import reverse

from accounts.scope import acting_as, system_scope
from core.versions import version_of
from sites.enums import MergedDwellings
from sites.match_key import match_key
from sites.models import Address, Residence
from sites.upkeep import merging, services
from sites.upkeep.acts import state_of_address, state_of_residence
from sites.upkeep.history import history_of
from tests import factories as f
from tests.world import signed_in

ONCE, BOTH = MergedDwellings


@pytest.fixture
def lead(world):
    with acting_as(world.a.lead) as scope:
        yield scope


@pytest.fixture
def twins(world):
    """Two addresses of 20 and 12 dwellings of a residence whose number is their sum."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(
            landlord=world.a.landlord, commune=world.a.residence.commune, name="Les Jumelles", dwellings=32
        )
        return [
            f.AddressFactory(residence=residence, label=text, match_key=match_key(text), dwellings=number)
            for text, number in (("4 rue Double", 20), ("4 ter rue Double", 12))
        ]


def counted(*places):
    with system_scope("seeding"):
        return [type(place).objects.get(pk=place.pk).dwellings for place in places]


def merge_doors(lead, door, into, dwellings):
    shown = version_of(door, state_of_address(door))
    return merging.merge_addresses(lead, address=door, into=into, version=shown, dwellings=dwellings)


def merge(lead, residence, into, dwellings):
    shown = version_of(residence, state_of_residence(residence))
    return merging.merge_residences(lead, residence=residence, into=into, version=shown, dwellings=dwellings)


@pytest.mark.parametrize(("dwellings", "merged"), [(ONCE, [20, 0, 20]), (BOTH, [32, 0, 32])])
def test_a_merged_door_keeps_adds_and_gets_back_its_dwellings(lead, twins, dwellings, merged):
    places = (*twins, twins[0].residence)
    change = merge_doors(lead, twins[1], twins[0], dwellings)
    assert counted(*places) == merged
    assert services.undo(lead, change=change) == 0
    assert counted(*places) == [20, 12, 32]


def test_a_door_without_dwellings_takes_those_of_the_one_that_gives_way(lead, twins):
    with system_scope("seeding"):
        Address.objects.filter(pk=twins[0].pk).update(dwellings=0)
    merge_doors(lead, twins[1], twins[0], ONCE)
    assert counted(*twins) == [12, 0]


@pytest.mark.parametrize(
    ("dwellings", "stated", "merged"),
    [
        # Sums of their addresses: the door that both have counts once, or has the dwellings of both.
        (ONCE, (20, 32), [20 + 12, 0]),
        (BOTH, (20, 32), [20 + 20 + 12, 0]),
        # Numbers that a file gave.
        (ONCE, (25, 90), [25, 0]),
        (BOTH, (25, 90), [115, 0]),
        (ONCE, (0, 90), [90, 0]),
    ],
)
def test_merged_residences_count_their_dwellings_as_was_said(world, lead, twins, dwellings, stated, merged):
    residence = twins[0].residence
    with system_scope("seeding"):
        other = f.ResidenceFactory(landlord=world.a.landlord, commune=residence.commune, dwellings=stated[0])
        f.AddressFactory(
            residence=other, label="4 rue Double", match_key=match_key("4 rue Double"), dwellings=20
        )
        Residence.objects.filter(pk=residence.pk).update(dwellings=stated[1])
        residence.refresh_from_db()
    change = merge(lead, residence, other, dwellings)
    assert counted(other, residence) == merged
    assert services.undo(lead, change=change) == 0
    assert counted(other, residence) == list(stated)


def test_the_form_says_both_counts_and_asks_which_and_the_history_tells_it(world, twins):
    client = signed_in(world.a.lead)
    url = reverse("sites:merge_address", args=[twins[1].pk])
    page = client.get(url)
    assert "Celle-ci compte 12 logements." in page.text
    assert "4 rue Double · 20 logements" in page.text
    typed = {"into": twins[0].pk, "version": page.context["form"]["version"].value()}
    assert client.post(url, typed).status_code == 422
    assert counted(*twins) == [20, 12]
    said = typed | {"dwellings": BOTH.value}
    agreed = client.post(url, said).context["agreement"].key
    done = client.post(url, said | {"niveaux": agreed}, follow=True)
    assert "4 rue Double) : 20 → 32" in done.text.replace("&nbsp;", " ")
    with acting_as(world.a.lead):
        [told] = history_of(twins[0].residence)
    said = [(d.label, d.before, d.after) for d in told.differences if "logements" in d.label]
    assert said == [("logements (4 rue Double)", 20, 32), ("logements (4 ter rue Double)", 12, 0)]


def test_nothing_is_asked_where_the_one_that_gives_way_has_no_dwellings(world, twins):
    with system_scope("seeding"):
        Address.objects.filter(pk=twins[1].pk).update(dwellings=0)
    page = signed_in(world.a.lead).get(reverse("sites:merge_address", args=[twins[1].pk]))
    assert sorted(page.context["form"].fields) == ["into", "version"]
