"""The map's data: clusters keep their highest level, the rectangle and the filters hold."""

import datetime as dt
import gzip
import json

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.scope import system_scope
from classification.engine import services
from classification.map import viewport
from core.opaque import written
from tests import factories as f
from tests.sharing import journal

FRANCE = "-5,42,9,51"


def ask(client, **query):
    response = client.get("/carte/donnees/", {"bbox": FRANCE, "zoom": 6, **query})
    assert response.status_code == 200, response.content
    return response.json()


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


@pytest.fixture
def coordinator(world, sign_in):
    return sign_in(world.a.coordinator)


def names(view):
    return {site[4] for site in view["points"]}


def test_sites_come_one_by_one_when_few(lead, world):
    view = ask(lead)
    assert (view["total"], view["cells"]) == (2, [])
    assert view["levels"] == [0, 1, 0, 1, 0]
    assert [(site[3], site[4]) for site in view["points"]] == [(3, "Résidence A"), (1, "Résidence A bis")]
    assert view["points"] == view["list"]
    assert view["points"][0][:3] == [
        written("residence", world.a.residence.pk),
        round(world.a.address.longitude, 5),
        48.0,
    ]


def test_addresses_instead_of_residences(lead, world):
    view = ask(lead, unit="address")
    assert [(site[4], site[5]) for site in view["points"]] == [
        ("Résidence A", "1 rue A"), ("Résidence A bis", "2 rue A"),
    ]  # fmt: skip


def test_nothing_of_another_landlord_is_ever_there(lead, coordinator, world):
    for client in (lead, coordinator):
        for unit in ("residence", "address"):
            for zoom in (0, 6, 19):
                view = ask(client, unit=unit, zoom=zoom)
                assert names(view) == {"Résidence A", "Résidence A bis"}
                assert (view["total"], sum(view["levels"])) == (2, 2)
        assert " B" not in json.dumps(ask(client))
    assert client.get("/carte/donnees/", {
        "bbox": FRANCE, "zoom": 6, "landlord": world.b.landlord.pk,
    }).status_code == 400  # fmt: skip


def test_rectangle_keeps_what_lies_inside(lead, world):
    x = world.a.address.longitude
    assert names(ask(lead, bbox=f"{x - 0.0001},47,{x + 0.0001},49")) == {"Résidence A"}
    assert ask(lead, bbox="3,49,4,50") == {
        "total": 0, "levels": [0, 0, 0, 0, 0], "cells": [], "points": [], "list": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"level": [3, 4]}, {"Résidence A"}),
        ({"level": [1]}, {"Résidence A bis"}),
        ({"level": [2]}, set()),
        ({"qpv": "on"}, {"Résidence A bis"}),
    ],
)
def test_filters(lead, world, query, expected):
    with system_scope("seeding"):
        type(world.a.other).objects.filter(pk=world.a.other.pk).update(in_priority_neighbourhood=True)
    for unit in ("residence", "address"):
        assert names(ask(lead, unit=unit, **query)) == expected


def test_filters_by_type_commune_and_landlord(coordinator, world):
    dealing = world.a.incidents[0].fact_type_id
    assert names(ask(coordinator, fact_type=dealing)) == {"Résidence A"}
    assert names(ask(coordinator, fact_type=dealing, unit="address")) == {"Résidence A"}
    assert ask(coordinator, commune=world.commune.pk, landlord=world.a.landlord.pk)["total"] == 2


