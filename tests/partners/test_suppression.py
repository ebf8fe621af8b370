"""Test that nothing told by neighbourhood determines a count under five, whoever combines what is told."""

from collections import Counter, defaultdict
from functools import cache
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from partners.publications.suppression import told

COUNTED, ALL = (4, 3, 2, 0), (4, 3, 2, 0, 1)
SMALL = set(range(5))


def shown(counts: dict[int, int]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(told(counts).items()))


@cache
def alike(total: int) -> dict[tuple, list[dict[int, int]]]:
    """All neighbourhoods of ``total`` sites, by what is told of them."""
    found = defaultdict(list)
    for counts in product(range(total + 1), repeat=4):
        if (rest := total - sum(counts)) >= 0:
            one = dict(zip(ALL, (*counts, rest), strict=True))
            found[shown(one)].append(one)
    return found


def test_whoever_knows_how_many_sites_there_are_learns_no_small_count():
    """An attacker tries each neighbourhood that has as many sites, and keeps those that fit what is told."""
    for total in range(5, 18):
        for said, fitting in alike(total).items():
            for mark in ALL:
                possible = {counts[mark] for counts in fitting}
                if not possible & SMALL or not said:
                    continue
                if mark in COUNTED:
                    assert possible >= SMALL, (total, said, mark)
                else:
                    assert len(possible) >= 5, (total, said, mark)


counts = st.fixed_dictionaries({mark: st.integers(0, 40) for mark in ALL})


@given(counts)
def test_what_is_told_is_true_never_small_and_in_fives(found):
    said = told(found)
    assert set(said) <= set(COUNTED)
    for mark, at_least in said.items():
        assert at_least <= found[mark]
        assert at_least >= 5
        assert at_least % 5 == 0


@given(counts)
def test_at_least_four_sites_are_beyond_what_is_told(found):
    if said := told(found):
        assert sum(found.values()) - sum(said.values()) >= 4


@given(
    st.lists(st.lists(counts, min_size=1, max_size=3), min_size=1, max_size=4),
    st.data(),
)
def test_no_combination_of_publications_neighbourhoods_and_totals_tells_a_small_count(publications, data):
    """All outputs stay as they are while one small count takes any other value: nothing computed from them is that count.

    The attacker has every publication of every neighbourhood, and the number of sites of each from elsewhere.
    """

    def outputs():
        return [[(sum(one.values()), shown(one)) for one in publication] for publication in publications]

    known = outputs()
    small = [
        (one, mark)
        for publication in publications
        for one in publication
        for mark in COUNTED
        if one[mark] < 5 and sum(one.values()) >= 9
    ]
    if not small:
        return
    target, mark = data.draw(st.sampled_from(small))
    total, said = sum(target.values()), told(target)
    for value in SMALL:
        target |= {other: said.get(other, 0) for other in COUNTED} | {mark: value, 1: 0}
        target[1] = total - sum(target.values())
        assert target[1] >= 0
        assert outputs() == known


def test_cells_and_marks_of_little_are_told_as_nothing():
    assert told({}) == {}
    assert told({4: 4, 3: 4, 2: 4, 0: 4, 1: 100}) == {}
    assert told({4: 5}) == {}, "all of a neighbourhood at one level would tell that none is at another"
    assert told(Counter({4: 5, 1: 4})) == {4: 5}
    assert told({4: 10, 3: 10}) == {4: 5, 3: 10}
