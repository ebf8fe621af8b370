"""Play the attacker of what leaves the circles: no combination of two outputs tells a count under five.

Attackers know the rule, how many sites each landlord has in the area (that is public), and one of these besides: their own
sites by level (a landlord), or what a circle by neighbourhood was told of the same sites (a partner).
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from partners.plenary.content import FEW, _town
from partners.plenary.counting import Share, Town
from partners.plenary.secrecy import facts_told, is_shared_out, reached, sites_told
from partners.publications.suppression import told as circle_told

ALL, COUNTED = (4, 3, 2, 0, 1), (4, 3, 2, 0)
SMALL = range(5)
Counts = dict[int, int]


def worlds(total: int, marks: tuple[int, ...] = (4, 3, 1)) -> Iterator[Counts]:
    """All ways in which the sites of a landlord may be of some marks."""
    if len(marks) == 1:
        yield {marks[0]: total}
        return
    for number in range(total + 1):
        for rest in worlds(total - number, marks[1:]):
            yield {marks[0]: number, **rest}


@pytest.mark.parametrize("sizes", [(4, 6, 5), (1, 9, 8), (9, 9, 5), (4, 9, 10), (9, 6, 10)])
def test_whoever_tries_every_town_learns_no_small_count(sizes):
    """A landlord tries all the others may have; a partner all that fits both outputs: each small count stays possible."""
    mine, *others = [list(worlds(size)) for size in sizes]
    of_partner = defaultdict(lambda: defaultdict(set))
    for own in mine:
        of_landlord = defaultdict(lambda: defaultdict(set))
        for pair in product(*others):
            said = tuple(sites_told([own, *pair]).items())
            whole = {mark: own[mark] + sum(one[mark] for one in pair) for mark in (4, 3, 1)}
            both = said, tuple(circle_told(whole).items())
            for mark in (4, 3):
                of_landlord[said][mark].add(whole[mark] - own[mark])
                of_partner[both][mark].add(whole[mark])
        check(of_landlord, sum(sizes[1:]))
    check(of_partner, sum(sizes))


def check(possible, total: int) -> None:
    for said, marks in possible.items():
        for mark, values in marks.items():
            assert min(values) >= 5 or values >= set(range(min(5, total + 1))), (said, mark, sorted(values))


class Attack:
    """The inequalities that what is told leaves to an attacker, as an integer programme.

    The unknowns are the sites of each other landlord by mark, then for each counted mark the largest number of a landlord
    and which landlord has it.
    """

    def __init__(self, area: list[Counts], own: int | None) -> None:
        self.area, self.own = area, own
        self.others = [place for place in range(len(area)) if place != own]
        self.width = len(self.others) * len(ALL)
        self.size = self.width + len(COUNTED) * (1 + len(area))
        self.rows, self.low, self.high = [], [], []
        for place in self.others:
            self.add({self.at(place, mark): 1 for mark in ALL}, sum(area[place].values()))
        told = sites_told(area)
        for mark in COUNTED:
            self.leaves_out_the_largest(mark, told.get(mark, 0))

    def at(self, place: int, mark: int) -> int:
        return self.others.index(place) * len(ALL) + ALL.index(mark)

    def mine(self, mark: int) -> int:
        return 0 if self.own is None else self.area[self.own].get(mark, 0)

    def add(self, row: dict[int, int], low: float, high: float | None = None) -> None:
        filled = np.zeros(self.size)
        filled[list(row)] = list(row.values())
        self.rows.append(filled)
        self.low.append(low)
        self.high.append(low if high is None else high)

    def leaves_out_the_largest(self, mark: int, said: int) -> None:
        largest = self.width + COUNTED.index(mark) * (1 + len(self.area))
        total = {self.at(place, mark): 1 for place in self.others}
        self.add(total | {largest: -1}, said - self.mine(mark), said + 4 - self.mine(mark))
        self.add({largest + 1 + place: 1 for place in range(len(self.area))}, 1)
        most = 1000
        for place in range(len(self.area)):
            column = {} if place == self.own else {self.at(place, mark): -1}
            fixed = self.mine(mark) if place == self.own else 0
            self.add({largest: 1, **column}, fixed, np.inf)
            self.add({largest: 1, largest + 1 + place: most, **column}, -np.inf, most + fixed)

    def knows_what_the_circle_was_told(self) -> None:
        whole = {mark: sum(one.get(mark, 0) for one in self.area) for mark in ALL}
        for mark in COUNTED:
            low = circle_told(whole).get(mark, 0)
            self.add({self.at(place, mark): 1 for place in self.others}, low, low + 4)

    def solves(self, mark: int, sense: int = 0, value: int | None = None) -> int | None:
        """The number of a mark that all others have, least or most or as given; None where there is none."""
        aim = np.zeros(self.size)
        columns = [self.at(place, mark) for place in self.others]
        aim[columns] = sense
        rows, low, high = list(self.rows), list(self.low), list(self.high)
        if value is not None:
            row = np.zeros(self.size)
            row[columns] = 1
            rows, low, high = [*rows, row], [*low, value], [*high, value]
        bounds = Bounds(0, np.where(np.arange(self.size) < self.width, np.inf, 1000))
        found = milp(
            aim,
            integrality=np.ones(self.size),
            bounds=bounds,
            constraints=LinearConstraint(np.array(rows), low, high),
        )
        return None if found.x is None else round(sum(found.x[columns]))


landlords = st.fixed_dictionaries({mark: st.integers(0, 14) for mark in ALL})
areas = st.lists(landlords, min_size=3, max_size=5)


@settings(max_examples=40)
@given(areas, st.data())
def test_no_system_of_inequalities_narrows_a_small_count_for_a_landlord(area, data):
    told = sites_told(area)
    own, mark = data.draw(st.integers(0, len(area) - 1)), data.draw(st.sampled_from([*told, *COUNTED]))
    attack = Attack(area, own)
    sites = sum(sum(one.values()) for place, one in enumerate(area) if place != own)
    if mark in told:
        least, most = attack.solves(mark, 1), attack.solves(mark, -1)
        assert least >= 5
        assert most - least >= 4
    elif sites >= 4:
        assert all(attack.solves(mark, value=value) == value for value in SMALL)


@settings(max_examples=40)
@given(areas)
def test_no_system_of_inequalities_narrows_a_small_count_for_a_partner_of_a_circle(area):
    """Both outputs are of the same sites at the same moment, as near as two outputs can be."""
    whole = {mark: sum(one[mark] for one in area) for mark in ALL}
    beside, told = circle_told(whole), sites_told(area)
    attack = Attack(area, None)
    attack.knows_what_the_circle_was_told()
    for mark in COUNTED:
        if mark in told or mark in beside:
            assert attack.solves(mark, 1) >= 5, mark
        elif sum(whole.values()) >= 4:
            assert all(attack.solves(mark, value=value) == value for value in SMALL), mark


numbers = st.lists(st.integers(0, 60), min_size=1, max_size=6)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["people", "trafficking"]), st.integers(0, 60)),
        min_size=1,
        max_size=5,
    )
)
def test_facts_of_others_are_five_or_more_or_any_small_number(area):
    told = facts_told(area)
    for own in area:
        for family in ("people", "trafficking"):
            mine = own.get(family, 0)
            if family in told:
                assert sum(one.get(family, 0) for one in area) - mine >= told[family] >= 5
            else:
                for value in SMALL:
                    assert facts_told([{family: mine}, {family: value}, {}]) == {}


@given(numbers)
def test_a_number_is_a_multiple_of_five_that_any_landlord_leaves(each):
    said = reached(each)
    assert said % 5 == 0
    assert all(sum(each) - one >= said for one in each)
    assert sum(each) - max(each) - said < 5


@given(areas)
def test_what_is_told_of_sites_leaves_four_of_unknown_mark_to_everybody(area):
    told = sites_told(area)
    sizes = [sum(one.values()) for one in area]
    assert not told or sum(sizes) - max(sizes) - 2 * sum(told.values()) >= 4
    for mark, number in told.items():
        assert number % 5 == 0
        assert 5 <= number <= reached([one[mark] for one in area])


def town_of(area: list[Counts], homes: int = 400) -> Town:
    town = Town("Ville")
    for pk, counts in enumerate(area):
        town.areas[""][pk] = Share(homes=homes)
        town.areas[""][pk].sites.update(counts)
        town.areas[""][pk].facts["people"] = counts[4]
    return town


@given(areas)
def test_two_towns_that_differ_in_a_small_count_leave_alike(area):
    """The sites of a mark that the others reach by fewer than five become sites of level 1, one by one: nothing told moves."""
    quiet = [{**one, 4: 0} | {1: one[1] + one[4]} for one in area]
    small = [{**one} for one in quiet]
    said = []
    for number in SMALL:
        small[0] |= {4: number, 1: max(quiet[0][1], 4) - number}
        said.append(_town(town_of(small), ""))
    assert all(before == after for before, after in pairwise(said))


def test_which_areas_are_told_rests_on_public_numbers_alone():
    assert is_shared_out([10, 10, 10])
    assert not is_shared_out([10, 10])
    assert not is_shared_out([10, 10, 0])
    assert is_shared_out([85, 10, 5])
    assert not is_shared_out([86, 9, 5])
    rich = [{4: 20, 3: 0, 2: 0, 0: 0, 1: 20} for _n in range(3)]
    assert _town(town_of(rich), "")["sites"] == {"4": 35}
    whole = _town(town_of(rich[:2]), "")
    assert (whole["sites"], whole["facts"], whole["areas"][0]["why"]) == ({}, {}, FEW)
