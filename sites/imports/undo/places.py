"""Undo an import of stock: its residences, their other references, its addresses and landlords."""

from django.db import IntegrityError, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _

from sites.changes import places_changed
from sites.models import Address, Residence

from .plan import (
    CHANGED,
    REMOVED,
    RESTORED,
    USED,
    WRITTEN,
    Undoing,
    overwritten,
    referred_to,
    remove,
    restore,
)

_ADDRESS, _RESIDENCE, _ALIAS = "sites_address", "sites_residence", "sites_residencealias"
_LANDLORD = "accounts_organisation"

# Work that follows every import by itself, the geocoding, is no change by anybody.
_UNCHANGED_ADDRESS = f"""a.geocoding <> 'placed' AND to_jsonb(a)
    || ({WRITTEN} - '{{longitude,latitude,geocoding,geocoding_score}}'::text[]) = to_jsonb(a)"""

# An address that the import moved goes back to where it was, unless that is gone or has such an address again.
_MAY_GO_BACK = f"""to_jsonb(a) || {WRITTEN} = to_jsonb(a) AND (
    NOT c.before ? 'residence_id' OR (
        EXISTS (SELECT 1 FROM sites_residence r WHERE r.id = (c.before ->> 'residence_id')::bigint)
        AND NOT EXISTS (
            SELECT 1 FROM sites_address o
            WHERE o.residence_id = (c.before ->> 'residence_id')::bigint AND o.match_key = a.match_key
        )
    )
)"""

_LEAVING = "SELECT id FROM overwritten WHERE moves"

# A residence that stays keeps all its addresses; one address that stays keeps its residence, and so the others.
_PLAN = f"""
WITH addresses AS MATERIALIZED (
    SELECT a.id, a.residence_id, {referred_to(Address, "a")} AS used, NOT ({_UNCHANGED_ADDRESS}) AS changed
    FROM sites_importchange c JOIN sites_address a ON a.id = c.object_id
    WHERE c.run_id = %(run)s AND c.table_name = '{_ADDRESS}' AND c.before IS NULL
),
overwritten AS MATERIALIZED (
    SELECT a.id, {_MAY_GO_BACK} AS goes_back, {_MAY_GO_BACK} AND c.before ? 'residence_id' AS moves
    FROM sites_importchange c JOIN sites_address a ON a.id = c.object_id
    WHERE c.run_id = %(run)s AND c.table_name = '{_ADDRESS}' AND c.before IS NOT NULL
),
aliases AS MATERIALIZED (
    SELECT x.id, x.residence_id FROM sites_importchange c JOIN sites_residencealias x ON x.id = c.object_id
    WHERE c.run_id = %(run)s AND c.table_name = '{_ALIAS}' AND c.before IS NULL
),
residences AS MATERIALIZED (
    SELECT r.id, r.landlord_id, to_jsonb(r) || {WRITTEN} <> to_jsonb(r) AS changed,
        {referred_to(Residence, "r", _ADDRESS, _ALIAS, leaving=_LEAVING)}
        OR EXISTS (SELECT 1 FROM addresses a WHERE a.residence_id = r.id AND (a.used OR a.changed))
        OR EXISTS (
            SELECT 1 FROM sites_address o WHERE o.residence_id = r.id
            AND o.id NOT IN (SELECT id FROM addresses UNION ALL {_LEAVING})
        )
        OR EXISTS (
            SELECT 1 FROM sites_residencealias x WHERE x.residence_id = r.id AND x.id NOT IN (SELECT id FROM aliases)
        )
        AS used
    FROM sites_importchange c JOIN sites_residence r ON r.id = c.object_id
    WHERE c.run_id = %(run)s AND c.table_name = '{_RESIDENCE}' AND c.before IS NULL
)
SELECT '{_ADDRESS}' AS table_name, a.id AS object_id, CASE
    WHEN a.changed THEN '{CHANGED}'
    WHEN a.used OR coalesce(r.used OR r.changed, false) THEN '{USED}'
    ELSE '{REMOVED}' END AS fate
FROM addresses a LEFT JOIN residences r ON r.id = a.residence_id
UNION ALL
SELECT '{_RESIDENCE}', r.id, CASE WHEN r.changed THEN '{CHANGED}' WHEN r.used THEN '{USED}' ELSE '{REMOVED}' END
FROM residences r
UNION ALL
SELECT '{_ALIAS}', x.id, '{REMOVED}' FROM aliases x
UNION ALL
SELECT '{_LANDLORD}', o.id, CASE
    WHEN to_jsonb(o) || c.after <> to_jsonb(o) THEN '{CHANGED}'
    WHEN EXISTS (
        SELECT 1 FROM sites_residence r WHERE r.landlord_id = o.id AND r.id NOT IN (
            SELECT id FROM residences WHERE NOT (changed OR used)
        )
    ) THEN '{USED}'
    ELSE '{REMOVED}' END
FROM sites_importchange c JOIN accounts_organisation o ON o.id = c.object_id
WHERE c.run_id = %(run)s AND c.table_name = '{_LANDLORD}' AND c.before IS NULL
UNION ALL
SELECT '{_ADDRESS}', o.id, CASE WHEN o.goes_back THEN '{RESTORED}' ELSE '{CHANGED}' END FROM overwritten o
UNION ALL {overwritten(_RESIDENCE, WRITTEN)}
UNION ALL {overwritten(_LANDLORD)}
"""

