"""Putting the stock right: each act, what it counts for, its undoing, and who may."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import SiteLevel
from core.versions import StaleError, version_of
from incidents.models import Incident
from sites.models import Address, PlaceChange, Residence, ResidenceAlias
from sites.upkeep import services
from sites.upkeep.acts import state_of_address, state_of_residence
from sites.upkeep.ledger import ChangedSinceError
from tests.world import signed_in

TODAY = timezone.localdate
REASON = "Démolie au printemps"


def version(place):
    place = type(place).objects.get(pk=place.pk)
    state = state_of_residence if isinstance(place, Residence) else state_of_address
    return version_of(place, state(place))


def level(residence, address=None):
    with system_scope("seeding"):
        found = SiteLevel.objects.filter(residence=residence, address=address)
        return found.values_list("level", flat=True).first()


@pytest.fixture
def lead(world):
    with acting_as(world.a.lead) as scope:
        yield scope


def close(lead, place, on=None):
    return services.close(lead, place=place, version=version(place), on=on or TODAY(), reason=REASON)


def journal(action, change):
    rows = AuditEntry.objects.filter(action=action, object_type="sites.placechange", object_id=str(change.pk))
    return rows.count()


def test_a_closed_residence_has_no_level_and_is_classified_again_once_it_is_open(world, lead):
    home, door = world.a.residence, world.a.address
    before = level(home), level(home, door)
    change = close(lead, home)
    assert (level(home), level(home, door)) == (None, None)
    assert journal("update", change) == 1
    services.reopen(lead, place=home, version=version(home))
    assert (level(home), level(home, door)) == before != (None, None)


def test_a_closed_address_counts_no_more_in_its_residence(world, lead):
    home, door = world.a.residence, world.a.address
    assert level(home) > 1
    close(lead, door)
    assert (level(home), level(home, door)) == (1, None)


def test_what_a_place_counted_for_before_its_closing_day_stays(world, lead):
    home = world.a.residence
    on = TODAY() - dt.timedelta(2)
    close(lead, home, on)
    with system_scope("seeding"):
        counted = {}
        for day in (on - dt.timedelta(1), on):
            evaluate([home.pk], as_of=day)
            counted[day] = level(home)
        evaluate([home.pk])
    assert counted[on] is None
    assert counted[on - dt.timedelta(1)] > 1


def test_undoing_a_closing_opens_the_place_once(world, lead):
    home = world.a.residence
    change = close(lead, home)
    assert services.undo(lead, change=change) == 0
    home.refresh_from_db()
    assert (home.closed_on, home.close_reason) == (None, "")
    assert level(home) > 1
    assert journal("cancel", change) == 1
    with pytest.raises(ValidationError, match="Déjà défait"):
        services.undo(lead, change=change)


def test_what_was_changed_since_is_told_and_not_undone(world, lead):
    home = world.a.residence
    change = close(lead, home)
    services.reopen(lead, place=home, version=version(home))
    with pytest.raises(ChangedSinceError) as told:
        services.undo(lead, change=change)
    assert told.value.rows == [str(home)]


def rename(lead, home, **values):
    stated = {name: state_of_residence(home)[name] for name in ("name", "reference", "dwellings")}
    stated["in_priority_neighbourhood"] = home.in_priority_neighbourhood
    return services.correct_residence(lead, residence=home, version=version(home), **(stated | values))


def test_a_renamed_residence_keeps_its_former_reference_for_files(world, lead):
    home = world.a.residence
    former = home.reference
    change = rename(lead, home, name="Les Tilleuls", reference="NEUVE", dwellings=44)
    home.refresh_from_db()
    assert (home.name, home.reference, home.dwellings) == ("Les Tilleuls", "NEUVE", 44)
    assert ResidenceAlias.objects.filter(residence=home, reference=former).count() == 1
    assert home.events.count() == 1
    services.undo(lead, change=change)
    home.refresh_from_db()
    assert home.reference == former
    assert ResidenceAlias.objects.filter(residence=home, reference=former).count() == 0


def test_a_correction_that_changes_nothing_is_no_act(world, lead):
    assert rename(lead, world.a.residence) is None
    assert PlaceChange.objects.count() == 0


def test_a_reference_of_another_residence_is_refused(world, lead):
    with pytest.raises(ValidationError, match="Une autre de vos résidences"):
        rename(lead, world.a.residence, reference=world.a.other.reference)


def test_a_stale_form_changes_nothing(world, lead):
    home = world.a.residence
    opened = version(home)
    rename(lead, home, name="Les Tilleuls")
    with pytest.raises(StaleError):
        services.close(lead, place=home, version=opened, on=TODAY(), reason=REASON)
    assert Residence.objects.get(pk=home.pk).closed_on is None


def add(lead, home, label="9 rue Neuve", dwellings=6):
    services.add_address(
        lead, residence=home, version=version(home), label=label, postcode="00100", dwellings=dwellings
    )
    return Address.objects.get(residence=home, label=label)


def test_an_added_address_waits_for_its_point_and_is_refused_twice(world, lead):
    home = world.a.residence
    door = add(lead, home)
    assert (door.geocoding, door.match_key) == ("to_place", "9 RUE NEUVE")
    with pytest.raises(ValidationError, match="a déjà cette adresse"):
        add(lead, home, "9, r. Neuve")
    assert level(home, door) == 1


def test_dwellings_that_are_the_sum_of_the_addresses_follow_them(world, lead):
    home = world.a.residence
    door = add(lead, home)
    total = sum(home.addresses.values_list("dwellings", flat=True))
    rename(lead, home, dwellings=total)
    change = close(lead, door)
    home.refresh_from_db()
    assert home.dwellings == total - 6
    services.undo(lead, change=change)
    home.refresh_from_db()
    assert home.dwellings == total
    rename(lead, home, dwellings=total + 100)
    close(lead, door)
    home.refresh_from_db()
    assert home.dwellings == total + 100


def test_a_corrected_address_is_still_found_by_its_former_text(world, lead):
    door = world.a.address
    change = services.correct_address(
        lead, address=door, version=version(door), label="3 rue Juste", dwellings=8, rnb_id="", ban_key=""
    )
    door.refresh_from_db()
    assert (door.label, door.match_key, door.dwellings) == ("3 rue Juste", "3 RUE JUSTE", 8)
    former = Address.objects.get(merged_into=door)
    assert (former.label, former.closed_on) == ("1 rue A", TODAY())
    services.undo(lead, change=change)
    door.refresh_from_db()
    assert door.label == "1 rue A"
    assert not Address.objects.filter(merged_into=door).exists()


def test_an_address_added_since_with_facts_keeps_its_adding(world, lead):
    home = world.a.residence
    door = add(lead, home)
    with system_scope("seeding"):
        Incident.objects.filter(pk=world.a.incidents[0].pk).update(address=door)
    with pytest.raises(ChangedSinceError):
        services.undo(lead, change=PlaceChange.objects.latest("id"))
    assert Address.objects.filter(pk=door.pk).exists()


@pytest.mark.parametrize("name", ["close_residence", "correct_residence", "add_address", "manage"])
def test_a_residence_of_another_landlord_does_not_exist(world, name):
    client = signed_in(world.a.lead)
    assert client.get(reverse(f"sites:{name}", args=[world.b.residence.pk])).status_code == 404


def test_closing_asks_before_a_level_changes_then_says_so_and_offers_to_undo(world):
    client = signed_in(world.a.lead)
    url = reverse("sites:close_residence", args=[world.a.residence.pk])
    typed = {
        "version": client.get(url).context["form"]["version"].value(),
        "on": TODAY().isoformat(),
        "reason": REASON,
    }
    asked = client.post(url, typed)
    [change] = asked.context["agreement"].changes
    assert (change.before > 1, change.after) == (True, None)
    with system_scope("seeding"):
        assert Residence.objects.get(pk=world.a.residence.pk).closed_on is None
    # Agreed to something else.
    assert client.post(url, typed | {"niveaux": "Résidence A:2-0"}).status_code == 200
    with system_scope("seeding"):
        assert Residence.objects.get(pk=world.a.residence.pk).closed_on is None
    done = client.post(url, typed | {"niveaux": asked.context["agreement"].key}, follow=True)
    assert "est fermée" in done.content.decode()
    [told] = done.context["history"]
    assert (told.change.act, told.change.reason) == ("close", REASON)
    page = client.get(reverse("classification:residence", args=[world.a.residence.pk]))
    assert page.status_code == 200
    assert "Fermée depuis le" in page.content.decode()


def test_a_stale_closing_answers_409_with_the_form_as_it_is_now(world):
    client = signed_in(world.a.lead)
    url = reverse("sites:close_residence", args=[world.a.residence.pk])
    typed = {"version": "name:0", "on": TODAY().isoformat(), "reason": REASON}
    stale = client.post(url, typed)
    assert stale.status_code == 409
    fresh = stale.context["form"]["version"].value()
    assert client.post(url, typed | {"version": fresh}).status_code == 200


def test_a_reason_that_names_a_person_is_refused(world):
    client = signed_in(world.a.lead)
    url = reverse("sites:close_residence", args=[world.a.residence.pk])
    answer = client.post(url, {"version": "x", "on": TODAY().isoformat(), "reason": "06 12 34 56 78"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"reason"}


def test_a_closed_place_is_offered_no_more_and_named_in_the_refusal(world):
    from incidents.facts.fields import PlaceField
    from incidents.facts.places import search

    key = f"a{world.a.address.pk}"
    with acting_as(world.a.lead) as lead:
        assert key in {choice.key for choice in search("rue A")}
        close(lead, world.a.residence)
        assert {choice.key for choice in search("rue A")} == {f"a{world.a.other_address.pk}"}
        with pytest.raises(ValidationError, match="est fermée"):
            PlaceField().clean(key)


def test_closed_places_are_listed_with_day_and_reason_and_opened_again_from_there(world):
    page, client = reverse("sites:closed"), signed_in(world.a.lead)
    assert "Aucun lieu fermé" in client.get(page).text
    assert f'href="{page}"' in client.get(reverse("classification:residences")).text
    with acting_as(world.a.lead) as lead:
        close(lead, world.a.other)
        close(lead, world.a.address)
    shown = client.get(page)
    assert (shown.context["residences"], shown.context["addresses"]) == ([world.a.other], [world.a.address])
    links = [
        reverse("sites:reopen_residence", args=[world.a.other.pk]),
        reverse("sites:reopen_address", args=[world.a.address.pk]),
    ]
    assert [f'href="{link}"' in shown.text for link in links] == [True, True]
    assert shown.text.count(REASON) == 2
    found = client.get(page, {"q": world.a.other.name}).context
    assert (found["residences"], found["addresses"]) == ([world.a.other], [])
    assert "Rien ne correspond" in client.get(page, {"q": "licorne"}).text
    assert signed_in(world.b.lead).get(page).context["residences"] == []
