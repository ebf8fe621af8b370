"""The measures of the indicators against published figures, and the names of periods."""

import datetime as dt
import math

import pytest
from django.utils.translation import override
from scipy.stats import poisson

from classification.indicators import periods
from classification.indicators.measures import chance, changes, exact_interval, rate_ratio, share_interval
from classification.indicators.periods import Period

TODAY = dt.date(2026, 11, 27)


def test_the_ratio_of_25_to_40_in_a_year_is_as_published():
    ratio, found = rate_ratio(25, 12, 40, 12)
    assert (ratio, round(found.low, 3), round(found.high, 3)) == (0.625, 0.379, 1.030)
    assert round(chance(25, 12, 40, 12), 4) == 0.0615
    # Counted by days, the roundings of scipy keep both of two outcomes that are equally far.
    assert round(chance(25, 365, 40, 365), 4) == 0.0632
    assert [change.told for change in changes([(25, 40)], 365, 365)] == [0]


def test_a_ratio_is_of_rates_and_not_of_counts():
    ratio, _found = rate_ratio(20, 10, 40, 40)
    assert ratio == 2
    assert rate_ratio(0, 10, 40, 40) is None
    assert rate_ratio(20, 10, 0, 40) is None
    assert [change.told for change in changes([(20, 20), (20, 80)], 10, 40)] == [1, 0]


@pytest.mark.parametrize("count", [0, 1, 2, 7, 30, 400])
def test_the_interval_of_a_count_is_exact(count):
    """At its ends, what was counted or beyond is as likely as one in forty."""
    found = exact_interval(count)
    assert math.isclose(poisson.cdf(count, found.high), 0.025, rel_tol=1e-9)
    if count:
        assert math.isclose(poisson.sf(count - 1, found.low), 0.025, rel_tol=1e-9)
    else:
        assert found.low == 0


def test_the_interval_of_a_share_is_within_0_and_1():
    assert (share_interval(0, 4).low, share_interval(4, 4).high) == (0, 1)
    assert round(share_interval(0, 1).high, 3) == 0.975


@pytest.mark.parametrize("counts", [(1, 1), (5, 5), (300, 300), (3000, 3000), (0, 0), (9, 4), (1200, 4)])
def test_a_chance_lies_between_0_and_1(counts):
    assert 0 <= chance(counts[0], 92, counts[1], 92) <= 1


def test_few_and_many_facts_are_tested_alike():
    """Where the sums of the E-test are left for the score, the chance does not jump."""
    for now, before in ((330, 270), (325, 275)):
        more = chance(now + 1, 92, before, 92)
        assert abs(chance(now, 92, before, 92) - more) < 0.01


def test_a_table_of_many_rows_tells_no_more_than_one_row_would():
    alone = changes([(60, 38)], 92, 92)[0]
    among = changes([(60, 38), *[(20, 20)] * 10], 92, 92)[0]
    assert chance(60, 92, 38, 92) < 0.05
    assert (alone.told, among.told) == (1, 0)


def test_rows_that_cannot_be_told_hide_none_that_can():
    rows = [(60, 38), *[(1, 1)] * 10, *[(70, 20)] * 3]
    told = changes(rows, 92, 92, [False] * 11 + [True] * 3)
    assert [change.told for change in told] == [1] + [0] * 13
    assert [change.apart for change in told] == [False] * 11 + [True] * 3
    assert [change.few for change in told] == [False] + [True] * 10 + [False] * 3


def test_periods_are_named_in_both_languages():
    chosen = [periods.read(code) for code in ("2026-T1", "2026-T3", "2026-09", "2026")]
    between = Period(dt.date(2025, 12, 30), dt.date(2026, 1, 1))
    with override("fr"):
        assert [one.name for one in chosen] == [
            "1er trimestre 2026",
            "3e trimestre 2026",
            "septembre 2026",
            "2026",
        ]
        assert between.name == "du 30 décembre 2025 au 1er janvier 2026"
        assert [one.short for one in chosen] == ["T1 2026", "T3 2026", "sept. 2026", "2026"]
    with override("en"):
        assert [one.name for one in chosen[:2]] == ["1st quarter of 2026", "3rd quarter of 2026"]
        assert chosen[1].short == "Q3 2026"


@pytest.mark.parametrize(
    "code", ["2026-T0", "2026-T5", "2026-00", "2026-13", "1999", "26", "2026-T1 ", "２０２６", "", "an"]
)
def test_no_other_code_is_a_period(code):
    assert periods.read(code) is None


def test_every_period_of_a_kind_follows_the_one_before():
    for code in ("2026-T4", "2026-11", "2026"):
        one = periods.read(code)
        for _ in range(20):
            earlier = periods.before(one)
            assert earlier.last + dt.timedelta(1) == one.first
            assert periods.read(earlier.code) == earlier
            one = earlier


def test_the_year_before_of_the_leap_day_ends_on_the_28th():
    leap = periods.read("2024-02")
    assert periods.year_before(leap, TODAY) == periods.read("2023-02")
    assert periods.year_before(periods.read("2025-02"), TODAY).last == dt.date(2024, 2, 29)
    days = Period(dt.date(2024, 2, 29), dt.date(2024, 3, 1))
    assert periods.year_before(days, TODAY).first == dt.date(2023, 2, 28)


def test_what_is_offered_can_be_read_and_has_begun():
    offered = [code for _kind, group in periods.offered(TODAY) for code, _name in group]
    assert len(offered) == len(set(offered)) == 12 + 24 + 5
    assert all(periods.read(code).first <= TODAY for code in offered)
