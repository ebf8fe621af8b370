"""Every overseas department and territory has its own time, all others have that of Paris."""

import datetime as dt

import pytest
import time_machine

from sites.zones import OVERSEAS, today_at, todays, zone_of

# Hours ahead of Greenwich in January and in July 2026, by the legal time of each.
HOURS = {
    "971": (-4, -4), "972": (-4, -4), "973": (-3, -3), "974": (4, 4), "975": (-3, -2), "976": (3, 3),
    "977": (-4, -4), "978": (-4, -4), "986": (12, 12), "987": (-10, -10), "988": (11, 11),
    "": (1, 2), "01": (1, 2), "2A": (1, 2), "75": (1, 2), "95": (1, 2),
}  # fmt: skip


def test_each_territory_overseas_is_named_here():
    assert set(OVERSEAS) == {department for department in HOURS if len(department) == 3}


@pytest.mark.parametrize("department", HOURS)
def test_a_department_keeps_its_legal_time(department):
    zone = zone_of(department)
    offsets = [dt.datetime(2026, month, 1, 12, tzinfo=zone).utcoffset() for month in (1, 7)]
    assert offsets == [dt.timedelta(hours=hours) for hours in HOURS[department]]


@pytest.mark.parametrize("department", HOURS)
def test_the_current_day_is_that_of_the_department(department):
    for at in (dt.datetime(2026, 1, 14, hour, 30, tzinfo=dt.UTC) for hour in range(24)):
        with time_machine.travel(at, tick=False):
            there = (at + dt.timedelta(hours=HOURS[department][0])).date()
            assert today_at(department) == todays()[zone_of(department).key] == there