_CONCERNED = f"""
SELECT object_id FROM undo_plan WHERE table_name = '{_RESIDENCE}'
UNION
SELECT a.residence_id FROM undo_plan p JOIN sites_address a ON a.id = p.object_id WHERE p.table_name = '{_ADDRESS}'
UNION
SELECT (c.before ->> 'residence_id')::bigint
FROM undo_plan p JOIN sites_importchange c USING (table_name, object_id)
WHERE c.run_id = %(run)s AND p.table_name = '{_ADDRESS}' AND p.fate = '{RESTORED}' AND c.before ? 'residence_id'
"""
# A residence whose own values stay, for they changed since, still loses the dwellings of the addresses that go.
_RECOUNT = f"""
UPDATE sites_residence r SET dwellings = (
    SELECT coalesce(sum(a.dwellings), 0) FROM sites_address a WHERE a.residence_id = r.id
)
FROM undo_plan p
WHERE p.table_name = '{_RESIDENCE}' AND p.fate = '{CHANGED}' AND r.id = p.object_id AND r.id = ANY(%s::bigint[])
"""
_LOSING = f"""
SELECT DISTINCT a.residence_id FROM undo_plan p JOIN sites_address a ON a.id = p.object_id
WHERE p.table_name = '{_ADDRESS}' AND p.fate = '{REMOVED}'
"""


def _carry_out(cursor: CursorWrapper, run_id: int) -> None:
    concerned, losing = _ids(cursor, _CONCERNED, run_id), _ids(cursor, _LOSING, run_id)
    remove(cursor, _ALIAS)
    remove(cursor, _ADDRESS)
    restore(cursor, _ADDRESS, run_id)
    remove(cursor, _RESIDENCE)
    restore(cursor, _RESIDENCE, run_id)
    cursor.execute(_RECOUNT, [losing])
    _remove_landlords(cursor)
    restore(cursor, _LANDLORD, run_id)
    places_changed(concerned)


def _ids(cursor: CursorWrapper, query: str, run_id: int) -> list[int]:
    cursor.execute(query, {"run": run_id})
    return sorted(pk for (pk,) in cursor.fetchall())


def _remove_landlords(cursor: CursorWrapper) -> None:
    """Delete the landlords that the import created, except those that rows out of this scope refer to."""
    cursor.execute(
        "SELECT object_id FROM undo_plan WHERE table_name = %s AND fate = %s", [_LANDLORD, REMOVED]
    )
    for (pk,) in cursor.fetchall():
        try:
            with transaction.atomic():
                cursor.execute("DELETE FROM accounts_organisation WHERE id = %s", [pk])
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError:
            cursor.execute(
                "UPDATE undo_plan SET fate = %s WHERE table_name = %s AND object_id = %s",
                [USED, _LANDLORD, pk],
            )
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


STOCK = Undoing(
    _PLAN,
    _carry_out,
    {
        _RESIDENCE: _("résidences"),
        _ALIAS: _("autres références"),
        _ADDRESS: _("adresses"),
        _LANDLORD: _("bailleurs"),
    },
)
