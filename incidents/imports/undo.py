"""Undo an import of facts: those it recorded, and what it took over into others."""

import pgtrigger
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from incidents.changes import records_changed
from incidents.models import Incident
from sites.imports.undo.plan import (
    CHANGED,
    REMOVED,
    RESTORED,
    USED,
    Undoing,
    overwritten,
    referred_to,
    remove,
    restore,
)

_FACT, _HISTORY, _UNPLACED = "incidents_incident", "incidents_incident_history", "incidents_unplacedfact"

# What waited comes back, unless its fact is recorded and stays, or a later file has replaced it as well.
_PLAN = f"""
WITH facts AS MATERIALIZED (
    SELECT i.id, CASE WHEN i.changed_at IS NOT NULL OR i.cancelled_at IS NOT NULL THEN '{CHANGED}'
        WHEN {referred_to(Incident, "i", _HISTORY, _UNPLACED)} THEN '{USED}' ELSE '{REMOVED}' END AS fate
    FROM incidents_incident i WHERE i.import_run_id = %(run)s
),
leaving AS (SELECT id FROM facts WHERE fate = '{REMOVED}'),
closed AS ({overwritten(_UNPLACED)} AND c.after -> 'replaced_by_id' IS NULL)
SELECT '{_FACT}' AS table_name, id AS object_id, fate FROM facts
UNION ALL
SELECT '{_UNPLACED}', u.id, '{REMOVED}' FROM incidents_unplacedfact u WHERE u.import_run_id = %(run)s
UNION ALL {overwritten(_FACT)}
UNION ALL
SELECT c.table_name, c.object_id,
    CASE WHEN u.incident_id IS NULL OR u.incident_id IN (SELECT id FROM leaving) THEN c.fate ELSE '{CHANGED}' END
FROM closed c JOIN incidents_unplacedfact u ON u.id = c.object_id
UNION ALL
SELECT '{_UNPLACED}', u.id,
    CASE WHEN r.incident_id IS NULL OR r.incident_id IN (SELECT id FROM leaving) THEN '{RESTORED}' ELSE '{CHANGED}' END
FROM incidents_unplacedfact u JOIN incidents_unplacedfact r ON r.id = u.replaced_by_id
WHERE r.import_run_id = %(run)s AND r.replaced_by_id IS NULL
"""
_CREATED = f"""
SELECT '{_FACT}', id FROM {_FACT} WHERE import_run_id = %(run)s
UNION ALL SELECT '{_UNPLACED}', id FROM {_UNPLACED} WHERE import_run_id = %(run)s
UNION ALL
SELECT '{_UNPLACED}', u.id FROM {_UNPLACED} u JOIN {_UNPLACED} r ON r.id = u.replaced_by_id WHERE r.import_run_id = %(run)s
"""
# What a row that goes had replaced waits again, or is replaced by what has replaced that row since.
_PASS_ON = f"""
UPDATE {_UNPLACED} u SET replaced_by_id = r.replaced_by_id,
    settled_at = CASE WHEN back.fate = '{RESTORED}' THEN NULL ELSE u.settled_at END,
    settled_by_id = CASE WHEN back.fate = '{RESTORED}' THEN NULL ELSE u.settled_by_id END
FROM {_UNPLACED} r
    JOIN undo_plan p ON p.table_name = '{_UNPLACED}' AND p.fate = '{REMOVED}' AND p.object_id = r.id
    JOIN {_UNPLACED} replaced ON replaced.replaced_by_id = r.id
    LEFT JOIN undo_plan back ON back.table_name = '{_UNPLACED}' AND back.object_id = replaced.id
WHERE u.id = replaced.id
"""
# A record that is again as before has no history of the import either: the journal tells of both.
_FORGET_CHANGES = """
DELETE FROM {history} h USING sites_importchange c, undo_plan p
WHERE c.run_id = %(run)s AND c.table_name = '{history}' AND h.pgh_id = c.object_id
    AND p.table_name = '{table}' AND p.fate = 'restored' AND p.object_id = h.pgh_obj_id
"""
_FORGET_REMOVED = """
DELETE FROM {history} h USING undo_plan p
WHERE p.table_name = '{table}' AND p.fate = 'removed' AND p.object_id = h.pgh_obj_id
"""
_CONCERNED = """
SELECT DISTINCT i.residence_id FROM undo_plan p JOIN incidents_incident i ON i.id = p.object_id
WHERE p.table_name = 'incidents_incident'
"""


def _carry_out(cursor: CursorWrapper, run_id: int) -> None:
    concerned = _residences(cursor)
    cursor.execute(_PASS_ON)
    remove(cursor, _UNPLACED)
    restore(cursor, _UNPLACED, run_id)
    remove(cursor, _FACT)
    restore_unnoted(cursor, Incident, run_id)
    records_changed(sorted(concerned | _residences(cursor)))


def restore_unnoted(cursor: CursorWrapper, model: type[Model], run_id: int) -> None:
    """Write back what the import overwrote in records, and delete the history that this and the import added."""
    table = model._meta.db_table
    with pgtrigger.ignore(f"{model._meta.label}:update_update"):
        restore(cursor, table, run_id)
    for statement in (_FORGET_CHANGES, _FORGET_REMOVED):
        cursor.execute(statement.format(table=table, history=f"{table}_history"), {"run": run_id})


def _residences(cursor: CursorWrapper) -> set[int]:
    """Return the residences of the facts of the plan that exist: a fact may be moved by its restoration."""
    cursor.execute(_CONCERNED)
    return {pk for (pk,) in cursor.fetchall()}


FACTS = Undoing(_PLAN, _carry_out, {_FACT: _("faits"), _UNPLACED: _("faits à placer")}, _CREATED)
