"""Tell the time zone of a place by its department, and the current day there."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo

from django.db.models import Case, DateField, Value, When
from django.utils import timezone

_MAINLAND = "Europe/Paris"
# The overseas departments and territories, by the first three figures of their communes' codes (INSEE, code
# officiel géographique); the names are those of the IANA time-zone database.
OVERSEAS: Mapping[str, str] = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


@cache
def zone_of(department: str) -> ZoneInfo:
    """Return the zone of a department (:attr:`sites.models.Commune.department`): its own overseas, else that of Paris."""
    return ZoneInfo(OVERSEAS.get(department, _MAINLAND))


def today_at(department: str) -> dt.date:
    """Return the current day in a department."""
    return timezone.localdate(timezone=zone_of(department))


def todays() -> dict[str, dt.date]:
    """Return name of a zone → the current day there, for all zones of France."""
    zones = {zone_of(department) for department in ("", *OVERSEAS)}
    return {zone.key: timezone.localdate(timezone=zone) for zone in zones}


def today_of(department: str) -> Case:
    """Return the current day in the department that a field names, as an expression.

    Args:
        department: the path of the field.
    """
    here = today_at("")
    elsewhere = {code: today_at(code) for code in OVERSEAS}
    cases = [When(**{department: code}, then=Value(day)) for code, day in elsewhere.items() if day != here]
    return Case(*cases, default=Value(here), output_field=DateField())
