"""The order of the day names what is contested, risen, silent, about to rise, undecided, and neighbours that differ."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.foresight.nightly import watch
from classification.models import SignalKind
from classification.workshop import agenda
from incidents.models import FactType
from sites.models import Residence
from tests import factories as f
from tests.campaigning import closed, opened, proposed
from tests.deciding import MINOR, decides, raise_to_3, residence_at
from tests.sharing import journal
from tests.watching import watched
from tests.workshops import contests, settles, shared_campaign, takes_back


def _parts(side, campaign) -> dict[int, list[str]]:
    with acting_as(side.coordinator):
        return {part.number: [item.name for item in part.items] for part in agenda.agenda_of(campaign)}


def test_contested_sites_come_first_and_the_unsettled_before_the_settled(world):
    campaign = shared_campaign(world)
    ours = contests(world.a.lead, campaign, world.a.residence)
    contests(world.a.coordinator, campaign, world.b.residence)
    back = contests(world.a.coordinator, campaign, world.b.other)
    takes_back(world.a.coordinator, back)
    settles(world.a.coordinator, ours)
    assert _parts(world.a, campaign)[agenda.CONTESTED] == ["Résidence B", "Résidence A"]


def test_what_rose_since_the_campaign_before_is_named_with_both_levels(world):
    quiet = residence_at(world.a.landlord, world.commune, 1, name="Montante")
    residence_at(world.a.landlord, world.commune, 1, name="Stable")
    closed(world.a, opened(world.a, as_of=timezone.localdate() - dt.timedelta(1), name="Avant"))
    raise_to_3(quiet)
    campaign = opened(world.a)
    proposed(campaign)
    with acting_as(world.a.coordinator):
        [part] = [one for one in agenda.agenda_of(campaign) if one.number == agenda.RISEN]
        assert [(item.name, item.shown_before, item.shown) for item in part.items] == [("Montante", 1, 3)]


def test_a_decided_level_is_what_rises_and_what_is_no_longer_undecided(world):
    residence = residence_at(world.a.landlord, world.commune, 1, name="Décidée")
    closed(world.a, opened(world.a, as_of=timezone.localdate() - dt.timedelta(1), name="Avant"))
    campaign = opened(world.a)
    proposed(campaign)
    parts = _parts(world.a, campaign)
    assert ("Décidée" in parts[agenda.RISEN], "Décidée" in parts[agenda.UNDECIDED]) == (False, True)
    decides(world.a.lead, residence, 4, "Vu sur place.")
    parts = _parts(world.a, campaign)
    assert ("Décidée" in parts[agenda.RISEN], "Décidée" in parts[agenda.UNDECIDED]) == (True, False)


def _with_days(world, name: str, days: int, code: str = MINOR):
    with system_scope("seeding"):
        residence = Residence.objects.filter(name=name).first() or f.ResidenceFactory(
            landlord=world.a.landlord, commune=world.commune, name=name
        )
        address = f.AddressFactory(residence=residence)
        for back in range(days):
            f.IncidentFactory(address=address, code=code, day=timezone.localdate() - dt.timedelta(3 * back))
    evaluate([residence.pk])


def test_what_the_night_found_about_to_rise_is_named_with_its_reason_until_it_has_risen(world):
    from classification.engine.services import default_grid
    from classification.method.scale import Frequency

    daily = default_grid().grid.thresholds[Frequency.DAILY].occurrences
    _with_days(world, "Au seuil", daily - 1)
    _with_days(world, "Loin du seuil", 3)
    _with_days(world, "Passé le seuil", daily - 1)
    watch(world.a.landlord.pk)
    # It has risen since the night.
    _with_days(world, "Passé le seuil", daily)
    campaign = opened(world.a)
    proposed(campaign)
    with acting_as(world.a.coordinator):
        [part] = [one for one in agenda.agenda_of(campaign) if one.number == agenda.RISING]
    said = {item.name: item.rises_by for item in part.items}
    assert set(said) & {"Au seuil", "Loin du seuil", "Passé le seuil"} == {"Au seuil"}
    assert "un jour de plus" in said["Au seuil"]
    assert "au niveau 2" in said["Au seuil"]


@pytest.mark.parametrize(("east", "near"), [(0.0040, True), (0.0042, False)])
def test_neighbours_of_two_landlords_that_differ_are_named_up_to_300_m(east, near, world):
    # At 48° north a degree of longitude has 74.4 km: 0.0040° are 298 m, 0.0042° are 313 m.
    high = residence_at(world.a.landlord, world.commune, 4, name="Haute")
    low = residence_at(world.b.landlord, world.commune, 1, name="Basse")
    same = residence_at(world.a.landlord, world.commune, 2, name="Du même bailleur")
    for residence, longitude in ((high, 2.3), (low, 2.3 + east), (same, 2.3001)):
        with system_scope("seeding"):
            residence.addresses.update(longitude=longitude, latitude=48.0)
        evaluate([residence.pk])
    campaign = shared_campaign(world)
    with acting_as(world.a.coordinator):
        pairs = [(pair.name, pair.other) for pair in agenda.neighbours_of(campaign)]
    expected = [("Haute", "Basse"), ("Du même bailleur", "Basse")]
    assert [pair for pair in expected if pair in pairs] == (expected if near else [])
    assert ("Haute", "Du même bailleur") not in pairs


def test_a_silent_site_is_on_the_order_of_the_day(world):
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Muette")
        address = f.AddressFactory(residence=residence)
        for back in range(100, 360, 8):
            f.IncidentFactory(address=address, code=MINOR, day=timezone.localdate() - dt.timedelta(back))
    evaluate([residence.pk])
    watched(
        world.a, residence, SignalKind.TIP, FactType.objects.get(code=MINOR),
        days=1, pace=0, after=3, level=1, level_after=2,
    )  # fmt: skip
    campaign = opened(world.a)
    proposed(campaign)
    parts = _parts(world.a, campaign)
    assert ("Muette" in parts[agenda.SILENT], "Muette" in parts[agenda.RISING]) == (True, False)


@pytest.mark.parametrize(("code", "risen"), [(MINOR, []), ("PETTY_DEALING", [("Muette", 2, 3)])])
def test_a_site_whose_recording_had_stopped_rises_from_the_level_that_it_had(code, risen, world, sign_in):
    silent = _stopped(world)
    closed(world.a, opened(world.a, as_of=timezone.localdate() - dt.timedelta(1), name="Avant"))
    said = "saisie interrompue, niveau 2 avant"
    campaign = opened(world.a)
    proposed(campaign)
    for person, name in ((world.a.lead, "campaign_queue"), (world.a.coordinator, "workshop_site")):
        args = [campaign.pk, *([silent.pk] if name == "workshop_site" else [])]
        assert said in sign_in(person).get(reverse(f"classification:{name}", args=args)).text, name
    _with_days(world, "Muette", 9, code)
    with acting_as(world.a.coordinator):
        [part] = [one for one in agenda.agenda_of(campaign) if one.number == agenda.RISEN]
    assert [(item.name, item.shown_before, item.shown) for item in part.items] == risen


def test_what_is_silent_is_shown_with_no_level_of_a_quiet_site(world, sign_in):
    silent = _stopped(world)
    campaign = opened(world.a)
    proposed(campaign)
    for person, name, args in (
        (world.a.coordinator, "workshop_site", [campaign.pk, silent.pk]),
        (world.a.lead, "decide_level", [silent.pk]),
    ):
        page = sign_in(person).get(reverse(f"classification:{name}", args=args)).text.replace("\xa0", " ")
        heading = page.split("Tableau n° 2", 1)[1].split("Tableau n° 1", 1)[0].split("</h3>", 1)[0]
        assert "level-1" not in heading.split("</dd>", 1)[0], name
    assert "level-hero level-0" in page


def _stopped(world):
    """A residence of daily littering, the last a hundred days ago."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Muette")
        address = f.AddressFactory(residence=residence)
        for back in range(100, 400, 2):
            f.IncidentFactory(address=address, code=MINOR, day=timezone.localdate() - dt.timedelta(back))
    evaluate([residence.pk])
    return residence


