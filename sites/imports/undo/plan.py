"""Decide what an undoing does with each row that an import created or overwrote, and do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.utils.functional import Promise

# What becomes of a row: it is deleted, restored, kept because something refers to it, or kept because it changed since.
REMOVED, RESTORED, USED, CHANGED = "removed", "restored", "used", "changed"


@dataclass(frozen=True)
class Undoing:
    """The undoing of the imports of one kind.

    Attributes:
        plan: query of ``(table_name, object_id, fate)`` for every row that the import ``%(run)s`` created or
            overwrote and that still exists.
        carry_out: function that does what the temporary table ``undo_plan`` says of the run; it has levels
            evaluated again.
        tables: the name in words, plural, of each table of the plan, in the order in which pages list them.
        created: query of ``(table_name, object_id)`` for what the import ``%(run)s`` created and that
            :class:`sites.models.ImportChange` does not note; empty when it notes all.
    """

    plan: str
    carry_out: Callable[[CursorWrapper, int], None]
    tables: Mapping[str, str | Promise]
    created: str = ""

    def foresee(self, cursor: CursorWrapper, run_id: int) -> dict[str, dict[str, int]]:
        """Return how many rows of each table meet each fate: fate → table → number."""
        cursor.execute(
            f"SELECT fate, table_name, count(*) FROM ({self.plan}) p GROUP BY 1, 2", {"run": run_id}
        )
        counts: dict[str, dict[str, int]] = {}
        for fate, table, number in cursor.fetchall():
            counts.setdefault(fate, {})[table] = number
        return counts

    def undo(self, cursor: CursorWrapper, run_id: int) -> None:
        """Undo the import, in the caller's transaction and scope."""
        self._hold(cursor, run_id)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.undo_plan")
        cursor.execute(f"CREATE TEMPORARY TABLE undo_plan ON COMMIT DROP AS {self.plan}", {"run": run_id})
        cursor.execute("CREATE INDEX ON undo_plan (table_name, object_id)")
        cursor.execute("ANALYZE undo_plan")
        self.carry_out(cursor, run_id)

    def _hold(self, cursor: CursorWrapper, run_id: int) -> None:
        """Lock the rows of the import, so that no change is committed between the plan and the deletion.

        The last tables come first: a fact that waits for its place is locked before the facts, to which a
        placing that was under way has then added it.
        """
        noted = "SELECT table_name, object_id FROM sites_importchange WHERE run_id = %(run)s"
        rows = f"{noted} UNION ALL {self.created}" if self.created else noted
        for table in reversed(tuple(self.tables)):
            cursor.execute(
                f"SELECT count(*) FROM (SELECT x.id FROM {table} x WHERE x.id IN"
                f" (SELECT object_id FROM ({rows}) r WHERE table_name = %(table)s) ORDER BY x.id FOR UPDATE) held",
                {"run": run_id, "table": table},
            )


# What an import wrote of a row, but for who changed it last: somebody may have changed it, and taken that back.
WRITTEN = "(c.after - '{changed_at,changed_by_id}'::text[])"


def overwritten(table: str, written: str = "c.after") -> str:
    """Return the query of the plan for the rows of ``table`` that the import overwrote.

    Args:
        table: the name of the table.
        written: what the row must still hold to be as the import left it.
    """
    return f"""
    SELECT c.table_name, c.object_id,
        CASE WHEN to_jsonb(x) || {written} = to_jsonb(x) THEN '{RESTORED}' ELSE '{CHANGED}' END AS fate
    FROM sites_importchange c JOIN {table} x ON x.id = c.object_id
    WHERE c.run_id = %(run)s AND c.table_name = '{table}' AND c.before IS NOT NULL"""


def referred_to(model: type[Model], row: str, *besides: str, leaving: str = "") -> str:
    """Return the condition that a row of another table refers to ``row``, by a foreign key that the database holds.

    Args:
        model: the model of the row.
        row: the alias of the row in the query.
        besides: tables whose references do not count.
        leaving: query of the addresses that leave the row; what refers to one of them goes with it.
    """
    found = [
        f"EXISTS (SELECT 1 FROM {field.model._meta.db_table} u WHERE u.{field.column} = {row}.id"
        f"{_stays(field.model, leaving)})"
        for relation in model._meta.related_objects
        if getattr(field := relation.field, "db_constraint", False)
        and field.model._meta.db_table not in besides
    ]
    return f"({' OR '.join(found)})"


def _stays(model: type[Model], leaving: str) -> str:
    """Return the condition that a row ``u`` of ``model`` is at none of the addresses ``leaving``."""
    if not leaving or all(field.column != "address_id" for field in model._meta.concrete_fields):
        return ""
    return f" AND (u.address_id IS NULL OR u.address_id NOT IN ({leaving}))"


def remove(cursor: CursorWrapper, table: str) -> None:
    """Delete the rows of ``table`` that the plan removes."""
    cursor.execute(
        f"DELETE FROM {table} x USING undo_plan p"
        " WHERE p.table_name = %s AND p.fate = %s AND x.id = p.object_id",
        [table, REMOVED],
    )


def restore(cursor: CursorWrapper, table: str, run_id: int) -> None:
    """Write back what the import overwrote in the rows of ``table`` that the plan restores."""
    cursor.execute(
        "SELECT DISTINCT jsonb_object_keys(before) FROM sites_importchange"
        " WHERE run_id = %s AND table_name = %s AND before IS NOT NULL ORDER BY 1",
        [run_id, table],
    )
    columns = [f'"{name}"' for (name,) in cursor.fetchall()]
    if not columns:
        return
    cursor.execute(
        f"UPDATE {table} x SET ({', '.join(columns)}) ="
        f" (SELECT {', '.join(columns)} FROM jsonb_populate_record(x, c.before))"
        " FROM sites_importchange c JOIN undo_plan p USING (table_name, object_id)"
        " WHERE c.run_id = %s AND c.table_name = %s AND p.fate = %s AND x.id = c.object_id",
        [run_id, table, RESTORED],
    )
