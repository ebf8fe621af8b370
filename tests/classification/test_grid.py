"""The grid as data: what is refused, what is stored, who adopts what."""

from importlib import import_module
from itertools import product
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.scope import system_scope
from classification.engine import services
from classification.method.grid import Grid, GridError, Provenance, Threshold, reference_grid
from classification.method.scale import Frequency, Gravity, Level
from classification.models import GridAdoption, GridVersion, SiteLevel
from tests.factories import AddressFactory, IncidentFactory, TerritoryFactory

CELLS = list(product(Gravity, Frequency))


def test_worked_cells_of_the_booklet():
    grid = reference_grid()
    assert grid.level(Gravity.LOW, Frequency.DAILY) == 2
    assert grid.level(Gravity.EXTREME, Frequency.OCCASIONAL) == 3
    assert grid.level(Gravity.MAJOR, Frequency.OCCASIONAL) == 2
    assert grid.level(Gravity.MEDIUM, Frequency.DAILY) == 3
    worked = [cell for cell, where in grid.provenance.items() if where is Provenance.WORKED_EXAMPLE]
    assert len(worked) == 4


@given(st.tuples(*[st.sampled_from(Level)] * 12))
def test_grid_is_accepted_exactly_when_monotone(levels):
    cells = dict(zip(CELLS, levels, strict=True))
    monotone = all(cells[a] <= cells[b] for a in CELLS for b in CELLS if a[0] <= b[0] and a[1] <= b[1])
    reference = reference_grid()
    if monotone:
        assert Grid(cells, reference.thresholds, {}).level(*CELLS[0]) == cells[CELLS[0]]
    else:
        with pytest.raises(GridError, match="cannot give a lower level"):
            Grid(cells, reference.thresholds, {})


def test_incomplete_grid_names_what_is_missing():
    cells = dict(reference_grid().cells)
    del cells[Gravity.MAJOR, Frequency.DAILY]
    with pytest.raises(GridError, match="MAJOR × DAILY"):
        Grid(cells, reference_grid().thresholds, {})


def test_windows_must_shorten_as_frequency_rises():
    thresholds = dict(reference_grid().thresholds) | {Frequency.DAILY: Threshold(8, 100)}
    with pytest.raises(GridError, match="must be shorter"):
        Grid(reference_grid().cells, thresholds, {})
    with pytest.raises(GridError, match="one threshold for each"):
        Grid(reference_grid().cells, {Frequency.DAILY: Threshold(8, 28)}, {})


@pytest.mark.parametrize(("occurrences", "days"), [(0, 28), (1, 0), (29, 28)])
def test_threshold_that_cannot_hold_is_refused(occurrences, days):
    with pytest.raises(GridError):
        Threshold(occurrences, days)


def test_stored_grid_is_the_reference(db):
    assert services.default_grid().grid == reference_grid()


def test_there_is_one_default_grid(seeding, reference_written):
    reference = services.default_grid()
    with pytest.raises(IntegrityError, match="grid_has_one_default"), transaction.atomic():
        GridVersion.objects.create(
            name="Autre", is_default=True, cells=reference.cells, thresholds=reference.thresholds
        )


def strict_grid() -> GridVersion:
    reference = services.default_grid()
    cells = {key: [4, "local"] for key in reference.cells}
    return GridVersion.objects.create(name="Sévère", cells=cells, thresholds=reference.thresholds)


def test_territory_classifies_with_the_grid_it_adopted(seeding, reference_written):
    inside, outside = AddressFactory(), AddressFactory()
    territory = TerritoryFactory(communes=[inside.commune])
    for address in (inside, outside):
        IncidentFactory(address=address, day=services.timezone.localdate())
    GridAdoption.objects.create(territory=territory, grid_version=strict_grid())
    services.evaluate()
    assert SiteLevel.objects.get(address=inside).level == 4
    assert SiteLevel.objects.get(address=outside).level == 1
    assert services.grid_of_territory(territory.pk, services.timezone.localdate()).name == "Sévère"


def test_nobody_adopts_for_another_territory(world, reference_written):
    with system_scope("seeding"):
        GridAdoption.objects.create(territory=world.b.territory, grid_version=strict_grid())
    from accounts.scope import acting_as

    with acting_as(world.a.coordinator):
        assert GridAdoption.objects.update(grid_version=services.default_grid()) == 0


def test_the_name_of_the_reference_grid_can_be_taken_back(seeding, reference_written):
    """Grids of a territory's own keep their names."""
    migration = import_module("classification.migrations.0005_grid_is_of_january_2021").Migration
    (renaming,) = migration.operations
    editor = SimpleNamespace(connection=connection)
    GridVersion.objects.create(name="Grille de Brumeval", cells={}, thresholds={})

    def names() -> list[str]:
        return list(GridVersion.objects.order_by("id").values_list("name", flat=True))

    assert names() == ["AORIF 2021", "Grille de Brumeval"]
    renaming.reverse_code(apps, editor)
    assert names() == ["AORIF 2018", "Grille de Brumeval"]
    renaming.code(apps, editor)
    assert names() == ["AORIF 2021", "Grille de Brumeval"]
