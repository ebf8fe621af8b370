"""Run an import of facts: copy the rows to a staging table, match their places and insert them as sets."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from core.earth import METRES_OF_A_DEGREE, narrowing
from core.plans import joining_sets
from incidents.changes import records_changed
from sites.enums import Outcome
from sites.imports.profiles import Profile
from sites.imports.run import Run

from .rows import RowReader, Staged

_HERE = Path(__file__).resolve().parent
_STAGING = (_HERE / "staging.sql").read_text(encoding="utf-8")
_MATCHING = (_HERE / "matching.sql").read_text(encoding="utf-8").split("----\n")
_READING, _MATCHED = 0.5, 0.8
_OUTCOMES = {
    "by_reference": Outcome.IMPORTED,
    "by_address": Outcome.IMPORTED,
    "by_distance": Outcome.IMPORTED,
    "already_recorded": Outcome.UNCHANGED,
    "duplicate_in_file": Outcome.MERGED,
}
_INSERT = """
INSERT INTO incidents_incident (landlord_id, commune_id, residence_id, address_id, fact_type_id, day, span_end,
    "time", place_kind, source, complaint_filed, complaint_reference, damage_cost, reported_by_id, import_run_id,
    external_source, external_id, created_at, cancel_reason)
SELECT landlord_id, commune_id, residence_id, address_id, fact_type_id, day, span_end,
    "time", place_kind, source, complaint_filed, complaint_reference, damage_cost, %(author)s, %(run)s,
    %(source)s, external_id, now(), ''
FROM import_staging WHERE reason IS NULL
ORDER BY residence_id, fact_type_id, address_id, day
"""


def required(profile: Profile) -> tuple[str, ...]:
    """Return the fields that a row must have to be a fact."""
    return ("type", "month" if "month" in profile.columns else "day")


def run(task: Run) -> None:
    """Settle every row of the file and put it in the report; record the facts unless it is a preview.

    Levels are evaluated in the same transaction, once for all residences concerned.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STAGING)
        _stage(task, cursor)
        task.tell(_READING)
        params = _parameters(task, cursor)
        with joining_sets():
            for statement in _MATCHING:
                cursor.execute(statement, params)
        task.tell(_MATCHED)
        if task.writes:
            cursor.execute(_INSERT, params)
        cursor.execute("SELECT DISTINCT residence_id FROM import_staging WHERE reason IS NULL ORDER BY 1")
        residences = [row[0] for row in cursor.fetchall()]
    _report(task)
    if residences and task.writes:
        records_changed(residences)


def _stage(task: Run, cursor: Any) -> None:
    values_of = task.profile.bind(task.table.header, required(task.profile))
    width = len(task.table.header)
    reader = RowReader(task.profile)
    with cursor.copy(f"COPY import_staging ({_quoted(Staged._fields)}) FROM STDIN") as copy:
        for done, row in enumerate(task.table.rows, 1):
            if len(row.cells) < width or any(row.cells[width:]):
                copy.write_row(Staged(row.number, " ".join(row.cells)[:200], "wrong_columns"))
            else:
                copy.write_row(reader.read(row.number, values_of(row.cells)))
            task.tell_rows(done, _READING)
    cursor.execute("ANALYZE import_staging")


def _parameters(task: Run, cursor: Any) -> dict[str, Any]:
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
        "source": task.profile.tables["source"],
        "landlord": task.organisation.pk if task.organisation else None,
        "author": task.record.created_by_id,
        "run": task.record.pk,
        "radius": radius,
        "nearest_decides": task.profile.options.get("nearest") == "place",
        "cell_lat": cell_lat,
        "cell_lon": cell_lon,
        "west": west - cell_lon,
        "east": east + cell_lon,
        "south": south - cell_lat,
        "north": north + cell_lat,
    }


def _report(task: Run) -> None:
    with connection.connection.cursor(name="import_report") as cursor:
        cursor.execute(
            "SELECT line, coalesce(reason, matched), remarks, subject, proposal FROM import_staging ORDER BY line"
        )
        for line, reason, remarks, subject, proposal in cursor:
            outcome = _OUTCOMES.get(reason, Outcome.REJECTED)
            task.report.add(line, outcome, reason, remarks=remarks, subject=subject, proposal=proposal)


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)
