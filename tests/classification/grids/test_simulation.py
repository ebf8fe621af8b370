"""The simulator says which places another grid moves: those that it moves once it is adopted."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine import services
from classification.grids.reasons import reasons
from classification.grids.simulation import ground, simulate, suffices
from classification.method.variants import variants
from classification.models import GridAdoption, GridVersion, SiteLevel
from sites.models import Territory
from tests import factories as f


def plant(commune, code: str, days: int, every: int, *, residence=None):
    place = (
        f.AddressFactory(residence=residence) if residence else f.AddressFactory(residence__commune=commune)
    )
    today = timezone.localdate()
    for n in range(days):
        f.IncidentFactory(address=place, code=code, day=today - dt.timedelta(n * every))
    return place


@pytest.fixture
def town(seeding, reference_written):
    """Places in one commune, at each of which something else decides, and a territory of that commune."""
    commune = f.CommuneFactory()
    today = timezone.localdate()
    plant(commune, "NOISE", 7, 10)
    plant(commune, "NOISE", 9, 3)
    plant(commune, "SQUAT", 1, 1)
    plant(commune, "VANDALISM", 9, 3)
    plant(commune, "DEATH_THREATS", 2, 300)
    plant(commune, "NOISE", 6, 4)
    plant(commune, "VANDALISM", 6, 15)
    long_ago = f.AddressFactory(residence__commune=commune)
    f.IncidentFactory(address=long_ago, code="DEATH_THREATS", day=today - dt.timedelta(250))
    first = plant(commune, "NOISE", 4, 20)
    plant(commune, "NOISE", 3, 19, residence=first.residence)
    spans = f.AddressFactory(residence__commune=commune)
    for n in range(5):
        f.IncidentFactory(
            address=spans, code="VANDALISM",
            day=today - dt.timedelta(25 + 20 * n), span_end=today - dt.timedelta(16 + 20 * n),
        )  # fmt: skip
    seen = f.AddressFactory(residence__commune=commune)
    observation = f.StandingObservationFactory(address=seen, since=today - dt.timedelta(40))
    f.ConfirmationFactory(observation=observation, day=today - dt.timedelta(1))
    held = plant(commune, "NOISE", 7, 10)
    f.DisruptionFactory(address=held, extent="total", starts_on=today)
    f.AddressFactory(residence__commune=commune)
    services.evaluate()
    return f.TerritoryFactory(communes=[commune])


def other(cells=None, thresholds=None, **values) -> GridVersion:
    reference = services.default_grid()
    return GridVersion(
        name="Autre",
        cells=reference.cells | {cell: [level, "local"] for cell, level in (cells or {}).items()},
        thresholds=reference.thresholds | (thresholds or {}),
        **values,
    )


def said(version: GridVersion) -> dict[tuple[int, int | None], tuple[int, int]]:
    """What the simulator says of residences and addresses, page by page."""
    moves = {}
    for whole in (True, False):
        page, number = 1, None
        while number is None or (page - 1) * 2 < number:
            found = simulate(version, ground(), whole=whole, page=page, per_page=2)
            number = found.number(whole=whole)
            for move in found.moves:
                moves[move.site.residence_id, move.site.address_id] = (move.site.level, move.after)
            page += 1
        assert number == sum((address is None) == whole for _residence, address in moves)
    return moves


def levels() -> dict[tuple[int, int | None], int]:
    return {(row.residence_id, row.address_id): row.level for row in SiteLevel.objects.order_by()}


def adopt(territory: Territory, version: GridVersion) -> dict[tuple[int, int | None], tuple[int, int]]:
    """Adopt a version and evaluate; return what moved."""
    before = levels()
    version.save()
    GridAdoption.objects.update_or_create(territory=territory, defaults={"grid_version": version})
    services.evaluate()
    after = levels()
    assert before.keys() == after.keys()
    return {key: (before[key], after[key]) for key in before if before[key] != after[key]}


CHANGES = {
    "low and regular": ({"1.2": 2}, {}),
    "medium and occasional": ({"2.1": 2}, {}),
    "major and daily": ({"3.3": 3}, {}),
    "several cells": ({"1.2": 2, "3.1": 3, "4.1": 4, "3.3": 3}, {}),
    "daily sooner": ({}, {"3": [5, 28]}),
    "regular later and longer": ({}, {"2": [7, 120]}),
    "occasional only lately": ({}, {"1": [1, 200]}),
    "occasional twice": ({}, {"1": [2, 365]}),
    "all of it": ({"1.2": 2}, {"3": [4, 20], "2": [3, 60], "1": [2, 300]}),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_exactly_the_places_that_are_said_to_move_move_once_the_grid_is_adopted(town, change):
    version = other(*change)
    foretold = said(version)
    assert suffices(version, [services.default_grid()])
    assert foretold
    assert adopt(town, version) == foretold


@pytest.mark.parametrize(
    ("values", "change"),
    [
        ({}, ({}, {"1": [1, 400]})),
        ({"disruption_days": 30}, ({"2.1": 2}, {})),
        ({"confirmation_days": 1}, ({}, {})),
    ],
    ids=["a longer window", "shorter disruptions", "shorter confirmations"],
)
def test_what_the_stored_days_do_not_hold_is_read_from_the_records(town, values, change):
    old = f.AddressFactory(residence__commune=town.communes.get())
    f.IncidentFactory(address=old, code="DEATH_THREATS", day=timezone.localdate() - dt.timedelta(380))
    services.evaluate()
    version = other(*change, **values)
    assert not suffices(version, [services.default_grid()])
    foretold = said(version)
    assert adopt(town, version) == foretold


def test_a_grid_that_counts_rarer_facts_again_is_simulated_from_the_records(town):
    rare = other({}, {"1": [3, 365]})
    adopt(town, rare)
    reference = services.default_grid()
    assert not suffices(reference, [rare])
    foretold = said(reference)
    assert foretold
    before = levels()
    GridAdoption.objects.all().delete()
    services.evaluate()
    after = levels()
    assert {key: (before[key], after[key]) for key in before if before[key] != after[key]} == foretold


def test_the_same_grid_moves_nothing(town):
    assert said(other()) == {}


def test_the_contestable_cells_move_the_residences_that_the_method_page_names(town):
    for variant in variants():
        version = other({f"{variant.gravity:d}.{variant.frequency:d}": variant.level.value})
        found = simulate(version, ground(), per_page=None)
        assert {m.site.residence_id: (m.site.level, m.after) for m in found.moves} == {
            change.residence_id: (change.before, change.after) for change in variant.changes
        }
        assert variant.changes


def test_nothing_is_written(town):
    before = levels(), GridVersion.objects.count(), GridAdoption.objects.count()
    simulate(other({"1.2": 2}), ground())
    assert (levels(), GridVersion.objects.count(), GridAdoption.objects.count()) == before


def test_a_place_whose_level_is_of_another_day_is_left_out_and_counted(town):
    [stale, *_others] = SiteLevel.objects.filter(address=None, level=1).order_by("pk")
    with system_scope("evaluation"):
        SiteLevel.objects.filter(pk=stale.pk).update(as_of=timezone.localdate() - dt.timedelta(1))
    on = ground()
    assert on.left_out == 1
    assert on.as_of == timezone.localdate()
    assert (stale.residence_id, None) not in said(other({"1.1": 2, "1.2": 2, "2.1": 2}))


def test_it_says_which_type_at_which_frequency_moves_a_place(town):
    def words(version):
        found = simulate(version, ground())
        return sorted(
            "".join(why).replace("\xa0", " ").replace("\u202f", " ")
            for why in reasons(version, ground(), found.moves)
        )

    raised = words(other({"1.2": 2}))
    assert set(raised) == {"Tapages, dont nocturnes (gravité 1) : réguliers → niveau 2 au lieu de 1"}
    assert any(
        "sous tous les seuils, au lieu de ponctuel" in why for why in words(other({}, {"1": [3, 365]}))
    )
    assert any(
        why.endswith("quotidiens → niveau 2, au lieu de réguliers → niveau 1")
        for why in words(other({}, {"3": [3, 28]}))
    )


def test_one_sees_the_moves_of_what_one_may_see(world):
    strict = other(dict.fromkeys(services.default_grid().cells, 4))

    def seen(person):
        with acting_as(person):
            return {m.site.residence_id for m in simulate(strict, ground()).moves}

    own = {world.a.residence.pk, world.a.other.pk}
    assert seen(world.a.lead) == own
    assert seen(world.a.coordinator) == own
    with acting_as(world.a.partner):
        assert ground() is None
