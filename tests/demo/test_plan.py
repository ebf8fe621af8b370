"""The plan of the fictional territory: drawn alike each time, and the stock stands on it."""

import gzip

import mapbox_vector_tile
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader
from shapely import Point

from demo.story import PLACES, STREETS
from demo.town import archive, doors_of, neighbourhood_of, the_plan

# Drawn once: by one worker.
pytestmark = pytest.mark.xdist_group("plan")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.pmtiles"
    archive.ensure(path)
    return path


@pytest.fixture(scope="module")
def town(drawn):
    """What the tiles around the centre hold: names by layer, as a browser would read them."""
    with drawn.open("rb") as file:
        reader = Reader(MmapSource(file))
    names: dict[str, set[str]] = {}
    for x in range(6820, 6834):
        for y in range(5890, 5904):
            packed = reader.get(14, x, y)
            for layer, content in mapbox_vector_tile.decode(
                gzip.decompress(packed or gzip.compress(b""))
            ).items():
                found = {feature["properties"].get("name", "") for feature in content["features"]}
                names[layer] = names.get(layer, set()) | found
    return names


def test_is_the_same_every_time(drawn, tmp_path):
    the_plan.cache_clear()
    archive.write(tmp_path / "again.pmtiles")
    assert (tmp_path / "again.pmtiles").read_bytes() == drawn.read_bytes()


def test_is_drawn_again_only_when_missing_or_when_the_code_changed(drawn, monkeypatch):
    written = []
    monkeypatch.setattr(archive, "write", written.append)
    archive.ensure(drawn)
    assert written == []
    stamp = drawn.with_suffix(".stamp")
    stamp.write_text("another state of the code")
    archive.ensure(drawn)
    archive.ensure(drawn)
    assert written == [drawn]
    missing = drawn.with_name("missing.pmtiles")
    missing.with_suffix(".stamp").write_text(stamp.read_text())
    archive.ensure(missing)
    assert written == [drawn, missing]


def test_names_what_a_map_of_a_town_names(town):
    assert {"earth", "water", "landuse", "roads", "buildings", "places", "pois", "boundaries"} >= set(town)
    assert {"Brumeval", "Hautelande", "Port-Écume"} <= town["places"]
    assert {"La Brumée", "Mer de Brume"} <= town["water"]
    assert {"Gare de Brumeval", "Hôtel de ville de Brumeval", "Hôpital de l’Archipel"} <= town["pois"]
    assert set(STREETS) <= town["roads"]


def test_every_residence_has_its_street_and_every_address_its_own_number():
    assert len(PLACES) == len(STREETS) == len(the_plan().residences)
    addresses = [address for number in range(len(PLACES)) for address, *_at in doors_of(number)]
    assert len(addresses) == len(set(addresses))


@pytest.mark.parametrize("number", range(len(PLACES)), ids=[place.name for place in PLACES])
def test_addresses_are_doors_of_buildings_on_land_along_their_street(number):
    plan = the_plan()
    residence = plan.residences[number]
    [street] = [street.line for street in plan.streets if street.name == STREETS[number]]
    buildings = shapely.union_all(residence.shapes)
    for door in residence.doors:
        point = Point(door.x, door.y)
        assert plan.land.contains(point)
        assert buildings.contains(point)
        assert street.distance(point) < 30


def test_no_building_of_a_residence_stands_on_a_street_or_on_another():
    plan = the_plan()
    shapes = [shape for residence in plan.residences for shape in residence.shapes]
    streets = shapely.union_all([street.line.buffer(5) for street in plan.streets])
    assert not any(shape.intersects(streets) for shape in shapes)
    assert shapely.union_all(shapes).area == pytest.approx(sum(shape.area for shape in shapes))


def test_trouble_moves_to_the_landlord_next_door():
    names = [place.name for place in PLACES]
    left, entered = names.index("Les Embruns"), names.index("Le Sémaphore")
    assert PLACES[left].landlord != PLACES[entered].landlord
    buildings = [shapely.MultiPolygon(the_plan().residences[number].shapes) for number in (left, entered)]
    assert buildings[0].distance(buildings[1]) < 150


def test_a_priority_neighbourhood_holds_the_troubled_residences_and_no_other():
    flagged = {PLACES[number].name for number in range(len(PLACES)) if neighbourhood_of(number)}
    assert flagged == {place.name for place in PLACES if len(place.mixes) > 1}


def test_no_door_outside_them_lies_in_a_priority_neighbourhood():
    plan = the_plan()
    outlines = shapely.union_all([outline for _code, _name, outline in plan.neighbourhoods])
    for number, residence in enumerate(plan.residences):
        inside = {outlines.contains(Point(door.x, door.y)) for door in residence.doors}
        assert inside == {neighbourhood_of(number) is not None}
