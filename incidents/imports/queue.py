"""Queue the rows whose place is not certain, each with the addresses where it may be."""

import re
from collections import defaultdict
from typing import Any

from rapidfuzz import fuzz, process

from sites.imports.run import Run

from .rows import quoted

# How alike two streets are, 0 to 100, for one to be suggested for the other; and the most suggestions.
_ALIKE, _MOST = 84, 5
# A file with more streets nobody knows than this is no file about these places.
_MOST_STREETS = 5_000
_ITEM = re.compile(r"(\d+)[A-Z]*(?:([-:])(\d+)[A-Z]*)?")
_WAYS = {
    "near_only": "nearest",
    "several_places": "several",
    "unknown_unit": "several",
    "unclear_number": "several",
    "alike_only": "alike",
}


def suggest_alike(cursor: Any, landlord_id: int | None) -> None:
    """Suggest, for rows with an unknown address, the doors of the same number in streets of a similar name.

    Args:
        cursor: the cursor of the import, which holds the staged rows.
        landlord_id: the landlord whose addresses are suggested; None for all that are visible.
    """
    cursor.execute(_STRANGE, [_MOST_STREETS])
    strange = cursor.fetchall()
    if not strange:
        return
    streets = _streets(cursor, sorted({within for within, _street, _door in strange}), landlord_id)
    for within, street, door in strange:
        known = streets.get(within, {})
        alike = process.extract(
            street, list(known), scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE, limit=_MOST
        )
        found = [
            pk
            for name, _score, _place in alike
            if name != street
            for numbers, pk in known[name]
            if _covers(numbers, door)
        ]
        if found:
            cursor.execute(_SUGGEST, [found[:_MOST], within, street, door])


def keep_unplaced(task: Run, cursor: Any) -> None:
    """Write the queued rows as facts to place, and settle those that waited under their identifiers."""
    cursor.execute("SELECT DISTINCT place_text FROM import_staging WHERE queued AND place_text <> ''")
    clean = [text for (text,) in cursor.fetchall() if quoted(text)]
    cursor.execute(_KEEP, {**_who(task), "clean": clean, **_WAYS})
    cursor.execute(_REPLACE, _who(task))


def close_placed(task: Run, cursor: Any) -> None:
    """Settle the facts to place that the file has just recorded at a certain place; call it after their insertion."""
    for statement in (_CLOSE_NAMED, _CLOSE_ALIKE):
        cursor.execute(statement, _who(task))


def _who(task: Run) -> dict[str, Any]:
    source = task.profile.tables["source"]
    return {"source": source, "run": task.record.pk, "author": task.record.actor_id}


