"""The ground under a note's map: the same tiles as on screen, in metres, in greys."""

import gzip
from xml.etree import ElementTree as ET

import mapbox_vector_tile
import pytest
from django.test import override_settings
from django.urls import reverse
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from accounts.scope import acting_as, system_scope
from partners.notes.map_background import background_picture
from sites.basemap.geometry import geometry_of
from sites.models import CommuneOutline
from tests.sharing import copy_of, issued_of, pages_of

# Tile 12/1706/1472 spans 6.2 km of the ocean; (2048, 1024) is its middle, a quarter from the north.
TILE = (12, 1706, 1472)
WEST, EAST = -30.0586, -29.9707
SOUTH, NORTH = 45.0274, 45.0896
PARK = {"type": "Polygon", "coordinates": [[[0, 0], [2048, 0], [2048, 1024], [0, 1024], [0, 0]]]}
LAND = {"type": "Polygon", "coordinates": [[[0, 0], [4096, 0], [4096, 4096], [0, 4096], [0, 0]]]}
ROAD = {"type": "LineString", "coordinates": [[0, 4096], [4096, 0]]}
PLAN = {
    "points": [],
    "width": 4000,
    "height": 3000,
    "west": -30.03,
    "north": 45.07,
    "east_m": 78_700,
    "north_m": 111_320,
}
NAMES = ("{http://www.w3.org/2000/svg}rect", "{http://www.w3.org/2000/svg}path")


def write(path, layers, metadata, tile=TILE) -> str:
    packed = mapbox_vector_tile.encode(layers, default_options={"y_coord_down": True})
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(*tile), gzip.compress(packed, mtime=0))
        header = {
            "tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "center_zoom": 12,
            "min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 1, "max_lat_e7": 1, "center_lon_e7": 0,
            "center_lat_e7": 0,
        }  # fmt: skip
        writer.finalize(header, metadata)
    return str(path)


def layer(name, *features):
    return {"name": name, "features": [{"geometry": g, "properties": p} for g, p in features]}


@pytest.fixture
def protomaps(tmp_path, settings):
    layers = [
        layer("landuse", (PARK, {"kind": "park"}), (PARK, {"kind": "industrial"})),
        layer("roads", (ROAD, {"kind": "major_road"}), (ROAD, {"kind": "path"})),
    ]
    path = tmp_path / "plan.pmtiles"
    settings.BASEMAP_PMTILES = write(path, layers, {"vector_layers": [{"id": "roads"}]})


@pytest.fixture
def openmaptiles(tmp_path, settings):
    layers = [
        layer("landcover", (PARK, {"class": "wood"})),
        layer("transportation", (ROAD, {"class": "secondary"}), (ROAD, {"class": "path"})),
    ]
    metadata = {"vector_layers": [{"id": "transportation"}]}
    settings.BASEMAP_PMTILES = write(tmp_path / "omt.pmtiles", layers, metadata)


@pytest.mark.parametrize("schema", ["protomaps", "openmaptiles"])
def test_shapes_lie_where_their_tile_lies(schema, request):
    request.getfixturevalue(schema)
    found = geometry_of(-30.04, 45.05, -30.02, 45.07)
    [[ring]] = found.areas["green"]
    corners = [(-30.0586, 45.0896), (-30.0146, 45.0896), (-30.0146, 45.0741), (-30.0586, 45.0741)]
    for corner in corners:
        assert min(abs(x - corner[0]) + abs(y - corner[1]) for x, y in ring) < 0.001
    [road] = found.lines["road"]
    ends = sorted(road)
    assert ends[0] == pytest.approx((WEST, SOUTH), abs=0.001)
    assert ends[-1] == pytest.approx((EAST, NORTH), abs=0.001)
    assert found.sea is (schema == "protomaps")


def test_elsewhere_there_is_no_ground(protomaps):
    assert geometry_of(2.3, 48.8, 2.4, 48.9) is None


@pytest.mark.parametrize("path", ["", "/nowhere/plan.pmtiles"])
def test_without_an_archive_there_is_none_and_no_error(db, settings, path):
    settings.BASEMAP_PMTILES = path
    assert geometry_of(-30.04, 45.05, -30.02, 45.07) is None
    assert background_picture(PLAN) == ""


def test_the_picture_is_in_the_plans_metres(protomaps):
    svg = ET.fromstring(background_picture(PLAN))
    assert svg.get("viewBox") == "-4000 -4000 12000 11000"
    assert [child.tag for child in svg] == [NAMES[0], NAMES[1], NAMES[1]]
    road = svg[-1].get("d")[1:].split("L")
    west, south = (float(number) for number in road[0].split())
    assert west == pytest.approx((WEST + 30.03) * 78_700, abs=60)
    assert south == pytest.approx((45.07 - SOUTH) * 111_320, abs=60)


def test_notes_frozen_before_the_ground_was_known_have_none(protomaps):
    assert background_picture({name: PLAN[name] for name in ("points", "width", "height")}) == ""


def test_a_note_over_the_ground_is_typeset_and_says_its_source(world, sign_in, settings, tmp_path):
    note = issued_of(world.a)
    longitude, latitude = note.content["plan"]["west"], note.content["plan"]["north"]
    assert -180 < longitude < 180
    assert -90 < latitude < 90
    copy = copy_of(note, world.a.partner)
    client = sign_in(world.a.partner)
    before = pages_of(client.get(reverse("partners:copy_document", args=[copy.pk])).content)
    assert any("Les aplats" in page for page in before)
    world_tile = [layer("earth", (LAND, {}))]
    settings.BASEMAP_PMTILES = write(tmp_path / "world.pmtiles", world_tile, {}, (0, 0, 0))
    with override_settings(BASEMAP_ATTRIBUTION="Cartographes d'essai"):
        after = pages_of(client.get(reverse("partners:copy_document", args=[copy.pk])).content)
    assert any("Fond de plan : Cartographes d’essai." in page for page in after)
    assert not any("Les aplats" in page for page in after)


def test_without_tiles_the_ground_is_the_outlines_of_communes(settings, world):
    settings.BASEMAP_PMTILES = ""
    ring = [[-30.04, 45.05], [-30.01, 45.05], [-30.01, 45.07], [-30.04, 45.07], [-30.04, 45.05]]
    hole = [[-30.03, 45.055], [-30.02, 45.055], [-30.02, 45.06], [-30.03, 45.055]]
    with acting_as(world.a.coordinator):
        assert background_picture(PLAN) == ""
    with system_scope("seeding"):
        CommuneOutline.objects.create(
            commune=world.commune, outline={"type": "Polygon", "coordinates": [ring, hole]},
            west=-30.04, south=45.05, east=-30.01, north=45.07,
        )  # fmt: skip
    with acting_as(world.a.coordinator):
        svg = ET.fromstring(background_picture(PLAN))
    [path] = svg.findall(NAMES[1])
    # 0.01° west and 0.02° south of the corner of the map, in metres.
    assert path.get("d").startswith("M-787 2226L1574 2226L1574 0L-787 0L-787 2226Z")
    assert path.get("d").count("M") == 2
