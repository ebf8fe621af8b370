"""At its edges the simulator counts, orders and refuses as it says."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine import services
from classification.grids.comparison import differences
from classification.grids.forms import GridForm
from classification.grids.simulation import ground, simulate
from classification.method.grid import Provenance
from classification.models import GridVersion, SiteLevel
from tests.deciding import decides, residence_at


def other(cells=None, **values) -> GridVersion:
    reference = services.default_grid()
    cells = reference.cells | {cell: [level, "local"] for cell, level in (cells or {}).items()}
    return GridVersion(name="Autre", cells=cells, **{"thresholds": reference.thresholds} | values)


# Whatever was found is of level 4.
STRICT = {f"{gravity}.{frequency}": 4 for gravity in range(1, 5) for frequency in range(1, 4)}


def form(version=None, **asked) -> GridForm:
    query = QueryDict(mutable=True)
    query.update(asked)
    return GridForm(query, version or services.default_grid())


def test_decisions_of_residences_that_move_are_counted_and_no_others(world):
    decides(world.a.lead, world.a.residence)
    with acting_as(world.a.lead):
        flows = simulate(other(STRICT), ground()).flows
    assert {(flow.whole, flow.before): (flow.places, flow.decided) for flow in flows} == {
        (True, 3): (1, 1), (True, 1): (1, 0), (False, 3): (1, 0), (False, 1): (1, 0),
    }  # fmt: skip


def test_the_highest_come_first_then_by_name(world):
    for name, level in (("Bêta", 2), ("Alpha", 2), ("Gamma", 1)):
        residence_at(world.a.landlord, world.commune, level, name=name)
    version = other({"1.3": 3, "1.2": 2, "1.1": 2, "2.1": 2})
    with acting_as(world.a.lead):
        moves = simulate(version, ground()).moves
    said = [(move.after, move.site.level, move.site.residence.name) for move in moves]
    assert said[:2] == [(3, 2, "Alpha"), (3, 2, "Bêta")]
    assert [row[0] for row in said] == sorted((row[0] for row in said), reverse=True)
    assert (2, 1, "Gamma") in said


def test_a_page_beyond_the_last_one_is_the_last_one(world):
    with acting_as(world.a.lead):
        first = simulate(other(STRICT), ground(), page=1, per_page=2).moves
        assert len(first) == 2
        assert simulate(other(STRICT), ground(), page=9, per_page=2).moves == first
        assert len(simulate(other(STRICT), ground(), page=9, per_page=1).moves) == 1


def test_the_day_of_most_places_is_simulated(world):
    """An evaluation that ran ahead for one place does not leave out all others."""
    tomorrow = timezone.localdate() + dt.timedelta(1)
    with system_scope("evaluation"):
        SiteLevel.objects.filter(residence=world.a.other, address=None).update(as_of=tomorrow)
    with acting_as(world.a.lead):
        on = ground()
    assert (on.as_of, on.residences, on.addresses, on.left_out) == (timezone.localdate(), 1, 2, 1)


@pytest.mark.parametrize(("asked", "holds"), [({"o3": "28"}, True), ({"o3": "29"}, False)])
def test_a_threshold_holds_in_its_window(db, asked, holds):
    assert form(**asked).is_valid() == holds


@pytest.mark.parametrize(("days", "holds"), [("90", True), ("91", False)])
def test_windows_get_shorter_by_a_day_at_least(db, days, holds):
    assert form(o3="8", w3=days).is_valid() == holds


def test_a_cell_that_differs_is_local_and_the_others_keep_their_provenance(db):
    changed = form(c23="4")
    assert changed.is_valid()
    before, after = services.default_grid().grid, changed.grid.grid
    differing = {cell for cell in after.cells if after.provenance[cell] != before.provenance[cell]}
    assert {(int(gravity), int(frequency)) for gravity, frequency in differing} == {(2, 3)}
    assert {after.provenance[cell] for cell in differing} == {Provenance.LOCAL}


def test_the_durations_are_those_of_the_version_that_it_starts_from(db):
    asked = form(other(confirmation_days=30, disruption_days=15))
    assert asked.is_valid()
    assert (asked.grid.confirmation_days, asked.grid.disruption_days) == (30, 15)


def test_each_thing_that_differs_is_told(db):
    reference = services.default_grid()
    rarer = reference.thresholds | {"3": [7, 28]}
    said = [
        one.what for one in differences(reference, other({"2.1": 2}, thresholds=rarer, disruption_days=30))
    ]
    assert said == [
        "Gravité moyenne, faits ponctuels", "Seuil des faits quotidiens", "Une perturbation terminée compte encore",
    ]  # fmt: skip