def _streets(
    cursor: Any, said: list[str], landlord_id: int | None
) -> dict[str, dict[str, list[tuple[str, int]]]]:
    """Return what rows say of their commune → street → the numbers and the id of each address there."""
    cursor.execute(_KNOWN, {"said": said, "landlord": landlord_id})
    streets: dict[str, dict[str, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
    for within, pk, key in cursor.fetchall():
        for part in key.split(" # ")[0].split(" / "):
            numbers, _space, street = part.partition(" ")
            streets[within][street].append((numbers, pk))
    return streets


def _covers(numbers: str, door: int) -> bool:
    """Say whether the numbers of an address ("12", "16-20,24", "16:21") hold a door."""
    for low, mark, high in (found.groups() for found in map(_ITEM.fullmatch, numbers.split(",")) if found):
        first, last = int(low), int(high or low)
        if first <= door <= last and (mark == ":" or (door - first) % 2 == 0):
            return True
    return False


_STRANGE = """
SELECT DISTINCT within, street, door FROM import_staging
WHERE reason IS NULL AND residence_id IS NULL AND candidates IS NULL AND door IS NOT NULL AND within <> ''
ORDER BY 1, 2, 3 LIMIT %s
"""
_SUGGEST = """
UPDATE import_staging SET candidates = %s, unplaced = 'alike_only'
WHERE reason IS NULL AND residence_id IS NULL AND candidates IS NULL
    AND within = %s AND street = %s AND door = %s
"""
_KNOWN = """
SELECT DISTINCT c.within, a.id, a.match_key
FROM import_communes c JOIN sites_address a ON a.commune_id = c.commune_id AND a.closed_on IS NULL
    JOIN sites_residence r ON r.id = a.residence_id AND r.closed_on IS NULL
WHERE c.within = ANY(%(said)s)
    AND (%(landlord)s::bigint IS NULL OR a.landlord_id = %(landlord)s)
ORDER BY a.id
"""
# A new row about a fact that still waits is the source's last word on it.
_REPLACE = """
UPDATE incidents_unplacedfact u SET settled_at = now(), settled_by_id = %(author)s, replaced_by_id = n.id
FROM incidents_unplacedfact n
WHERE n.import_run_id = %(run)s AND n.external_id <> '' AND u.settled_at IS NULL
    AND u.import_run_id IS DISTINCT FROM n.import_run_id
    AND u.external_source = n.external_source AND u.external_id = n.external_id AND u.landlord_id = n.landlord_id
"""
_CLOSE_NAMED = """
UPDATE incidents_unplacedfact u SET settled_at = now(), settled_by_id = %(author)s, incident_id = i.id
FROM incidents_incident i
WHERE i.import_run_id = %(run)s AND i.external_id <> '' AND u.settled_at IS NULL
    AND u.external_source = i.external_source AND u.external_id = i.external_id AND u.landlord_id = i.landlord_id
"""
# Without an identifier a row is what waits when it says the same, its place written alike (knowing.sql); the nth of
# those that are alike is the nth that waits. Of a fact whose place was not kept, the candidates must hold the address.
_CLOSE_ALIKE = """
WITH waiting AS MATERIALIZED (
    SELECT id, landlord_id, written, longitude, latitude, candidates, fact_type_id, day, span_end, "time", place_kind,
        row_number() OVER (
            PARTITION BY landlord_id, written, longitude, latitude, fact_type_id, day, span_end, "time", place_kind
            ORDER BY id
        ) AS nth
    FROM incidents_unplacedfact
    WHERE external_id = '' AND settled_at IS NULL
),
placed AS (
    SELECT landlord_id, residence_id, address_id, place_text, longitude, latitude, fact_type_id, day, span_end, "time",
        place_kind,
        row_number() OVER (
            PARTITION BY landlord_id, place_text, longitude, latitude, fact_type_id, day, span_end, "time", place_kind
            ORDER BY line
        ) AS nth,
        row_number() OVER (
            PARTITION BY residence_id, address_id, fact_type_id, day, span_end, "time", place_kind ORDER BY line
        ) AS twin
    FROM import_staging
    WHERE reason IS NULL AND external_id = '' AND (fact_type_id, day) IN (SELECT fact_type_id, day FROM waiting)
),
recorded AS (
    SELECT id, residence_id, address_id, fact_type_id, day, span_end, "time", place_kind, row_number() OVER (
        PARTITION BY residence_id, address_id, fact_type_id, day, span_end, "time", place_kind ORDER BY id
    ) AS twin
    FROM incidents_incident
    WHERE import_run_id = %(run)s AND external_id = '' AND (fact_type_id, day) IN (SELECT fact_type_id, day FROM waiting)
),
answered AS (
    SELECT DISTINCT ON (r.id) w.id, r.id AS incident_id
    FROM waiting w
    JOIN placed p ON p.landlord_id = w.landlord_id AND p.fact_type_id = w.fact_type_id AND p.day = w.day
        AND p.place_kind = w.place_kind AND p.nth = w.nth AND w.written IN (p.place_text, '')
        AND p.longitude IS NOT DISTINCT FROM w.longitude AND p.latitude IS NOT DISTINCT FROM w.latitude
        AND p.span_end IS NOT DISTINCT FROM w.span_end AND p."time" IS NOT DISTINCT FROM w."time"
        AND (w.written <> '' OR w.longitude IS NOT NULL OR p.address_id = ANY (w.candidates))
    JOIN recorded r ON r.residence_id = p.residence_id AND r.fact_type_id = p.fact_type_id AND r.day = p.day
        AND r.place_kind = p.place_kind AND r.twin = p.twin AND r.address_id IS NOT DISTINCT FROM p.address_id
        AND r.span_end IS NOT DISTINCT FROM p.span_end AND r."time" IS NOT DISTINCT FROM p."time"
    ORDER BY r.id, w.written DESC, w.id
)
UPDATE incidents_unplacedfact u SET settled_at = now(), settled_by_id = %(author)s, incident_id = a.incident_id
FROM answered a WHERE a.id = u.id
"""
_KEEP = """
INSERT INTO incidents_unplacedfact (landlord_id, fact_type_id, place_kind, day, span_end, "time", source,
    complaint_filed, complaint_reference, damage_cost, import_run_id, external_source, external_id, created_at,
    way, written, longitude, latitude, candidates, moment, moment_end, hour_told, discard_reason)
SELECT landlord_id, fact_type_id, place_kind, day, span_end, "time", source, complaint_filed, complaint_reference,
    damage_cost, %(run)s, %(source)s, external_id, now(),
    CASE reason WHEN 'near_only' THEN %(near_only)s WHEN 'alike_only' THEN %(alike_only)s ELSE %(several_places)s END,
    CASE WHEN place_text = ANY(%(clean)s::text[]) THEN place_text ELSE '' END, longitude, latitude, candidates,
    moment, moment_end, coalesce(hour_told, false), ''
FROM import_staging WHERE queued ORDER BY line
"""
