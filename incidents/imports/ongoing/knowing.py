"""Tell which staged rows are recorded already, by their identifier or by what they mean, and take differences over."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from incidents.imports.differences import KEEP, TAKE, place_differs
from sites.imports.run import Run

from .kind import Kind

DIFFERS, TWICE = "record_differs", "row_twice"
CHOICES: dict[str, list[tuple[str, str | Promise]]] = {
    DIFFERS: [(TAKE, _("reprendre le fichier")), (KEEP, _("garder ce qui est enregistré"))],
    TWICE: [("first", _("garder la première ligne")), ("last", _("garder la dernière ligne"))],
}  # fmt: skip
_PLACED = ("residence_id", "address_id", "landlord_id", "commune_id")

# Why a row has no certain place is said at the end: what is recorded already needs none.
_LATER = """
UPDATE import_staging SET unplaced = reason, reason = NULL WHERE reason IN (
    'several_places', 'unknown_unit', 'alike_only', 'unclear_number', 'communes_disagree', 'no_commune',
    'closed_place'
)
"""
_OWN = """
UPDATE import_staging s SET known_id = i.id FROM {table} i
WHERE s.reason IS NULL AND s.own_id IS NOT NULL AND i.opaque_id = s.own_id
    AND (%(landlord)s::bigint IS NULL OR i.landlord_id = %(landlord)s)
"""
# Of several records that mean the same, one that counts, then one that says the same, else the latest.
_MEANT = """
UPDATE import_staging s SET known_id = k.id
FROM (
    SELECT DISTINCT ON (s.line) s.line, i.id
    FROM import_staging s JOIN {table} i ON i.residence_id = s.residence_id
        AND i.address_id IS NOT DISTINCT FROM s.address_id AND {means}
    WHERE s.reason IS NULL AND s.known_id IS NULL
    ORDER BY s.line, i.cancelled_at IS NOT NULL, {differs}, i.id DESC
) k
WHERE k.line = s.line
"""
# A record that was corrected since is known by what it was recorded as.
_MEANT_FIRST = """
UPDATE import_staging s SET known_id = k.id
FROM (
    SELECT DISTINCT ON (s.line) s.line, i.pgh_obj_id AS id
    FROM import_staging s JOIN {table}_history i ON i.residence_id = s.residence_id
        AND i.address_id IS NOT DISTINCT FROM s.address_id AND {means}
    WHERE s.reason IS NULL AND s.known_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM {table}_history e WHERE e.pgh_obj_id = i.pgh_obj_id AND e.pgh_id < i.pgh_id)
        AND EXISTS (SELECT 1 FROM {table} r WHERE r.id = i.pgh_obj_id)
    ORDER BY s.line, i.pgh_obj_id DESC
) k
WHERE k.line = s.line
"""
_TWICE = """
UPDATE import_staging s
SET reason = CASE WHEN n.several AND %(twice)s = '' THEN 'row_twice' ELSE 'same_row' END
FROM (
    SELECT line, several, row_number() OVER (
        PARTITION BY who ORDER BY CASE WHEN several AND %(twice)s = 'last' THEN -line ELSE line END
    ) AS nth
    FROM (
        SELECT line, who, min(said) OVER same <> max(said) OVER same AS several
        FROM (
            SELECT line, coalesce(known_id::text, ROW(residence_id, address_id, {meaning})::text) AS who,
                ROW(residence_id, address_id, {compared})::text AS said
            FROM import_staging s
            WHERE reason IS NULL AND (residence_id IS NOT NULL OR known_id IS NOT NULL)
        ) r
        WINDOW same AS (PARTITION BY who)
    ) c
) n
WHERE n.line = s.line AND (n.nth > 1 OR n.several AND %(twice)s = '')
"""
_COMPARED = """
UPDATE import_staging s SET reason = CASE
    WHEN i.cancelled_at IS NOT NULL THEN 'cancelled_since'
    WHEN NOT ({differs}) THEN 'already_recorded'
    WHEN f.pgh_id IS NOT NULL AND NOT ({first_differs}) THEN 'corrected_since'
    WHEN %(answer)s = 'take' THEN 'record_updated'
    WHEN %(answer)s = 'keep' THEN 'record_kept'
    ELSE 'record_differs' END
FROM {table} i
LEFT JOIN LATERAL (
    SELECT * FROM {table}_history h WHERE h.pgh_obj_id = i.id ORDER BY h.pgh_id LIMIT 1
) f ON i.changed_at IS NOT NULL
WHERE i.id = s.known_id AND s.reason IS NULL
"""
_REMARKED = """
UPDATE import_staging SET remarks = ltrim(remarks || ' unknown_reference')
WHERE reason IS NULL AND residence_id IS NOT NULL AND reference <> '' AND matched <> 'by_reference'
"""
_UNPLACED = """
UPDATE import_staging SET reason = CASE
    WHEN unplaced IS NOT NULL THEN unplaced
    WHEN reference <> '' THEN 'unknown_reference'
    WHEN doubt <> '' THEN doubt
    WHEN longitude IS NULL THEN 'no_place'
    ELSE 'nothing_near' END
