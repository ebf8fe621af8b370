"""Undo an import of facts: those it recorded, and what it took over into others."""

import pgtrigger
from django.db.backends.utils import CursorWrapper
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
_KEPT = "incidents.Incident:update_update"

_PLAN = f"""
SELECT '{_FACT}' AS table_name, i.id AS object_id,
    CASE WHEN i.changed_at IS NOT NULL OR i.cancelled_at IS NOT NULL THEN '{CHANGED}'
        WHEN {referred_to(Incident, "i", _HISTORY, _UNPLACED)} THEN '{USED}' ELSE '{REMOVED}' END AS fate
FROM incidents_incident i WHERE i.import_run_id = %(run)s
UNION ALL
SELECT '{_UNPLACED}', u.id, '{REMOVED}' FROM incidents_unplacedfact u WHERE u.import_run_id = %(run)s
UNION ALL {overwritten(_FACT)}
UNION ALL {overwritten(_UNPLACED)}
"""
_CREATED = f"""
SELECT '{_FACT}', id FROM {_FACT} WHERE import_run_id = %(run)s
UNION ALL SELECT '{_UNPLACED}', id FROM {_UNPLACED} WHERE import_run_id = %(run)s
"""
# A fact that is again as before has no history of the import either: the journal tells of both.
_FORGET_CHANGES = f"""
DELETE FROM {_HISTORY} h USING sites_importchange c, undo_plan p
WHERE c.run_id = %(run)s AND c.table_name = '{_HISTORY}' AND h.pgh_id = c.object_id
    AND p.table_name = '{_FACT}' AND p.fate = '{RESTORED}' AND p.object_id = h.pgh_obj_id
"""
_FORGET_REMOVED = f"""
DELETE FROM {_HISTORY} h USING undo_plan p
WHERE p.table_name = '{_FACT}' AND p.fate = '{REMOVED}' AND p.object_id = h.pgh_obj_id
"""
_CONCERNED = """
SELECT DISTINCT i.residence_id FROM undo_plan p JOIN incidents_incident i ON i.id = p.object_id
WHERE p.table_name = 'incidents_incident'
"""


def _carry_out(cursor: CursorWrapper, run_id: int) -> None:
    concerned = _residences(cursor)
    remove(cursor, _UNPLACED)
    restore(cursor, _UNPLACED, run_id)
    remove(cursor, _FACT)
    with pgtrigger.ignore(_KEPT):
        restore(cursor, _FACT, run_id)
    for statement in (_FORGET_CHANGES, _FORGET_REMOVED):
        cursor.execute(statement, {"run": run_id})
    records_changed(sorted(concerned | _residences(cursor)))


def _residences(cursor: CursorWrapper) -> set[int]:
    """Return the residences of the facts of the plan that exist: a fact may be moved by its restoration."""
    cursor.execute(_CONCERNED)
    return {pk for (pk,) in cursor.fetchall()}


FACTS = Undoing(_PLAN, _carry_out, {_FACT: _("faits"), _UNPLACED: _("faits à placer")}, _CREATED)
