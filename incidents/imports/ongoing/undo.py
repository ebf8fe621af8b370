"""Undo an import of disruptions or standing observations: what it recorded, and what it took over into others."""

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from incidents.changes import records_changed
from incidents.imports.undo import restore_unnoted
from incidents.models import Disruption, StandingObservation
from sites.imports.undo.plan import CHANGED, REMOVED, USED, Undoing, overwritten, referred_to, remove

_DISRUPTION, _OBSERVATION = "incidents_disruption", "incidents_standingobservation"
_CONFIRMATION = "incidents_confirmation"

_OF_DISRUPTIONS = f"""
SELECT '{_DISRUPTION}' AS table_name, d.id AS object_id,
    CASE WHEN to_jsonb(d) || c.after <> to_jsonb(d) THEN '{CHANGED}'
        WHEN {referred_to(Disruption, "d", f"{_DISRUPTION}_history")} THEN '{USED}' ELSE '{REMOVED}' END AS fate
FROM sites_importchange c JOIN {_DISRUPTION} d ON d.id = c.object_id
WHERE c.run_id = %(run)s AND c.table_name = '{_DISRUPTION}' AND c.before IS NULL
UNION ALL {overwritten(_DISRUPTION)}
"""
# An observation that somebody confirmed since is in use; it keeps the confirmation with which it was recorded.
_OF_OBSERVATIONS = f"""
WITH confirmations AS MATERIALIZED (
    SELECT k.id, k.observation_id FROM sites_importchange c JOIN {_CONFIRMATION} k ON k.id = c.object_id
    WHERE c.run_id = %(run)s AND c.table_name = '{_CONFIRMATION}' AND c.before IS NULL
),
observations AS MATERIALIZED (
    SELECT o.id, CASE
        WHEN to_jsonb(o) || c.after <> to_jsonb(o) THEN '{CHANGED}'
        WHEN EXISTS (
            SELECT 1 FROM {_CONFIRMATION} k
            WHERE k.observation_id = o.id AND k.id NOT IN (SELECT id FROM confirmations)
        ) OR {referred_to(StandingObservation, "o", _CONFIRMATION, f"{_OBSERVATION}_history")} THEN '{USED}'
        ELSE '{REMOVED}' END AS fate
    FROM sites_importchange c JOIN {_OBSERVATION} o ON o.id = c.object_id
    WHERE c.run_id = %(run)s AND c.table_name = '{_OBSERVATION}' AND c.before IS NULL
)
SELECT '{_OBSERVATION}' AS table_name, id AS object_id, fate FROM observations
UNION ALL
SELECT '{_CONFIRMATION}', k.id, CASE WHEN coalesce(o.fate, '{REMOVED}') = '{REMOVED}' THEN '{REMOVED}' ELSE '{USED}' END
FROM confirmations k LEFT JOIN observations o ON o.id = k.observation_id
UNION ALL {overwritten(_OBSERVATION)}
"""


def _undo_disruptions(cursor: CursorWrapper, run_id: int) -> None:
    concerned = _residences(cursor, _DISRUPTION)
    remove(cursor, _DISRUPTION)
    restore_unnoted(cursor, Disruption, run_id)
    records_changed(sorted(concerned | _residences(cursor, _DISRUPTION)))


def _undo_observations(cursor: CursorWrapper, run_id: int) -> None:
    concerned = _residences(cursor, _OBSERVATION) | _confirmed(cursor)
    remove(cursor, _CONFIRMATION)
    remove(cursor, _OBSERVATION)
    restore_unnoted(cursor, StandingObservation, run_id)
    records_changed(sorted(concerned | _residences(cursor, _OBSERVATION)))


def _residences(cursor: CursorWrapper, table: str) -> set[int]:
    """Return the residences of the records of the plan that exist: a record may be moved by its restoration."""
    cursor.execute(
        f"SELECT DISTINCT x.residence_id FROM undo_plan p JOIN {table} x ON x.id = p.object_id"
        " WHERE p.table_name = %s",
        [table],
    )
    return {pk for (pk,) in cursor.fetchall()}


def _confirmed(cursor: CursorWrapper) -> set[int]:
    """Return the residences of the observations whose confirmations are in the plan."""
    cursor.execute(
        f"SELECT DISTINCT o.residence_id FROM undo_plan p JOIN {_CONFIRMATION} k ON k.id = p.object_id"
        f" JOIN {_OBSERVATION} o ON o.id = k.observation_id WHERE p.table_name = '{_CONFIRMATION}'"
    )
    return {pk for (pk,) in cursor.fetchall()}


DISRUPTIONS = Undoing(_OF_DISRUPTIONS, _undo_disruptions, {_DISRUPTION: _("perturbations")})
OBSERVATIONS = Undoing(
    _OF_OBSERVATIONS,
    _undo_observations,
    {_OBSERVATION: _("constats permanents"), _CONFIRMATION: _("confirmations")},
)
