"""Read how far an open campaign is: what was decided by whom, and how complete the recording is."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from accounts.models import Organisation
from classification.decisions.reading import counting_parameters, counting_sql
from classification.models import Campaign
from core.order import in_french

_DAYS = 365
_SITES = """
    SELECT * FROM classification_campaignsite WHERE campaign_id = %(campaign)s
        AND (landlord_id, commune_id) IN (
            SELECT s.landlord_id, s.commune_id FROM palier_sharing() s WHERE s.territory_id = %(territory)s)
"""
STANDING = f"""
WITH sites AS MATERIALIZED ({_SITES}), decided AS MATERIALIZED ({counting_sql("SELECT * FROM sites")})
SELECT s.landlord_id, s.residence_id, s.level, d.retained, s.silent, s.last_day,
    (n.level, n.silent) IS DISTINCT FROM (s.level, s.silent) AS moved, n.id IS NULL AS closed
FROM sites s
LEFT JOIN classification_sitelevel n ON n.residence_id = s.residence_id AND n.address_id IS NULL
LEFT JOIN decided d ON d.residence_id = s.residence_id
"""
_BY_LANDLORD = f"""
SELECT landlord_id, count(*) AS total, count(retained) AS decided,
    count(*) FILTER (WHERE retained IS NULL AND moved) AS moved, count(*) FILTER (WHERE silent) AS silent, max(last_day) AS last_day
FROM ({STANDING}) standing GROUP BY landlord_id
"""
_RECORDED = f"""
SELECT landlord_id, sum(dwellings), sum(facts) FROM (
    SELECT r.landlord_id, r.dwellings, (
        SELECT count(*) FROM incidents_incident i
        WHERE i.residence_id = r.id AND i.cancelled_at IS NULL
            AND i.day > %(as_of)s::date - {_DAYS} AND i.day <= %(as_of)s::date) AS facts
    FROM sites_residence r WHERE r.id IN (SELECT residence_id FROM ({_SITES}) s)
) counted GROUP BY landlord_id
"""


class Standing(NamedTuple):
    """A site of an open campaign: the level proposed for its day, and the one retained, None where nobody has decided.

    ``moved`` says that its level today is another one, about which a decision would not count for that day; ``closed``
    that it has none any more, since its residence was closed after that day.
    """

    landlord_id: int
    residence_id: int
    level: int
    retained: int | None
    silent: bool
    last_day: dt.date | None
    moved: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a landlord is.

    Attributes:
        total: its sites.
        decided: those about which it decided.
        moved: those about whose level of that day it cannot decide any more, since it has moved.
        silent: those whose recording stopped.
        rate: the facts of a year for 100 dwellings; None without dwellings.
        quiet_days: the days since its last fact; None where none is known in the year.
    """

    landlord: str
    landlord_id: int
    total: int
    decided: int
    moved: int
    silent: int
    rate: float | None
    quiet_days: int | None

    @property
    def left(self) -> int:
        """How many sites it can decide about still."""
        return self.total - self.decided - self.moved

    @property
    def answered(self) -> bool:
        """True when it has decided about some site."""
        return self.decided > 0


def progress_of(campaign: Campaign) -> list[Progress]:
    """Return how far each landlord of an open campaign is, as far as the acting person sees, by name."""
    rates = {row[0]: (row[1], row[2]) for row in _rows(_RECORDED, campaign)}
    rows = _rows(_BY_LANDLORD, campaign)
    names = dict(Organisation.objects.filter(pk__in=[row[0] for row in rows]).values_list("pk", "name"))
    found = [
        Progress(
            names[landlord], landlord, total, decided, moved, silent, _rate(*rates.get(landlord, (0, 0))),
            (timezone.localdate() - last).days if last else None,
        )
        for landlord, total, decided, moved, silent, last in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: in_french(one.landlord))


def standing_of(campaign: Campaign) -> list[Standing]:
    """Return the sites of an open campaign that the acting person sees."""
    return [Standing(*row) for row in _rows(STANDING, campaign)]


def _rate(dwellings: int, facts: int) -> float | None:
    return round(100 * int(facts) / int(dwellings), 1) if dwellings else None


def _rows(sql: str, campaign: Campaign) -> list[Any]:
    params = {
        "campaign": campaign.pk,
        "territory": campaign.territory_id,
        **counting_parameters(campaign.as_of),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