@pytest.mark.parametrize(
    "query",
    [
        {"bbox": "1,2,3"}, {"bbox": "a,b,c,d"}, {"bbox": "9,42,-5,51"}, {"bbox": "nan,42,9,51"},
        {"bbox": "-5,42,9,inf"}, {"zoom": "99"}, {"zoom": "nan"}, {"unit": "stairs"}, {"level": "5"},
        {"commune": "0"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(lead, query):
    response = lead.get("/carte/donnees/", {"bbox": FRANCE, "zoom": 6, **query})
    assert response.status_code == 400
    assert response.json()["error"]


@pytest.fixture
def crowd(world, monkeypatch):
    """Thirty more residences at one corner, one of them at level 4."""
    monkeypatch.setattr(viewport, "POINTS", 5)
    with system_scope("seeding"):
        for n in range(30):
            residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
            address = f.AddressFactory(residence=residence, longitude=7.0 + n / 10_000, latitude=45.0)
            if n == 17:
                f.DisruptionFactory(address=address, extent="total")
        services.evaluate()


def test_clusters_show_their_number_and_highest_level(lead, crowd):
    view = ask(lead)
    assert (view["total"], view["levels"]) == (32, [0, 30, 0, 1, 1])
    corner = next(cell for cell in view["cells"] if cell[0] > 6)
    assert corner[2:4] == [30, 4]
    assert corner[4:] == [7.0, 45.0, 7.0029, 45.0]
    assert sum(cell[2] for cell in view["cells"]) + len(view["points"]) == 32


def test_nearer_the_clusters_come_apart_and_lose_nobody(lead, crowd):
    for zoom in (6, 10, 14, 17):
        view = ask(lead, bbox="6.99,44.99,7.01,45.01", zoom=zoom)
        assert sum(cell[2] for cell in view["cells"]) + len(view["points"]) == 30
        assert max([cell[3] for cell in view["cells"]] + [site[3] for site in view["points"]]) == 4
    assert len(ask(lead, bbox="6.99,44.99,7.01,45.01", zoom=17)["cells"]) > 1


def test_list_holds_the_highest_when_there_are_many(lead, crowd, monkeypatch):
    monkeypatch.setattr(viewport, "LISTED", 3)
    assert [site[3] for site in ask(lead)["list"]] == [4, 3, 1]


def test_number_of_cells_is_bounded_whatever_zoom_is_claimed(lead, crowd):
    view = ask(lead, zoom=19)
    assert len(view["cells"]) + len(view["points"]) <= 4


def test_number_of_queries_does_not_depend_on_the_sites(lead, crowd, monkeypatch):
    monkeypatch.setattr(viewport, "POINTS", 300)
    counts = []
    for level in ([4], [1, 3, 4]):
        with CaptureQueriesContext(connection) as captured:
            ask(lead, level=level)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_data_are_compressed_and_never_stored(lead, crowd):
    response = lead.get(
        "/carte/donnees/", {"bbox": FRANCE, "zoom": 6, "unit": "address"}, headers={"accept-encoding": "gzip"}
    )
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Cache-Control"] == "no-store"
    assert json.loads(gzip.decompress(response.content))["total"] == 32


def test_a_visit_is_journalled_once_and_not_for_ones_own(lead, coordinator, world):
    lead.get("/carte/")
    ask(lead)
    assert journal(world.a.lead) == []
    coordinator.get("/carte/")
    ask(coordinator)
    ask(coordinator, zoom=9)
    assert journal(world.a.coordinator) == [
        ("read", "classification.map", world.a.town.pk),
        ("read", "classification.map", world.a.landlord.pk),
        ("read", "classification.map", world.c.landlord.pk),
        ("read", "classification.map", world.d.landlord.pk),
    ]


def test_data_asked_for_without_the_page_are_journalled_once_for_a_while(coordinator, world):
    for minutes in (0, 10, 20):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes)):
            ask(coordinator)
    readers = (world.a.town.pk, world.a.landlord.pk, world.c.landlord.pk, world.d.landlord.pk)
    read = [("read", "classification.map", pk) for pk in readers]
    assert journal(world.a.coordinator) == read * 2


def test_page_names_what_the_script_needs(coordinator, world):
    page = coordinator.get("/carte/", {"level": "3", "unit": "address"}).content.decode()
    config = json.loads(page.split('id="map-config" type="application/json">')[1].split("</script>")[0])
    xs = [world.a.address.longitude, world.a.other_address.longitude]
    assert config["extent"] == [min(xs), 48.0, max(xs), 48.0]
    assert 'style="' not in page
    assert "Bailleur B" not in page


def test_says_how_many_residences_are_not_on_the_map(world, lead, coordinator):
    assert "pas de point" not in lead.get("/carte/").text
    with system_scope("seeding"):
        f.AddressFactory(
            residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune),
            longitude=None, latitude=None, geocoding="to_place",
        )  # fmt: skip
        services.evaluate()
    page = lead.get("/carte/").text
    assert "1 résidence n’a pas de point" in page
    assert "/adresses/a-placer/" in page
    assert "1 résidence n’a pas de point" in coordinator.get("/carte/").text
