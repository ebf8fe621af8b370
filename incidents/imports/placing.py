"""Stage the rows of a file of records and find their places, whatever the records are."""

from pathlib import Path
from typing import Any

from django.conf import settings

from core.earth import METRES_OF_A_DEGREE, narrowing
from incidents.facts.services import ENTERED
from sites.imports.run import Run

from .communes import settle_communes

_HERE = Path(__file__).resolve().parent
STAGING = (_HERE / "staging.sql").read_text(encoding="utf-8")
# The columns of the address that a file's row may be placed at, beside the texts and identifiers that it is known by.
_OF_PLACE, _KNOWN_BY = ("id", "residence_id", "landlord_id", "commune_id", "longitude", "latitude"), (
    "match_key", "rnb_id", "ban_key",
)  # fmt: skip
_OPEN = "closed_on IS NULL AND {of}residence_id NOT IN (SELECT id FROM sites_residence WHERE closed_on IS NOT NULL)"
_ADDRESSES = f"""(
    SELECT {", ".join((*_OF_PLACE, *_KNOWN_BY))} FROM sites_address WHERE {_OPEN.format(of="")}
    UNION ALL
    SELECT {", ".join([*(f"survivor.{name}" for name in _OF_PLACE), *(f"merged.{name}" for name in _KNOWN_BY)])}
    FROM sites_address merged JOIN sites_address survivor ON survivor.id = merged.merged_into_id
    WHERE merged.closed_on IS NOT NULL AND survivor.{_OPEN.format(of="survivor.")}
)"""
_MATCHING = (
    (_HERE / "matching.sql").read_text(encoding="utf-8").replace("{addresses}", _ADDRESSES).split("----\n")
)


def parameters(task: Run, cursor: Any) -> dict[str, Any]:
    """Return what the statements of matching need to know of the file and of who imports it."""
    radius = task.profile.options.get("radius", settings.INCIDENT_MATCH_RADIUS_M)
    cursor.execute(
        "SELECT min(longitude), max(longitude), min(latitude), max(latitude) FROM import_staging"
        " WHERE reason IS NULL"
    )
    west, east, south, north = (value or 0.0 for value in cursor.fetchone())
    # Cells are at least as wide as the radius, even at the latitude where a degree of longitude is shortest.
    cell_lat = radius / METRES_OF_A_DEGREE
    cell_lon = cell_lat / narrowing(min(89.0, max(abs(south), abs(north)) + cell_lat))
    return {
        "source": task.profile.tables.get("source", ""),
        "entered": list(ENTERED),
        "landlord": task.organisation.pk if task.organisation else None,
        "radius": radius,
        "nearest_decides": task.profile.options.get("nearest") == "place",
        "cell_lat": cell_lat,
        "cell_lon": cell_lon,
        "west": west - cell_lon,
        "east": east + cell_lon,
        "south": south - cell_lat,
        "north": north + cell_lat,
    }


def match_places(cursor: Any, params: dict[str, Any]) -> None:
    """Give each staged row the residence and the address that it names, where one alone can be meant."""
    by_reference, *by_address = _MATCHING
    cursor.execute(by_reference, params)
    settle_communes(cursor)
    for statement in by_address:
        cursor.execute(statement, params)
