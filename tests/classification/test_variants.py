"""The contestable cells: which residences would change level, and the picture of the grid."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.scope import acting_as
from classification.engine import services
from classification.method.grid_view import picture
from classification.method.scale import Frequency, Gravity, Level
from classification.method.variants import variants
from classification.models import SiteLevel
from tests import factories as f


def plant(code: str, days: int, every: int = 3, **address):
    place = f.AddressFactory(**address)
    today = timezone.localdate()
    for n in range(days):
        f.IncidentFactory(address=place, code=code, day=today - dt.timedelta(n * every))
    return place.residence


def moves() -> list[dict[int, tuple[int, int]]]:
    return [{c.residence_id: (c.before, c.after) for c in variant.changes} for variant in variants()]


def test_each_variant_moves_the_residences_its_cell_decides(seeding):
    low_regular = plant("NOISE", 7, every=10)
    medium_occasional = plant("SQUAT", 1)
    major_daily = plant("VANDALISM", 9)
    unmoved = plant("PETTY_DEALING", 9)
    services.evaluate()
    assert moves() == [
        {low_regular.pk: (1, 2)},
        {medium_occasional.pk: (1, 2)},
        {major_daily.pk: (4, 3)},
    ]
    assert SiteLevel.objects.get(residence=unmoved, address=None).level == 3
    assert [(v.raised, v.lowered) for v in variants()] == [(1, 0), (1, 0), (0, 1)]


def test_another_finding_or_table_1_may_hold_the_level(seeding):
    held = plant("NOISE", 7, every=10)
    f.DisruptionFactory(address=held.addresses.get(), extent="limited", starts_on=timezone.localdate())
    graver = plant("SQUAT", 1)
    f.IncidentFactory(address=graver.addresses.get(), code="DEATH_THREATS", day=timezone.localdate())
    services.evaluate()
    assert moves() == [{}, {}, {}]


def test_variants_speak_of_what_one_may_see(world):
    with acting_as(world.a.lead):
        ids = {c.residence_id for v in variants() for c in v.changes}
        assert ids <= {world.a.residence.pk, world.a.other.pk}


FINDINGS = [
    {"fact_type": "Petits trafics", "gravity": 2, "frequency": 3},
    {"fact_type": "Rodéos", "gravity": 2, "frequency": 3},
    {"fact_type": "Tags", "gravity": 1, "frequency": 1},
]


@pytest.fixture
def drawn(db):
    return picture(services.default_grid(), FINDINGS)


def test_picture_has_the_booklets_rows_and_columns(drawn):
    assert [row["frequency"] for row in drawn["rows"]] == [
        Frequency.DAILY, Frequency.REGULAR, Frequency.OCCASIONAL,
    ]  # fmt: skip
    assert [[cell["level"] for cell in row["cells"]] for row in drawn["rows"]] == [
        [2, 3, 4, 4], [1, 2, 3, 4], [1, 1, 2, 3],
    ]  # fmt: skip
    assert drawn["gravities"] == list(Gravity)


def test_picture_places_facts_and_says_where_cells_come_from(drawn):
    daily, _regular, occasional = drawn["rows"]
    assert daily["cells"][1]["facts"] == ["Petits trafics", "Rodéos"]
    assert occasional["cells"][0]["facts"] == ["Tags"]
    assert drawn["deciding"] == Level.DELINQUENCY
    worked = {
        (cell["gravity"].value, row["frequency"].value)
        for row in drawn["rows"]
        for cell in row["cells"]
        if cell["provenance"] == "worked_example"
    }
    contested = {
        (cell["gravity"].value, row["frequency"].value)
        for row in drawn["rows"]
        for cell in row["cells"]
        if cell["contested"]
    }
    assert worked == {(1, 3), (4, 1), (3, 1), (2, 3)}
    assert contested == {(1, 2), (2, 1), (3, 3)}


def test_method_page_shows_the_grid_and_the_variants(world, sign_in):
    page = sign_in(world.a.lead).get("/methode/").content.decode()
    assert page.count("grid-cell ") == 12
    # Fictional: 9 days of dealing and one of noise decide no contested cell.
    assert page.count("Aucune résidence ne changerait de niveau.") == 3
