"""Tell the time zone of a place by its department."""

from functools import cache
from zoneinfo import ZoneInfo

_MAINLAND = "Europe/Paris"
# The overseas departments and territories, by the first three figures of their communes' codes (INSEE, code
# officiel géographique); the names are those of the IANA time-zone database.
_OVERSEAS = {
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
    return ZoneInfo(_OVERSEAS.get(department, _MAINLAND))
