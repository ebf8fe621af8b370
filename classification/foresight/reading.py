"""Read the days with facts of a landlord's residences, by type, as the rules of the watch list look at them.

A day counts once for a type at a residence, as in the method; facts of unknown day are left out. What was recorded
at places that are closed is left out too.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from classification.models import Signal
from sites.models import Residence

# The last quarter, and the year before it that recording is compared with.
QUARTER = 91
LOOKED_BACK = 364 + QUARTER


@dataclass(frozen=True, slots=True)
class Series:
    """The days with facts of one type at one residence, as days before the day looked back from: 0 is that day, oldest first."""

    residence_id: int
    fact_type_id: int
    ago: Any

    def between(self, first: int, last: int) -> int:
        """Return on how many days there was such a fact, from ``first`` to ``last`` days ago, both included.

        >>> import numpy as np
        >>> Series(1, 1, np.array([27, 8, 7, 0])).between(0, 7)
        2
        """
        return int(((self.ago >= first) & (self.ago <= last)).sum())


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a landlord recorded up to a day: the series, and the points in degrees of its open residences."""

    as_of: dt.date
    series: list[Series]
    places: dict[int, tuple[int, float | None, float | None]] = field(default_factory=dict)
    silent: frozenset[int] = frozenset()

    @property
    def heard_for(self) -> int:
        """For how many days, within what is looked back at, the landlord has recorded facts."""
        return max((int(one.ago.max()) for one in self.series), default=0)


def recorded_by(landlord_id: int, as_of: dt.date) -> Recorded:
    """Return what a landlord recorded in the last :data:`LOOKED_BACK` days; call it in the scope of the evaluation."""
    params: dict[str, dt.date | int] = {"landlord": landlord_id, "as_of": as_of, "back": LOOKED_BACK}
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, params)
        rows = cursor.fetchall()
        places = {row[0]: (row[1], row[2], row[3]) for row in rows}
        cursor.execute(_SERIES, params)
        series = [Series(row[0], row[1], np.array(row[2])) for row in cursor.fetchall() if row[0] in places]
    return Recorded(as_of, series, places, frozenset(row[0] for row in rows if row[4]))


def signals_of(residence: Residence) -> QuerySet[Signal]:
    """Return the reasons to watch a residence; none for who is not shown them."""
    return Signal.objects.filter(residence=residence).select_related("fact_type")


_PLACES = """
SELECT residence_id, commune_id, longitude, latitude, silent FROM classification_sitelevel
WHERE landlord_id = %(landlord)s AND address_id IS NULL
"""
_SERIES = """
SELECT i.residence_id, i.fact_type_id, array_agg(DISTINCT %(as_of)s::date - i.day ORDER BY %(as_of)s::date - i.day DESC)
FROM incidents_incident i
WHERE i.landlord_id = %(landlord)s AND i.span_end IS NULL AND i.cancelled_at IS NULL
    AND i.day > %(as_of)s::date - %(back)s AND i.day <= %(as_of)s::date
    AND (i.address_id IS NULL OR i.address_id NOT IN (
        SELECT a.id FROM sites_address a WHERE a.landlord_id = %(landlord)s AND a.closed_on <= %(as_of)s::date))
GROUP BY 1, 2
"""
