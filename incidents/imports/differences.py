"""Compare rows of a file with the facts that bear their identifiers, ask about differences, and take them over."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pgtrigger
from django.apps import apps
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.dates import long_date
from incidents.enums import PlaceKind, Source
from incidents.models import FactType
from sites.imports.run import Run

from .rows import quoted

FACT_DIFFERS, ID_TWICE, TAKE, KEEP = "fact_differs", "id_twice", "take", "keep"
CHOICES: dict[str, list[tuple[str, str | Promise]]] = {
    FACT_DIFFERS: [
        (TAKE, _("reprendre le fichier ; l’état d’avant reste dans l’historique de chaque fait")),
        (KEEP, _("garder ce qui est enregistré")),
    ],
    ID_TWICE: [("first", _("garder la première ligne")), ("last", _("garder la dernière ligne"))],
}  # fmt: skip

_PLACE = """coalesce(s.matched, '') IN ('by_reference', 'by_address') AND ({known}.residence_id <> s.residence_id
    OR s.key <> '' AND {known}.address_id IS DISTINCT FROM s.address_id)"""
# Columns of a fact that a file tells only where it has the field.
_OPTIONAL = {
    "place_kind": ("place_kind",),
    "reporter": ("source",),
    "complaint": ("complaint_filed",),
    "complaint_reference": ("complaint_filed", "complaint_reference"),
    "cost": ("damage_cost",),
}


def place_differs(known: str) -> str:
    """Return the condition that the certain place of the row ``s`` is not that of the state ``known``; it may be null."""
    return f"({_PLACE.format(known=known)})"


def told(fields: Iterable[str]) -> list[str]:
    """Return the columns of a fact that a file with these fields tells."""
    optional = [column for field in fields for column in _OPTIONAL.get(field, ())]
    return ["fact_type_id", "day", "span_end", *dict.fromkeys(optional)]


def differs(known: str, fields: Iterable[str]) -> str:
    """Return the condition that the recorded state with the alias ``known`` says something else than the row ``s``.

    A file that does not tell an hour, a kind of place or a cost leaves what is recorded of it. A place counts
    where it is certain: by a reference or an address.
    """
    columns = [f"{known}.{column} IS DISTINCT FROM s.{column}" for column in told(fields)]
    # Files are read to the minute; a program may have recorded seconds.
    hour = f"""date_trunc('minute', {known}."time") IS DISTINCT FROM date_trunc('minute', s."time")"""
    columns.append(hour if "time" in set(fields) else f's."time" IS NOT NULL AND {hour}')
    return " OR ".join(f"({condition})" for condition in (*columns, _PLACE.format(known=known)))


def take(task: Run, cursor: Any, fields: Iterable[str]) -> set[int]:
    """Write the differences that were chosen into the facts, signed and with their journal entry.

    Returns:
        The residences whose facts changed, former ones included.
    """
    place = _PLACE.format(known="i")
    setting = [f"{column} = s.{column}" for column in told(fields)]
    setting += [f"{name} = CASE WHEN {place} THEN {value} ELSE i.{name} END" for name, value in _FOUND]
    setting += [f"{name} = CASE WHEN {place} THEN s.{name} ELSE i.{name} END" for name in _PLACED]
    hour = 's."time"' if "time" in set(fields) else 'coalesce(s."time", i."time")'
    with _noting_history_at_once(cursor):
        cursor.execute(
            f"""
            WITH former AS (SELECT i.id, i.residence_id FROM incidents_incident i JOIN import_staging s ON s.known_id = i.id
                WHERE s.reason = 'updated'),
            written AS (
                UPDATE incidents_incident i SET {", ".join(setting)}, "time" = {hour},
                    subtype_id = CASE WHEN i.fact_type_id = s.fact_type_id THEN i.subtype_id END,
                    changed_by_id = %s, changed_at = now()
                FROM import_staging s WHERE s.known_id = i.id AND s.reason = 'updated'
                RETURNING i.residence_id, i.landlord_id
            )
            SELECT 'residence', residence_id, 0 FROM former
            UNION ALL SELECT 'residence', residence_id, 0 FROM written
            UNION ALL SELECT 'landlord', landlord_id, count(*) FROM written GROUP BY landlord_id
            """,
            [task.record.actor_id],
        )
    found = cursor.fetchall()
    for what, landlord, number in found:
        if what == "landlord":
            _tell_journal(task, landlord, number)
    return {pk for what, pk, _number in found if what == "residence"}


@contextmanager
def _noting_history_at_once(cursor: Any) -> Iterator[None]:
    """Store the former state of every fact to be updated in one statement, and have the block store none.

    The trigger of the history stores one row at a time, and each of them is noted for the undoing by a statement of
    its own: a thousand facts took seconds.
    """
    history = apps.get_model("incidents", "IncidentEvent")
    columns = [f'"{field.column}"' for field in history._meta.fields if not field.column.startswith("pgh_")]
    former = ", ".join(f"i.{column}" for column in columns)
    cursor.execute(
        f"""
        INSERT INTO {history._meta.db_table} ({", ".join(columns)}, pgh_context_id, pgh_created_at, pgh_label, pgh_obj_id)
        SELECT {former}, (SELECT _pgh_attach_context()), now(), 'update', i.id
        FROM incidents_incident i
        WHERE i.id IN (SELECT known_id FROM import_staging WHERE reason = 'updated')
        ORDER BY i.id FOR UPDATE OF i
        """
    )
    with pgtrigger.ignore("incidents.Incident:update_update"):
        yield


_FOUND = (
    ("placed_by", "CASE s.matched WHEN 'by_reference' THEN 'reference' ELSE 'address' END"),
    ("placed_certainty", "'certain'"),
)
_PLACED = ("residence_id", "address_id", "landlord_id", "commune_id")


def ask(task: Run, cursor: Any) -> None:
    """Ask about the rows that differ from the fact that is recorded, or from another row of the file."""
    types = {fact.pk: str(fact) for fact in FactType.objects.all()}
    cursor.execute(_ASKED)
    names = [column.name for column in cursor.description]
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        task.ask(
            row["kind"],
            line=row["line"],
            subject=row["external_id"],
            file=_words(row, "", types),
            known=_words(row, "known_", types),
        )


def _words(row: dict[str, Any], side: str, types: dict[int, str]) -> str:
    """Return in words what one side of a difference says, without anything else of the file."""
    if row[f"{side}day"] is None:
        return ""
    days = " – ".join(long_date(day) for day in (row[f"{side}day"], row[f"{side}span_end"]) if day)
    time, kind, source, cost = (
        row[f"{side}{name}"] for name in ("time", "place_kind", "source", "damage_cost")
    )
    said = [
        types[row[f"{side}fact_type_id"]],
        days,
        f"{time:%H:%M}" if time else "",
        row[f"{side}place"] or "",
        quoted(row[f"{side}written"] or ""),
        str(PlaceKind(kind).label) if kind else "",
        str(Source(source).label) if source else "",
        f"{number_format(cost, 2)} €" if cost is not None else "",
    ]
    return " · ".join(text for text in said if text)


def _tell_journal(task: Run, landlord_id: int, number: int) -> None:
    author = task.record.actor_id
    scope = Scope(user_id=author, roles={}, system="" if author else "incident_import")
    write_entry(scope, AuditAction.UPDATE, task.record, organisation_id=landlord_id, facts=number)


# Of two rows with one identifier the other row is the known side.
_ASKED = """
SELECT s.line, s.reason AS kind, s.external_id,
    s.fact_type_id, s.day, s.span_end, s."time", s.place_kind, s.source, s.damage_cost,
    coalesce(sa.label, sr.name) AS place, CASE WHEN s.address_id IS NULL THEN s.place_text END AS written,
    CASE WHEN o.address_id IS NULL THEN o.place_text END AS known_written,
    coalesce(i.fact_type_id, o.fact_type_id) AS known_fact_type_id, coalesce(i.day, o.day) AS known_day,
    coalesce(i.span_end, o.span_end) AS known_span_end, coalesce(i."time", o."time") AS known_time,
    coalesce(i.place_kind, o.place_kind) AS known_place_kind, coalesce(i.source, o.source) AS known_source,
    coalesce(i.damage_cost, o.damage_cost) AS known_damage_cost, coalesce(ia.label, ir.name) AS known_place
FROM import_staging s
LEFT JOIN incidents_incident i ON i.id = s.known_id AND s.reason <> 'id_twice'
LEFT JOIN LATERAL (
    SELECT * FROM import_staging t WHERE t.external_id = s.external_id AND t.reason = 'id_twice' AND t.line <> s.line
    ORDER BY t.line LIMIT 1
) o ON s.reason = 'id_twice'
LEFT JOIN sites_address sa ON sa.id = s.address_id LEFT JOIN sites_residence sr ON sr.id = s.residence_id
LEFT JOIN sites_address ia ON ia.id = coalesce(i.address_id, o.address_id)
LEFT JOIN sites_residence ir ON ir.id = coalesce(i.residence_id, o.residence_id)
WHERE s.reason IN ('fact_differs', 'id_twice')
ORDER BY s.line
"""
