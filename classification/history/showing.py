"""Write the history as the page shows it: the rows of its table, the bars of its chart, and the flags of campaigns."""

import bisect
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from classification.method.scale import Mark

from .closings import Diagnosis
from .reach import Point
from .reading import History

# The marks in the order of a table, the highest first, and where :func:`.movements.spread` counts each.
ORDER = (Mark.TENSION, Mark.DELINQUENCY, Mark.INCIVILITY, Mark.QUIET, Mark.STOPPED)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: the sites by mark, each with its share in percent, the highest mark first."""

    point: Point
    cells: list[tuple[int, int, float | None]]

    @property
    def high_share(self) -> float | None:
        """The share of levels 3 and 4, in percent."""
        return self.point.share(self.point.high)


def row_of(point: Point) -> Row:
    """Return the row of a point."""
    cells = [(mark.value, point.counts[mark - 1], point.share(point.counts[mark - 1])) for mark in ORDER]
    return Row(point, cells)


def bars(found: History, *, by_share: bool) -> list[dict[str, object]]:
    """Return the data of the chart: the label and the five values of each bar.

    A month that is not worked out for all has a star and no bar: a low one would look like fewer troubles.
    """
    last = len(found.points) - 1
    return [
        {
            "label": _("auj.")
            if place == last
            else f"{format_date(point.day, 'N Y')}{'*' if point.missing else ''}",
            "counts": _values(point, by_share),
        }
        for place, point in enumerate(found.points)
    ]


def _values(point: Point, by_share: bool) -> list[float]:
    if point.missing:
        return [0 for _number in point.counts]
    return [round(point.share(number) or 0, 1) for number in point.counts] if by_share else list(point.counts)


def flags(found: History) -> list[dict[str, object]]:
    """Return where on the axis the campaigns stand, 0 for the first bar, each by its number in the list below."""
    days = [point.day for point in found.points]
    return [
        {"at": round(_place(days, one.point.day), 3), "label": str(number)}
        for number, one in enumerate(found.diagnoses, start=1)
    ]


def _place(days: Sequence[dt.date], day: dt.date) -> float:
    """Return where a day stands between the days of the bars.

    >>> _place([dt.date(2026, 1, 31), dt.date(2026, 2, 28)], dt.date(2026, 2, 14))
    0.5
    """
    after = bisect.bisect_left(days, day)
    if after == 0 or after == len(days):
        return min(after, len(days) - 1)
    before = days[after - 1]
    return after - 1 + (day - before).days / (days[after] - before).days


def numbered(found: History) -> list[tuple[int, Diagnosis, Row]]:
    """Return the campaigns with their numbers, the latest first."""
    rows = [(number, one, row_of(one.point)) for number, one in enumerate(found.diagnoses, start=1)]
    return rows[::-1]