def test_parts_and_list_are_bounded_and_say_so(world, sign_in, monkeypatch):
    monkeypatch.setattr(agenda, "SHOWN", 1)
    monkeypatch.setattr(agenda, "LISTED", 1)
    campaign = opened(world.a)
    proposed(campaign)
    page = sign_in(world.a.coordinator).get(reverse("classification:workshop", args=[campaign.pk]))
    assert [len(part.items) for part in page.context["parts"] if part.number == agenda.UNDECIDED] == [1]
    assert "Les 1 premiers sur 2." in page.text
    assert (len(page.context["sites"]), page.context["cut"]) == (1, True)


def test_pages_cost_the_same_whatever_they_hold(world, sign_in):
    campaign = shared_campaign(world)
    contest = contests(world.a.coordinator, campaign, world.a.residence)
    client = sign_in(world.a.coordinator)
    urls = [
        reverse("classification:workshop", args=[campaign.pk]),
        reverse("classification:workshop_site", args=[campaign.pk, world.a.residence.pk]),
    ]

    def cost() -> list[int]:
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    settles(world.a.coordinator, contest)
    # The first visit of a page ticks its step of the guided visit.
    cost()
    first = cost()
    for level in (1, 2, 3, 4):
        contests(
            world.a.coordinator,
            campaign,
            residence_at(world.b.landlord, world.commune, level, name=f"P {level}"),
        )
        settles(world.a.coordinator, contest, f"Relu {level} fois.")
    assert cost() == first


def test_the_page_shows_all_landlords_and_its_reading_is_in_their_journals(world, sign_in):
    campaign = shared_campaign(world)
    page = sign_in(world.a.coordinator).get(reverse("classification:workshop", args=[campaign.pk])).text
    assert {"Résidence A" in page, "Résidence B" in page} == {True}
    read = {row[2] for row in journal(world.a.coordinator) if row[:2] == ("read", "classification.campaign")}
    assert read == {world.a.town.pk, world.a.landlord.pk, world.b.landlord.pk}
    closed(world.a, campaign)
    answer = sign_in(world.a.coordinator).get(reverse("classification:workshop", args=[campaign.pk]))
    assert answer.status_code == 302


def test_a_site_that_brings_the_order_of_the_day_along_is_in_the_journals_of_all_it_names(world, sign_in):
    campaign = shared_campaign(world)
    contests(world.a.coordinator, campaign, world.b.residence)
    url = reverse("classification:workshop_site", args=[campaign.pk, world.a.residence.pk])
    assert "Résidence B" in sign_in(world.a.coordinator).get(url, headers={"HX-Request": "true"}).text
    read = {row[2] for row in journal(world.a.coordinator) if row[:2] == ("read", "classification.campaign")}
    assert read == {world.a.town.pk, world.a.landlord.pk, world.b.landlord.pk}
