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
    """Write the queued rows as facts to place; close those that a row with a certain place has just answered."""
    source = task.profile.tables["source"]
    cursor.execute(_CLOSE, {"source": source, "author": task.record.actor_id})
    cursor.execute("SELECT DISTINCT place_text FROM import_staging WHERE queued AND place_text <> ''")
    clean = [text for (text,) in cursor.fetchall() if quoted(text)]
    cursor.execute(_REPLACE, {"source": source})
    cursor.execute(_KEEP, {"source": source, "run": task.record.pk, "clean": clean, **_WAYS})


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
FROM import_communes c JOIN sites_address a ON a.commune_id = c.commune_id
WHERE c.within = ANY(%(said)s)
    AND (%(landlord)s::bigint IS NULL OR a.landlord_id = %(landlord)s)
ORDER BY a.id
"""
# A new row about a fact that still waits is the source's last word on it.
_REPLACE = """
DELETE FROM incidents_unplacedfact u USING import_staging s
WHERE s.queued AND s.external_id <> '' AND u.settled_at IS NULL
    AND u.external_source = %(source)s AND u.external_id = s.external_id AND u.landlord_id = s.landlord_id
"""
_CLOSE = """
UPDATE incidents_unplacedfact u SET settled_at = now(), settled_by_id = %(author)s
FROM import_staging s
WHERE s.reason IS NULL AND s.external_id <> '' AND u.settled_at IS NULL
    AND u.external_source = %(source)s AND u.external_id = s.external_id AND u.landlord_id = s.landlord_id
"""
_KEEP = """
INSERT INTO incidents_unplacedfact (landlord_id, fact_type_id, place_kind, day, span_end, "time", source,
    complaint_filed, complaint_reference, damage_cost, import_run_id, external_source, external_id, created_at,
    way, written, longitude, latitude, candidates, discard_reason)
SELECT landlord_id, fact_type_id, place_kind, day, span_end, "time", source, complaint_filed, complaint_reference,
    damage_cost, %(run)s, %(source)s, external_id, now(),
    CASE reason WHEN 'near_only' THEN %(near_only)s WHEN 'alike_only' THEN %(alike_only)s ELSE %(several_places)s END,
    CASE WHEN place_text = ANY(%(clean)s::text[]) THEN place_text ELSE '' END, longitude, latitude, candidates, ''
FROM import_staging WHERE queued ORDER BY line
"""
