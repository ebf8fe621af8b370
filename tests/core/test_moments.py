"""A moment is written as French people write it."""

import datetime as dt

import pytest
from django.utils import timezone

from core.dates import long_moment


@pytest.mark.parametrize(
    ("hour", "written"), [((8, 5), "1er mars 2026 à 8 h 05"), ((20, 0), "1er mars 2026 à 20 h 00")]
)
def test_an_hour_has_no_leading_zero(hour, written):
    at = dt.datetime(2026, 3, 1, *hour, tzinfo=timezone.get_default_timezone())
    assert long_moment(at) == written
