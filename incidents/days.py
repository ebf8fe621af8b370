"""Bound the days of facts, wherever they are entered: in a form, by a program, in a file."""

import datetime as dt
from typing import Literal

from sites.zones import todays

# A day before this one is a typing error in the year: no fact is kept that long.
EARLIEST = dt.date(2000, 1, 1)


def fault_of(day: dt.date, today: dt.date) -> Literal["", "future", "too_old"]:
    """Tell why nothing can have happened, or ended, on ``day``; empty when it can.

    Args:
        day: the day stated; the last one of a span has the same bounds as the first.
        today: the current day at the place.
    """
    if day > today:
        return "future"
    return "too_old" if day < EARLIEST else ""


def fault_anywhere(day: dt.date) -> Literal["", "future", "too_old"]:
    """Tell why nothing can have happened on ``day`` wherever it was; empty while it can at some place of France."""
    return fault_of(day, max(todays().values()))
