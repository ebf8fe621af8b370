"""The layer of hot spots on the map: what the night stored, for whom the list of places to watch shows it, in one statement."""

import datetime as dt
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.foresight import nightly
from classification.map import hot_spots
from classification.models import Signal, SignalKind, SiteLevel
from core.opaque import written
from tests import factories as f
from tests.classification.test_map import FRANCE, ask
from tests.watching import in_days, rested, watched

ON = {"regroupements": "1"}
NOISE = [{"label_fr": "Tapages", "label_en": "Noise"}, {"label_fr": "Tags", "label_en": "Graffiti tags"}]


def _hot(side, residence=None, **figures):
    told = {"around": 40, "places": 3, "z": 4.1, "types": NOISE} | figures
    return watched(side, residence, SignalKind.HOT, **told)


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


def _names(view):
    return [site[4] for site in view["hot"]["sites"]]


def test_a_hot_spot_is_told_with_its_place_its_level_and_why(lead, world):
    _hot(world.a)
    told = ask(lead, **ON)["hot"]
    (site,) = told.pop("sites")
    assert told == {"more": False, "few": False}
    assert site[:-1] == [
        written("residence", world.a.residence.pk), round(world.a.address.longitude, 5), 48.0, 3, "Résidence A",
        "Bailleur A", "Partagée",
    ]  # fmt: skip
    said = "40 occurrences en 91 jours dans les 3 résidences à moins de 300 m (surtout : tapages ; tags)"
    assert re.sub(r"\s", " ", site[-1]) == said


def test_it_is_off_unless_asked_for(lead, world):
    _hot(world.a)
    assert "hot" not in ask(lead)
    page = lead.get("/carte/").text
    assert 'id="map-hot-layer"' in page
    assert 'aria-describedby="map-hot-note" checked' not in page
    assert 'aria-describedby="map-hot-note" checked' in lead.get("/carte/?regroupements=1").text
    assert "Regroupement significatif, pas une prévision" in page


def test_other_reasons_are_no_hot_spots(lead, world):
    watched(world.a, kind=SignalKind.RISE, now=16, before=4, z=4.0, most=12.2)
    watched(world.a)
    assert _names(ask(lead, **ON)) == []


def test_who_is_shown_it_is_who_is_shown_it_on_the_list(world, sign_in):
    _hot(world.a)
    _hot(world.b)
    for place in (world.c, world.d):
        _hot(place)
    for person in (world.a.lead, world.a.coordinator):
        client = sign_in(person)
        for unit in ("residence", "address"):
            assert _names(ask(client, unit=unit, **ON)) == ["Résidence A"]
        listed = client.get("/a-surveiller/?kind=hot").text
        assert "Résidence A" in listed
        assert "Résidence B" not in listed
    agent = sign_in(world.a.agent)
    assert "hot" not in ask(agent, **ON)
    assert "map-hot" not in agent.get("/carte/?regroupements=1").text
    assert (
        sign_in(world.a.partner).get("/carte/donnees/", {"bbox": FRANCE, "zoom": 6, **ON}).status_code == 403
    )


def test_it_follows_the_rectangle_and_the_filters(lead, world):
    _hot(world.a)
    _hot(world.a, world.a.other)
    x = world.a.address.longitude
    assert _names(ask(lead, **ON, bbox=f"{x - 0.0001},47,{x + 0.0001},49")) == ["Résidence A"]
    for unit in ("residence", "address"):
        assert _names(ask(lead, **ON, unit=unit, level=[3, 4])) == ["Résidence A"]


def test_a_residence_at_rest_is_left_out_for_the_team_that_put_it_to_rest(world, sign_in):
    rested(world.a, until=in_days(9))
    _hot(world.a)
    assert _names(ask(sign_in(world.a.lead), **ON)) == []
    assert _names(ask(sign_in(world.a.coordinator), **ON)) == ["Résidence A"]


def test_the_most_marked_come_first_and_their_number_is_bounded(lead, world, monkeypatch):
    _hot(world.a, z=3.9)
    _hot(world.a, world.a.other, z=12.5)
    assert _names(ask(lead, **ON)) == ["Résidence A bis", "Résidence A"]
    monkeypatch.setattr(hot_spots, "SHOWN", 1)
    found = ask(lead, **ON)
    assert (_names(found), found["hot"]["more"]) == (["Résidence A bis"], True)