WHERE reason IS NULL AND residence_id IS NULL
"""


def name(kind: Kind, cursor: Any, landlord: int | None) -> None:
    """Find the record that each row names by the identifier of an export of the product."""
    for statement in (_LATER, _OWN):
        cursor.execute(statement.format(table=kind.table), {"landlord": landlord})


def know(kind: Kind, task: Run, cursor: Any, fields: set[str]) -> None:
    """Give each row that is no new record the reason why."""
    compared = kind.compared(fields)
    written = {
        "table": kind.table,
        "means": " AND ".join(f"i.{name} = s.{staged}" for name, staged in kind.meaning.items()),
        "meaning": ", ".join(kind.meaning.values()),
        "compared": ", ".join(compared.values()),
        "differs": differs(kind, fields, "i"),
        "first_differs": differs(kind, fields, "f"),
    }
    answers = task.record.answers
    params = {
        "twice": answers.get(TWICE, ""),
        "answer": answers.get(DIFFERS, ""),
    }
    for statement in (_MEANT, _MEANT_FIRST, _TWICE, _COMPARED, _REMARKED, _UNPLACED):
        cursor.execute(statement.format(**written), params)


def differs(kind: Kind, fields: set[str], known: str) -> str:
    """Return the condition that the state with the alias ``known`` says something else than the row ``s``; never null."""
    return f"{_values_differ(kind, fields, known)} OR ({kind.differs.format(known=known)})"


def _values_differ(kind: Kind, fields: set[str], known: str) -> str:
    conditions = [
        f"{known}.{name} IS DISTINCT FROM s.{staged}" for name, staged in kind.compared(fields).items()
    ]
    place = f"coalesce({place_differs(known)}, false)"
    return " OR ".join(f"({condition})" for condition in (*conditions, place))


def take(kind: Kind, task: Run, cursor: Any, fields: set[str]) -> set[int]:
    """Write the differences that were chosen into the records, with the journal entry of each landlord.

    Returns:
        The residences whose records changed, former ones included.
    """
    setting = [f"{name} = s.{staged}" for name, staged in kind.compared(fields).items()]
    setting += kind.rereads
    moved = f"CASE WHEN {place_differs('i')} THEN s.{{0}} ELSE i.{{0}} END"
    setting += [f"{name} = {moved.format(name)}" for name in _PLACED]
    # A row that only confirms an observation changes nothing of it.
    signed = f"CASE WHEN {_values_differ(kind, fields, 'i')} THEN {{0}} ELSE i.{{1}} END"
    setting += [f"changed_by_id = {signed.format('%(author)s', 'changed_by_id')}"]
    setting += [f"changed_at = {signed.format('now()', 'changed_at')}"]
    cursor.execute(
        f"""
        WITH former AS (
            SELECT i.id, i.residence_id FROM {kind.table} i JOIN import_staging s ON s.known_id = i.id
            WHERE s.reason = 'record_updated'
        ),
        written AS (
            UPDATE {kind.table} i SET {", ".join(setting)}
            FROM import_staging s WHERE s.known_id = i.id AND s.reason = 'record_updated'
            RETURNING i.id, i.residence_id, i.landlord_id
        )
        SELECT f.residence_id, w.residence_id, w.landlord_id FROM former f JOIN written w USING (id)
        """,
        {"author": task.record.actor_id},
    )
    found = cursor.fetchall()
    for statement in kind.take:
        cursor.execute(statement, {"author": task.record.actor_id})
    for landlord in sorted({row[2] for row in found}):
        scope = Scope(user_id=task.record.actor_id, roles={}, system="")
        number = sum(row[2] == landlord for row in found)
        write_entry(scope, AuditAction.UPDATE, task.record, organisation_id=landlord, records=number)
    return {pk for former, now, _landlord in found for pk in (former, now)}


def ask(kind: Kind, task: Run, cursor: Any) -> None:
    """Ask about the rows that differ from the record that is there, or from another row of the file."""
    columns = kind.compared(set(kind.content))
    staged = ", ".join(f"s.{name}" for name in columns.values())
    known = ", ".join(f"i.{name}" for name in columns)
    cursor.execute(
        f"""
        SELECT s.line, s.reason, coalesce(sa.label, sr.name, ''), coalesce(ia.label, ir.name, ''), i.id, {staged}, {known}
        FROM import_staging s
        LEFT JOIN {kind.table} i ON i.id = s.known_id AND s.reason = 'record_differs'
        LEFT JOIN sites_address sa ON sa.id = s.address_id LEFT JOIN sites_residence sr ON sr.id = s.residence_id
        LEFT JOIN sites_address ia ON ia.id = i.address_id LEFT JOIN sites_residence ir ON ir.id = i.residence_id
        WHERE s.reason IN ('record_differs', 'row_twice') ORDER BY s.line
        """
    )
    for line, reason, place, known_place, pk, *values in cursor.fetchall():
        here = dict(zip(columns, values[: len(columns)], strict=True))
        there = dict(zip(columns, values[len(columns) :], strict=True))
        task.ask(
            reason,
            line=line,
            subject=place or known_place,
            file=" · ".join([*kind.told(here), place]),
            known=" · ".join([*kind.told(there), known_place]) if pk else "",
        )
