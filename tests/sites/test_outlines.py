"""Outlines of communes: loaded by the operator from any published file, drawn for whoever has a territory there."""

import json

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.urls import reverse
from shapely.geometry import shape

from accounts.enums import Role
from accounts.models import Organisation
from accounts.scope import acting_as, system_scope
from classification.models import SiteLevel
from sites.basemap import outlines
from sites.models import Commune, CommuneOutline
from tests import factories as f

SQUARE = [[[2.0, 48.0], [2.1, 48.0], [2.1, 48.1], [2.0, 48.1], [2.0, 48.0]]]
EAST = [[[x + 0.1, y] for x, y in SQUARE[0]]]
HERE = {"bbox": "1.9,47.9,2.3,48.2"}


def feature(code, coordinates=SQUARE, kind="Polygon", title="code"):
    return {
        "type": "Feature",
        "properties": {title: code, "nom": "Essai"},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


@pytest.fixture
def load(tmp_path, db, capsys):
    def load(*features):
        path = tmp_path / "communes.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        call_command("load_outlines", str(path))
        return capsys.readouterr().out.strip()

    return load


def held():
    with system_scope("seeding"):
        return {o.commune.code: shape(o.outline) for o in CommuneOutline.objects.select_related("commune")}


@pytest.mark.parametrize("title", outlines.CODES)
def test_the_code_is_read_from_the_property_of_each_publisher(load, world, title):
    assert load(feature(world.commune.code, title=title), feature("99999", title=title)) == (
        "1 outlines of communes; 1 entries of others left out"
    )
    assert held()[world.commune.code].equals(shape(feature("")["geometry"]))


def test_of_an_arrondissement_the_code_of_the_city_is_not_taken(load, db):
    with system_scope("seeding"):
        f.CommuneFactory(code="75112")
    item = feature("75056", title="INSEE_COM")
    item["properties"]["INSEE_ARM"] = 75112
    load(item)
    assert set(held()) == {"75112"}


def test_corners_are_few_and_neighbours_keep_one_border(load, world):
    with system_scope("seeding"):
        other = f.CommuneFactory()
    winding = [[2.1 + (0.0001 if n % 2 else 0), 48.1 - n / 20_000] for n in range(2_000)]
    west = [[[2.0, 48.0], [2.1, 48.0], *reversed(winding), [2.0, 48.1], [2.0, 48.0]]]
    east = [[[2.2, 48.0], [2.2, 48.1], *winding, [2.1, 48.0], [2.2, 48.0]]]
    load(feature(world.commune.code, west), feature(other.code, east))
    both = held()
    assert all(shapely.get_num_coordinates(outline) <= 400 for outline in both.values())
    one, two = both[world.commune.code], both[other.code]
    assert one.intersection(two).area < 1e-9
    assert one.union(two).area == pytest.approx(0.02, rel=0.001)


def test_loading_again_replaces_an_outline_and_leaves_the_others(load, world):
    with system_scope("seeding"):
        other = f.CommuneFactory()
    load(feature(world.commune.code), feature(other.code, EAST))
    load(feature(world.commune.code, [EAST], "MultiPolygon"))
    assert {code: outline.bounds for code, outline in held().items()} == {
        world.commune.code: (2.1, 48.0, 2.2, 48.1), other.code: (2.1, 48.0, 2.2, 48.1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (feature(""), "Entry 2: no INSEE code"),
        (feature("Essai"), "Entry 2: no INSEE code"),
        (feature("01001", [2.0, 48.0], "Point"), r"Entry 2 \(01001\): the outline is no polygon"),
        (
            feature("01001", [[[652000, 6862000], [653000, 6862000], [653000, 6863000], [652000, 6862000]]]),
            r"no degrees, perhaps metres \(Lambert-93\): take the WGS 84 edition",
        ),
    ],
)
def test_a_wrong_entry_is_named_and_nothing_is_kept(load, world, wrong, message):
    with pytest.raises(CommandError, match=message):
        load(feature(world.commune.code), wrong)
    assert held() == {}


def test_a_file_of_communes_that_are_not_loaded_says_what_to_do_first(load, world):
    with pytest.raises(CommandError, match="load_communes first"):
        load(feature("99999"))


def _names(client):
    answer = client.get(reverse("sites:commune_outlines"), HERE)
    assert answer.status_code == 200
    return [found["properties"]["name"] for found in answer.json()["features"]]


def test_each_reader_is_sent_the_communes_of_their_territories_and_residences(load, world, sign_in):
    """Another landlord's commune without a territory is nobody else's."""
    with system_scope("seeding"):
        alone = f.CommuneFactory(name="Isolée")
        f.ResidenceFactory(landlord=Organisation.objects.get(pk=world.b.landlord.pk), commune=alone)
    load(feature(world.commune.code), feature(alone.code, EAST))
    assert _names(sign_in(world.b.lead)) == ["Partagée", "Isolée"]
    for role in (Role.LEAD, Role.COORDINATOR, Role.PARTNER, Role.AGENT):
        assert _names(sign_in(world.people[role])) == ["Partagée"], role
    assert _names(sign_in(world.dpo)) == []


def test_a_rectangle_elsewhere_has_none(load, world, sign_in):
    load(feature(world.commune.code))
    client = sign_in(world.a.lead)
    away = client.get(reverse("sites:commune_outlines"), {"bbox": "3,48,4,49"})
    assert away.json() == {"type": "FeatureCollection", "features": []}
    assert client.get(reverse("sites:commune_outlines"), {"bbox": "x"}).status_code == 400


def test_a_map_without_sites_opens_on_the_readers_communes(load, world, sign_in):
    load(feature(world.commune.code, EAST))
    client = sign_in(world.a.lead)
    with system_scope("evaluation"):
        SiteLevel.objects.update(longitude=None, latitude=None)
    assert client.get(reverse("classification:map")).context["config"]["extent"] == [2.1, 48.0, 2.2, 48.1]


def test_nobody_but_the_operator_writes_them(load, world):
    load(feature(world.commune.code))
    for person in (world.a.lead, world.a.coordinator, world.admin):
        with acting_as(person):
            assert CommuneOutline.objects.update(west=0) == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                CommuneOutline.objects.create(
                    commune=Commune.objects.exclude(pk=world.commune.pk)[0],
                    outline={}, west=0, south=0, east=0, north=0,
                )  # fmt: skip


def test_a_map_without_a_plan_says_so_and_names_the_settings(load, world, sign_in, settings):
    settings.BASEMAP_PMTILES = settings.MAP_TILES_URL = ""
    client = sign_in(world.a.lead)
    plan = client.get(reverse("classification:map")).context["basemap"]
    assert plan["notice"].startswith("Sans fond de plan :")
    assert ("BASEMAP_PMTILES ou MAP_TILES_URL" in plan["notice"], "outlines" in plan) == (True, False)
    load(feature(world.commune.code))
    plan = client.get(reverse("classification:map")).context["basemap"]
    assert plan["notice"].startswith("Sans fond de plan, contours des communes :")
    assert plan["outlines"] == reverse("sites:commune_outlines")
    settings.MAP_TILES_URL = "https://exemple.invalid/{z}/{x}/{y}.png"
    assert "notice" not in client.get(reverse("classification:map")).context["basemap"]