def test_where_there_is_none_it_says_whether_hardly_anything_was_recorded(lead, world):
    # Nine facts at one residence and one at the other, by tests.world.
    assert ask(lead, **ON)["hot"] == {"sites": [], "more": False, "few": False}
    fact = world.a.incidents[0]
    with system_scope("seeding"):
        type(fact).objects.filter(pk=fact.pk).update(day=timezone.localdate() - dt.timedelta(91))
    assert ask(lead, **ON)["hot"]["few"] is True
    with system_scope("seeding"):
        type(fact).objects.filter(pk=fact.pk).update(day=timezone.localdate() - dt.timedelta(90))
    assert ask(lead, **ON)["hot"]["few"] is False


def test_the_page_says_why_nothing_is_shown(lead):
    page = lead.get("/carte/").text
    words = json.loads(page.split('id="map-words" type="application/json">')[1].split("</script>")[0])
    assert words["hotFew"].replace("\N{NO-BREAK SPACE}", " ") == (
        "Aucun regroupement : moins de 10 faits saisis en 91 jours dans cette vue, trop peu pour rien dire."
    )
    assert "pas une prévision" in words["hotOne"]


def _statements(client, **query):
    with CaptureQueriesContext(connection) as captured:
        ask(client, **query)
    return [one["sql"] for one in captured]


def test_off_it_asks_nothing_more_and_on_one_statement_however_many_there_are(lead, world):
    _hot(world.a)
    off = _statements(lead)
    assert not [sql for sql in off if "classification_signal" in sql]
    counts = []
    for _round in range(2):
        on = _statements(lead, **ON)
        assert len([sql for sql in on if "classification_signal" in sql]) == 1
        counts.append(len(on))
        with system_scope("seeding"):
            more = [f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune) for _ in range(4)]
            for one in more:
                f.AddressFactory(residence=one)
        evaluate([one.pk for one in more])
        for one in more:
            _hot(world.a, one)
    assert counts == [len(off) + 1] * 2


def test_a_coordinator_who_switches_it_on_is_in_the_landlords_journal(world, sign_in):
    client = sign_in(world.a.coordinator)
    client.get("/carte/")
    for query in ({}, ON, ON, {}):
        ask(client, **query)
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(object_type="classification.map").order_by("pk")
        assert [bool(one.detail.get("hot_spots")) for one in entries] == [False, True]


def test_a_residence_without_a_point_is_drawn_nowhere(lead, world):
    _hot(world.a)
    with system_scope("evaluation"):
        SiteLevel.objects.filter(residence=world.a.residence, address=None).update(
            longitude=None, latitude=None
        )
    for unit in ("residence", "address"):
        assert _names(ask(lead, **ON, unit=unit)) == []


def _group(world):
    """Three residences side by side with facts of two types, and sixty far from each other with hardly any."""
    today = timezone.localdate()
    with system_scope("seeding"):
        for number in range(43):
            residence = f.ResidenceFactory(
                landlord=world.a.landlord, commune=world.commune, name=f"Groupe {number}"
            )
            near = number < 3
            address = f.AddressFactory(
                residence=residence,
                longitude=2.35,
                latitude=48.85 + (0.0008 * number if near else number / 10),
            )
            for back in range(0, 24, 2) if near else [number]:
                f.IncidentFactory(
                    address=address, code="TAGS" if near else "NOISE", day=today - dt.timedelta(back)
                )
            if number == 1:
                f.IncidentFactory(address=address, code="NOISE", day=today)
    evaluate()
    return residence


def test_the_night_stores_the_types_of_a_hot_spot_and_its_list_says_them(world, sign_in):
    _group(world)
    nightly.watch(world.a.landlord.pk)
    with system_scope("evaluation"):
        told = {one.residence.name: one.figures for one in Signal.objects.filter(kind=SignalKind.HOT)}
    assert set(told) == {"Groupe 0", "Groupe 1", "Groupe 2"}
    assert (told["Groupe 0"]["around"], told["Groupe 0"]["places"]) == (37, 3)
    assert [kind["label_fr"] for kind in told["Groupe 0"]["types"]] == ["Tags", "Tapages, dont nocturnes"]
    client = sign_in(world.a.lead)
    said = "37 occurrences en 91 jours dans les 3 résidences à moins de 300 m (surtout : tags ; tapages, dont nocturnes)"
    assert said in client.get("/a-surveiller/?kind=hot").text
    assert set(_names(ask(client, **ON))) == set(told)


def test_the_types_are_in_the_readers_language(world):
    _hot(world.a)
    with system_scope("evaluation"), translation.override("en"):
        figures = Signal.objects.get(residence=world.a.residence).figures
        assert "graffiti tags" in hot_spots.hot_said(figures)


def test_the_layer_has_an_equivalent_to_read(lead):
    page = lead.get("/carte/").text
    assert f'href="{reverse("classification:watch")}?kind=hot"' in page
    assert 'id="map-hot-sites"' in page
