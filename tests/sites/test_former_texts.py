"""What a place was called, and what was merged before: corrected back, and followed into a third residence."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from incidents.models import Incident
from sites.match_key import match_key
from sites.models import Address, Residence
from sites.upkeep import merging, services
from tests import factories as f
from tests.sites.test_upkeep_places import levels, merge, merge_doors, version
from tests.world import signed_in


@pytest.fixture
def lead(world):
    with acting_as(world.a.lead) as scope:
        yield scope


def correct(lead, door, label):
    said = {"label": label, "dwellings": door.dwellings, "rnb_id": "", "ban_key": ""}
    return services.correct_address(lead, address=door, version=version(door), **said)


def texts(residence):
    rows = Address.objects.filter(residence=residence).order_by("pk")
    return list(rows.values_list("label", "match_key", "merged_into"))


def test_an_address_is_corrected_back_and_found_by_both_texts(world, lead):
    door = world.a.address
    with system_scope("seeding"):
        Address.objects.filter(pk=door.pk).update(match_key=match_key(door.label))
    before = texts(door.residence)
    first = correct(lead, door, "7 bât. C rue Fausse")
    second = correct(lead, Address.objects.get(pk=door.pk), "1 rue A")
    assert texts(door.residence) == [
        ("1 rue A", "1 RUE A", None),
        ("7 bât. C rue Fausse", match_key("7 bât. C rue Fausse"), door.pk),
    ]
    former = Address.objects.get(merged_into=door)
    assert (former.building, Address.objects.get(pk=door.pk).building) == ("bât. C", "")
    for change in (second, first):
        assert services.undo(lead, change=change) == 0
    assert texts(door.residence) == before


def test_the_text_of_a_door_that_was_merged_is_not_taken(world, lead):
    door = world.a.address
    with system_scope("seeding"):
        twin = f.AddressFactory(residence=door.residence, label="5 rue A", match_key="5 RUE A")
    merge_doors(lead, twin, door)
    with pytest.raises(ValidationError, match="déjà cette adresse, écrite « 5 rue A »"):
        correct(lead, Address.objects.get(pk=door.pk), "5 rue A")


@pytest.fixture
def third(world, lead):
    """A residence of which a door is the one that both others call "1 rue A"."""
    a = world.a
    with system_scope("seeding"):
        residence = f.ResidenceFactory(
            landlord=a.landlord, commune=a.residence.commune, name="Tierce", dwellings=6
        )
        door = f.AddressFactory(residence=residence, label="9 rue T", match_key="9 RUE T", dwellings=6)
        known = f.AddressFactory(residence=a.other, label="1 rue A", match_key="1 RUE A", dwellings=0)
        Address.objects.filter(pk=a.address.pk).update(match_key="1 RUE A")
    merge_doors(lead, known, door)
    return residence


def test_a_merge_that_leads_into_a_third_residence_evaluates_counts_and_takes_it_back(world, lead, third):
    a = world.a
    before = levels()
    change = merging.merge_residences(
        lead, residence=a.residence, into=a.other, version=version(a.residence), dwellings="both"
    )
    assert change.residences == [a.other.pk, a.residence.pk, third.pk]
    assert Incident.objects.filter(residence=third).count() == 9
    assert (before["Tierce"], levels()["Tierce"]) == (1, before["Résidence A"])
    assert Residence.objects.get(pk=third.pk).dwellings == 6 + a.address.dwellings
    services.undo(lead, change=change)
    assert (levels(), Residence.objects.get(pk=third.pk).dwellings) == (before, 6)


def test_a_merge_that_leads_into_a_third_residence_says_its_level_first(world, third):
    page = reverse("sites:merge_residence", args=[world.a.residence.pk])
    with acting_as(world.a.lead):
        sent = {"into": world.a.other.pk, "dwellings": "once", "version": version(world.a.residence)}
    asked = signed_in(world.a.lead).post(page, sent)
    told = {one.residence.name: (one.before, one.after) for one in asked.context["agreement"].changes}
    assert told["Tierce"] == (1, told["Résidence A"][0])
    assert re.search(r"Tierce", asked.text)


def test_no_merge_leads_into_a_third_residence_that_is_closed(world, lead, third):
    with system_scope("seeding"):
        Residence.objects.filter(pk=third.pk).update(closed_on="2020-01-01")
    with pytest.raises(ValidationError, match="Tierce est fermée"):
        merge(lead, world.a.residence, world.a.other)


def told(answer):
    changes = answer.context["agreement"].changes
    return [(str(one.address or one.residence.name), one.before, one.after) for one in changes]


def test_an_act_on_a_door_says_the_levels_of_doors_too(world):
    a = world.a
    with system_scope("seeding"):
        f.AddressFactory(residence=a.residence, label="5 rue A", match_key="5 RUE A")
        evaluate([a.residence.pk])
        twin = Address.objects.get(label="5 rue A")
    with acting_as(a.lead):
        sent = {"into": twin.pk, "dwellings": "once", "version": version(a.address)}
    client, page = signed_in(a.lead), reverse("sites:merge_address", args=[a.address.pk])
    asked = client.post(page, sent)
    assert told(asked) == [("1 rue A", 3, None), ("5 rue A", 1, 3)]
    assert [
        said in asked.text for said in (f"5 rue A · {a.residence} passerait du niveau 1 au niveau 3.",)
    ] == [True]
    done = client.post(page, sent | {"niveaux": asked.context["agreement"].key}, follow=True)
    assert "Les deux adresses n’en font plus qu’une" in done.text


def test_a_quiet_door_that_comes_or_goes_changes_no_level_and_a_closed_residence_speaks_for_its_doors(world):
    a, client = world.a, signed_in(world.a.lead)
    with system_scope("seeding"):
        quiet = f.AddressFactory(residence=a.residence, label="5 rue A", match_key="5 RUE A")
        evaluate([a.residence.pk])
    shut = {"on": timezone.localdate().isoformat(), "reason": "Vendue"}
    with acting_as(a.lead):
        whole, door = version(a.residence), version(quiet)
    asked = client.post(reverse("sites:close_residence", args=[a.residence.pk]), shut | {"version": whole})
    assert told(asked) == [("Résidence A", 3, None)]
    answer = client.post(reverse("sites:close_address", args=[quiet.pk]), shut | {"version": door})
    assert answer.status_code == 302
