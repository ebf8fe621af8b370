"""Priority neighbourhoods: loaded by the operator, looked at by everybody who has a map."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from shapely.geometry import shape

from accounts.scope import acting_as, system_scope
from sites.models import PriorityNeighbourhood

SQUARE = [[[2.0, 48.0], [2.01, 48.0], [2.01, 48.01], [2.0, 48.01], [2.0, 48.0]]]


def feature(code="QN00101F", name="Les Alizés", coordinates=SQUARE, kind="Polygon"):
    return {
        "type": "Feature",
        "properties": {"code_qp": code, "lib_qp": name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


@pytest.fixture
def load(tmp_path, db):
    def load(*features):
        path = tmp_path / "qpv.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
        call_command("load_qpv", str(path))

    return load


def asked(client, bbox="1.9,47.9,2.1,48.1"):
    response = client.get("/quartiers-prioritaires.geojson", {"bbox": bbox})
    assert response.status_code == 200
    return response.json()


def test_whoever_is_logged_in_sees_those_in_the_rectangle(load, world, sign_in):
    far = [[[x + 1, y] for x, y in SQUARE[0]]]
    load(feature(), feature("QN00102F", "Le Port", far))
    [found] = asked(sign_in(world.a.partner))["features"]
    assert found["properties"] == {"code": "QN00101F", "name": "Les Alizés"}
    assert shape(found["geometry"]).equals(shape(feature()["geometry"]))


def test_touching_the_rectangle_is_enough(load, world, sign_in):
    load(feature())
    client = sign_in(world.a.agent)
    assert [f["properties"]["code"] for f in asked(client, "2.009,48.009,3,49")["features"]] == ["QN00101F"]
    assert asked(client, "2.011,48.009,3,49")["features"] == []


@pytest.mark.parametrize("bbox", ["", "1,2,3", "a,b,c,d", "3,48,2,49"])
def test_a_rectangle_that_is_none_is_refused_in_words(world, sign_in, bbox):
    response = sign_in(world.a.lead).get("/quartiers-prioritaires.geojson", {"bbox": bbox})
    assert (response.status_code, response.json()) == (400, {"error": "Le cadre de la carte est illisible."})


def test_loading_again_brings_names_and_outlines_up_to_date(load):
    load(feature(), feature("QN00102F", "Le Port"))
    load(
        feature(name="Les Alizés – La Vigie", coordinates=[SQUARE], kind="MultiPolygon"),
        feature("QN00102F", "Le Port"),
    )
    with system_scope("seeding"):
        found = dict(PriorityNeighbourhood.objects.values_list("code", "name"))
        assert found == {"QN00101F": "Les Alizés – La Vigie", "QN00102F": "Le Port"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (feature(code=""), "Entry 2: no code"),
        (feature(name=""), "Entry 2: no code .* or no name"),
        (feature(code="QN far too long a code"), "Entry 2: no code"),
        (feature(coordinates=[2.0, 48.0], kind="Point"), "Entry 2 .*no polygon"),
        ({"type": "Feature", "properties": {"code": "QN", "name": "q"}, "geometry": None}, "no polygon"),
        (feature(coordinates=[[[1, 1]]]), "cannot be read"),
        (feature(coordinates=[[[652000, 6862000], [653000, 6862000], [653000, 6863000], [652000, 6862000]]]),
         "longitudes and latitudes"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_named_and_nothing_is_kept(load, wrong, message):
    with pytest.raises(CommandError, match=message):
        load(feature("QN00100F"), wrong)
    with system_scope("seeding"):
        assert PriorityNeighbourhood.objects.count() == 0


@pytest.mark.parametrize("text", ["not json", "[]", '{"type": "FeatureCollection", "features": []}'])
def test_a_file_of_something_else_is_refused(tmp_path, db, text):
    (tmp_path / "file.geojson").write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=r"file\.geojson is not"):
        call_command("load_qpv", str(tmp_path / "file.geojson"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_qpv", str(tmp_path / "missing.geojson"))


def test_nobody_but_the_operator_writes_them(load, world):
    load(feature())
    for person in (world.a.lead, world.a.coordinator, world.admin):
        with acting_as(person):
            assert PriorityNeighbourhood.objects.update(name="Autre") == 0
            assert PriorityNeighbourhood.objects.all().delete()[0] == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                PriorityNeighbourhood.objects.create(
                    code="X", name="X", outline={}, west=0, south=0, east=0, north=0
                )
    assert PriorityNeighbourhood.objects.count() == 0, "without a scope there are no rows"


def codes():
    with system_scope("seeding"):
        return set(PriorityNeighbourhood.objects.values_list("code", flat=True))


def test_only_the_list_in_force_is_taken_and_what_ended_is_removed(load):
    load(feature("QN00101F"), feature("QN00102F"), feature("QP001001"), feature("QV0001"))
    assert codes() == {"QN00101F", "QN00102F"}
    load(feature("QN00102F", "Autre nom"), feature("QN00103F"))
    assert codes() == {"QN00102F", "QN00103F"}


def test_a_file_of_the_list_before_is_refused_and_removes_nothing(load):
    load(feature("QN00101F"))
    with pytest.raises(CommandError, match="QN"):
        load(feature("QP001001"))
    assert codes() == {"QN00101F"}


def test_a_file_of_a_part_of_the_country_removes_nothing(load, tmp_path):
    load(feature("QN00101F"))
    path = tmp_path / "part.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature("QN00102F")]}), encoding="utf-8"
    )
    call_command("load_qpv", str(path), part=True)
    assert codes() == {"QN00101F", "QN00102F"}
