"""Each formula gives its published figure, says where it cannot be computed, and agrees with the libraries of the trade."""

import math

import numpy as np
import pytest
from esda.getisord import G_Local
from libpysal.weights import W, lat2W
from pointpats import Knox as LibraryKnox
from statsmodels.stats import rates

from classification.foresight import measures, spatial
from classification.indicators.measures import chance, rate_ratio

SERIES = [2, 3, 1, 4, 2, 3, 2, 3, 9, 10, 4, 3]


def test_the_rate_ratio_is_the_published_one_and_the_librarys():
    ratio, found = rate_ratio(25, 12, 40, 12)
    assert (ratio, round(found.low, 3), round(found.high, 3)) == (0.625, 0.379, 1.030)
    low, high = rates.confint_poisson_2indep(25, 12, 40, 12, method="score")
    assert (round(low, 3), round(high, 3)) == (0.381, 1.025)
    library = rates.confint_poisson_2indep(25, 12, 40, 12, method="wald-log")
    assert (found.low, found.high) == pytest.approx(library, abs=0.002)
    assert round(chance(25, 12, 40, 12), 4) == 0.0615
    assert rate_ratio(0, 12, 40, 12) is None


def test_poisson_z_and_its_band_are_the_published_ones():
    assert round(measures.poisson_z(25, 15), 3) == -2.254
    assert measures.poisson_band(4, 3) == (0.25, 12.25)
    assert measures.poisson_z(0, 0) == 0


def test_ears_gives_the_published_figures():
    found = measures.ears(SERIES)
    assert [round(found[8].c1, 3), round(found[9].c2, 3), round(found[11].c3, 3)] == [6.587, 7.758, 7.222]


def test_ears_says_nothing_of_a_series_that_is_too_short():
    found = measures.ears(SERIES)
    assert [step.c1 is None for step in found] == [True] * 7 + [False] * 5
    assert [step.c2 is None for step in found] == [True] * 9 + [False] * 3
    assert [step.c3 is None for step in found] == [True] * 11 + [False]
    assert measures.ears([]) == []


def test_a_series_without_any_spread_has_a_floor():
    found = measures.ears([0] * 9 + [1])[-1]
    assert (found.c1, found.c2) == (2.0, 2.0)
    assert measures.ears([3] * 10)[-1].c1 == 0


def test_the_chance_of_ears_is_right_or_too_high_where_nothing_happens():
    """Of steady counts, no more than 5 in 100 steps are called unlikely at 5 %."""
    drawn = np.random.default_rng(7).poisson(4, (1500, 12))
    unlikely = [measures.chance_of_ears(measures.ears([int(n) for n in row])[-1]) < 0.05 for row in drawn]
    assert sum(unlikely) / len(unlikely) <= 0.06
    assert measures.chance_of_ears(measures.ears(SERIES)[9]) < 0.01


def test_of_many_tests_a_lucky_one_is_not_told():
    lucky = [0.04] + [0.5] * 30
    assert measures.held(lucky) == [False] * 31
    assert measures.held([0.001, *lucky[1:]])[0] is True


def _clustered(number=120):
    drawn = np.random.default_rng(3)
    seeds, days = drawn.uniform(0, 5000, (number // 4, 2)), drawn.integers(0, 365, number // 4)
    points = np.repeat(seeds, 4, axis=0) + drawn.normal(0, 20, (number, 2))
    return points, np.repeat(days, 4) + drawn.integers(0, 4, number)


def test_knox_counts_the_pairs_of_the_library():
    points, days = _clustered()
    ours = spatial.knox(points, days, 200.0, 7)
    # The library closes its intervals: whole days below 7 are those up to 6.5.
    library = LibraryKnox(points, days.reshape(-1, 1).astype(float), delta=200.0, tau=6.5, permutations=19)
    assert ours.pairs == library.nst
    assert ours.chance == 1 / 200
    assert ours.expected < ours.pairs / 5


def test_knox_finds_nothing_in_days_drawn_at_random_and_answers_the_same_twice():
    points, days = _clustered()
    drawn = np.random.default_rng(5).permutation(days)
    assert spatial.knox(points, drawn, 200.0, 7).chance > 0.05
    assert spatial.knox(points, drawn, 200.0, 7) == spatial.knox(points, drawn, 200.0, 7)


def test_knox_leaves_out_the_ends_of_its_intervals():
    points = np.array([[0.0, 0.0], [100.0, 0.0], [300.0, 0.0]])
    assert spatial.knox(points, [0, 7, 300], 100.0, 8) is None
    assert spatial.knox(points, [0, 7, 300], 100.1, 7).pairs == 0
    assert spatial.knox(points, [0, 7, 300], 100.1, 8).pairs == 1


def test_knox_says_nothing_without_a_pair():
    assert spatial.knox(np.array([[0.0, 0.0]]), [1], 100.0, 7) is None
    assert spatial.knox(np.array([[0.0, 0.0], [5000.0, 0.0]]), [1, 1], 100.0, 7) is None


def test_pairs_that_are_too_many_are_not_listed(monkeypatch):
    monkeypatch.setattr(spatial, "MOST_PAIRS", 2)
    points = np.zeros((3, 2))
    assert spatial.near_pairs(points, 10.0) is None
    assert spatial.knox(points, [1, 1, 1], 10.0, 7) is None


def _grid_pairs():
    return np.array([
        (one, other) for one in range(9) for other in range(one + 1, 9)
        if abs(one // 3 - other // 3) + abs(one % 3 - other % 3) == 1
    ])  # fmt: skip


def test_gi_star_gives_the_published_figure_and_the_librarys():
    values = [1, 1, 1, 1, 10, 8, 1, 9, 2]
    ours = spatial.gi_star(values, _grid_pairs())
    assert round(float(ours[4]), 4) == 1.7121
    library = G_Local(np.array(values, dtype=float), lat2W(3, 3), star=True, transform="B", permutations=0)
    assert ours == pytest.approx(library.Zs)


@pytest.mark.filterwarnings("ignore:The weights matrix is not fully connected")
def test_gi_star_agrees_with_the_library_where_places_lie_anyhow():
    drawn = np.random.default_rng(11)
    points, values = drawn.uniform(0, 3000, (80, 2)), drawn.poisson(3, 80).astype(float)
    pairs = spatial.near_pairs(points, 500.0)
    neighbours = {place: [] for place in range(80)}
    for one, other in pairs.tolist():
        neighbours[one].append(other)
        neighbours[other].append(one)
    library = G_Local(values, W(neighbours, silence_warnings=True), star=True, transform="B", permutations=0)
    assert spatial.gi_star(values, pairs) == pytest.approx(library.Zs)


def test_gi_star_says_where_it_cannot_be_computed():
    assert np.isnan(spatial.gi_star([3] * 9, _grid_pairs())).all()
    everything = np.array([(0, 1), (0, 2), (1, 2)])
    assert np.isnan(spatial.gi_star([1, 2, 3], everything)).all()
    assert np.isnan(spatial.gi_star([1], np.empty((0, 2), dtype=int))).all()


def test_metres_are_right_in_paris_and_overseas():
    for longitude, latitude in ((2.35, 48.85), (55.45, -20.88)):
        one, other = spatial.metres([longitude, longitude + 0.001], [latitude, latitude])
        told = 111_195 * 0.001 * math.cos(math.radians(latitude))
        assert np.linalg.norm(one - other) == pytest.approx(told, rel=0.001)
