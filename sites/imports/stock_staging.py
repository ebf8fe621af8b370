"""Hold the rows of a stock file in temporary tables, and give them landlord by landlord, commune by commune."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from accounts.scope import system_scope
from sites.enums import Outcome
from sites.models import Commune

from .communes import Communes, Place, postcode_in
from .copying import copy_in_parts, in_batches, rows_of
from .landlords import Landlords, words
from .points import far_off
from .profiles import Values
from .reading import Row
from .report import counted
from .run import Run
from .stock_rows import Entry, Reader, Staged, entry_of

_TABLES = (Path(__file__).resolve().parent / "stock_staging.sql").read_text(encoding="utf-8")
_READING = 0.4
# The rows that are settled together; a commune of a landlord is never divided.
_ROWS = 4_000


class Verdict(NamedTuple):
    """The outcome of a row; ``quoted`` is said beside its subject."""

    line: int
    outcome: Outcome
    reason: str
    remarks: str = ""
    quoted: str = ""


class Staging:
    """The rows of a file under way.

    Args:
        task: the import.
        cursor: a cursor in the import's transaction.

    Attributes:
        located: how many rows have a landlord and a commune.
        one_row_per_dwelling: whether every row of the file that says a number of dwellings says one.
        first_communes: landlord and reference → the commune of its first row, for references in several communes.
    """

    def __init__(self, task: Run, cursor: CursorWrapper) -> None:
        self._task = task
        self._cursor = cursor
        self._landlords: dict[int, Organisation] = {}
        self._communes: dict[int, Commune] = {}
        cursor.execute(_TABLES)
        self._stage()
        self._find_landlords()
        self._find_communes()
        cursor.execute("ANALYZE stock_staging")
        self.located, self.one_row_per_dwelling = self._measure()
        self.first_communes = self._spread_references()

    def _stage(self) -> None:
        task = self._task
        named = task.organisation or "landlord" in task.profile.options
        values_of = task.profile.bind(task.table.header, ("address",) if named else ("landlord", "address"))
        reader = Reader(task.profile, len(task.table.header))

        def staged() -> Iterator[Staged]:
            for done, row in enumerate(task.table.rows, 1):
                yield self._staged(reader, values_of, row)
                task.tell_rows(done, _READING)

        copy_in_parts(self._cursor, "stock_staging", Staged._fields, staged())

    @staticmethod
    def _staged(reader: Reader, values_of: Callable[[list[str]], Values], row: Row) -> Staged:
        if reader.fits(row):
            return reader.read(row, values_of(row.cells))
        # Such a row may still name a landlord, and then the file does.
        within = [*row.cells, *[""] * reader.width][: reader.width]
        return Staged(
            row.number,
            "wrong_columns",
            landlord=values_of(within).get("landlord", ""),
            subject=counted(row.cells, reader.width),
        )

    def _find_landlords(self) -> None:
        """Find the landlord of each name; the names of rejected rows tell that the file names landlords."""
        own = self._task.organisation
        self._cursor.execute(
            "SELECT landlord, bool_or(reason IS NULL) FROM stock_staging GROUP BY landlord ORDER BY min(line)"
        )
        named = self._cursor.fetchall()
        names = [name for name, needed in named if needed]
        told = any(words(name) for name, _needed in named)
        found = self._own(own, names, told=told) if own else self._everybodys(names, told=told)
        rows: list[tuple[str, int | None, str | None, str]] = []
        for name, landlord in found.items():
            if not isinstance(landlord, Organisation):
                rows.append((name, None, landlord, ""))
                continue
            self._landlords[landlord.pk] = landlord
            spelled = bool(words(name)) and name != landlord.name
            rows.append((name, landlord.pk, None, "landlord_spelling" if spelled else ""))
        self._copy("stock_landlords", rows)

    def _own(self, own: Organisation, names: list[str], *, told: bool) -> dict[str, Organisation | str]:
        """Return for each name the importing landlord, or the reason why its rows are not theirs.

        A name of another landlord is the other's, however close to the own one; a name that is nobody's and one
        letter off is asked about. What is answered holds for this import: other names have a page of their own.
        """
        with system_scope("stock_import"):
            landlords = Landlords(
                Organisation.objects.filter(kind=OrganisationKind.LANDLORD), may_create=False
            )
        option = self._task.profile.options.get("landlord", "")
        default = self._default(own if not option or landlords.named(option) == own else None, told=told)
        found: dict[str, Organisation | str] = {}
        for name in names:
            named = landlords.named(name)
            if not words(name):
                found[name] = default(name) or "no_landlord"
            elif named is None and landlords.close(name) == own:
                found[name] = self._ask_whether_own(own, name)
            else:
                found[name] = own if named == own else "other_landlord"
        return found

    def _ask_whether_own(self, own: Organisation, name: str) -> Organisation | str:
        """Ask about each row with ``name`` whether it means ``own``; return the landlord, or the rows' reason."""
        self._cursor.execute(
            "SELECT line FROM stock_staging WHERE reason IS NULL AND landlord = %s ORDER BY line", [name]
        )
        answer = ""
        for (line,) in self._cursor.fetchall():
            answer = self._task.ask("landlord_close", line=line, subject="", file=name, known=own.name)
        if answer == "own":
            return own
        return "other_landlord" if answer == "other" else "landlord_close"

    def _everybodys(self, names: list[str], *, told: bool) -> dict[str, Organisation | str]:
        """Return the landlord of each name, or why it has none; save new ones and new spellings unless it is a preview."""
        landlords = Landlords(Organisation.objects.filter(kind=OrganisationKind.LANDLORD), may_create=True)
        option = self._task.profile.options.get("landlord", "")
        default = self._default(landlords.find(option) if option else None, told=told)
        found = {
            name: (landlords.find(name) or "other_landlord")
            if words(name)
            else default(name) or "no_landlord"
            for name in names
        }
        self._save(landlords)
        return found

    @staticmethod
    def _default(landlord: Organisation | None, *, told: bool) -> Callable[[str], Organisation | None]:
        """Return the function that gives the landlord of rows without one: nobody's where the file has ``told`` some."""
        if told:
            return lambda _name: None
        # A landlord that is written as nobody, "(vide)", is not left to the importer.
        return lambda name: None if name else landlord

    def _save(self, landlords: Landlords) -> None:
        if self._task.writes:
            Organisation.objects.bulk_create(landlords.created)
            Organisation.objects.bulk_update(landlords.respelled, ["aliases"])
            return
        # A preview saves nothing: landlords to be need an id by which their rows are told apart.
        for position, landlord in enumerate(landlords.created, 1):
            landlord.pk = -position

    def _find_communes(self) -> None:
        self._cursor.execute(
            "SELECT DISTINCT insee, postcode, city FROM stock_staging WHERE reason IS NULL ORDER BY 1, 2, 3"
        )
        places = [Place(*row) for row in self._cursor.fetchall()]
        if given := self._task.profile.options.get("commune"):
            fixed = Commune.objects.get_or_create(code=given["code"], defaults=given)[0]
            self._communes[fixed.pk] = fixed
            self._copy("stock_communes", [(*place, fixed.pk, None, "") for place in places])
            return
        communes = Communes(places)
        rows = []
        for place in places:
            found = communes.find(place)
            if found.commune:
                self._communes[found.commune.pk] = found.commune
            rows.append((*place, found.commune and found.commune.pk, found.reason or None, found.remark))
        self._copy("stock_communes", rows)

    def _measure(self) -> tuple[int, bool]:
        self._cursor.execute(
            f"SELECT count(*), coalesce(max(dwellings) = 1 AND min(dwellings) >= 0, false) FROM {_LOCATED}"
        )
        located, one_each = self._cursor.fetchone()
        return located, one_each

    def _spread_references(self) -> dict[tuple[int, str], int]:
        self._cursor.execute(
            f"SELECT landlord_id, reference, (array_agg(commune_id ORDER BY line))[1] FROM {_LOCATED}"
            " WHERE reference <> '' GROUP BY 1, 2 HAVING count(DISTINCT commune_id) > 1"
        )
        return {(landlord, reference): commune for landlord, reference, commune in self._cursor.fetchall()}

    def rejected(self) -> Iterator[list[Verdict]]:
        """Yield the rows without landlord or commune, in batches; those asked about among them."""
        query = f"""
            SELECT s.line, coalesce(s.reason, l.reason, c.reason) FROM stock_staging s {_FOUND}
            WHERE coalesce(s.reason, l.reason, c.reason) IS NOT NULL"""
        for batch in in_batches(rows_of(query, "stock_rejected")):
            yield [
                Verdict(line, Outcome.ASKED if reason == "landlord_close" else Outcome.REJECTED, reason)
                for line, reason in batch
            ]

    def entries(self) -> Iterator[list[Entry]]:
        """Yield the rows that have a landlord and a commune: some thousands at once, whole communes of landlords."""
        far = self._far_points()
        query = f"SELECT * FROM {_LOCATED} ORDER BY landlord_id, commune_id, line"
        chunk: list[Entry] = []
        for _place, rows in groupby(rows_of(query, "stock_entries"), key=itemgetter(0, 1)):
            chunk.extend(self._entry(row, far) for row in rows)
            if len(chunk) >= _ROWS:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _entry(self, row: tuple[Any, ...], far: set[int]) -> Entry:
        landlord_id, commune_id, landlord_remark, commune_remark, *staged = row
        entry = entry_of(
            Staged(*staged),
            self._landlords[landlord_id],
            self._communes[commune_id],
            [remark for remark in (landlord_remark, commune_remark) if remark],
        )
        if "commune" not in self._task.profile.options:
            written = entry.values.get("postcode", "")
            entry.values["postcode"] = postcode_in(written)
            if written and entry.values["postcode"] != written:
                entry.remarks.append("postcode_repaired")
        if entry.line in far:
            entry.point = None
            entry.remarks.append("point_far_off")
        return entry

    def _far_points(self) -> set[int]:
        """Return the rows whose point is far from all others of its commune."""
        if "commune" in self._task.profile.options:
            return set()
        query = f"SELECT commune_id, line, longitude, latitude FROM {_LOCATED} WHERE longitude IS NOT NULL ORDER BY 1, 2"
        far: set[int] = set()
        for _commune, rows in groupby(rows_of(query, "stock_points"), key=itemgetter(0)):
            lines, points = [], []
            for _id, line, longitude, latitude in rows:
                lines.append(line)
                points.append((longitude, latitude))
            far.update(lines[position] for position in far_off(points))
        return far

    def settle(self, verdicts: Iterable[Verdict]) -> None:
        """Keep the outcomes of some rows for the report."""
        self._copy("stock_verdicts", verdicts)

    def report(self) -> None:
        """Put every row in the report, in the order of the file."""
        query = "SELECT line, outcome, v.reason, v.remarks, concat_ws(' · ', subject, nullif(quoted, '')) FROM stock_verdicts v JOIN stock_staging USING (line) ORDER BY line"
        for line, outcome, reason, remarks, subject in rows_of(query, "stock_report"):
            self._task.report.add(line, Outcome(outcome), reason, remarks=remarks, subject=subject)

    def _copy(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        with self._cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


_FOUND = """
    LEFT JOIN stock_landlords l ON l.name = s.landlord
    LEFT JOIN stock_communes c ON (c.insee, c.postcode, c.city) = (s.insee, s.postcode, s.city)"""
_LOCATED = f"""(
    SELECT l.landlord_id, c.commune_id, l.remark AS landlord_remark, c.remark AS commune_remark,
        {", ".join(f"s.{name}" for name in Staged._fields)}
    FROM stock_staging s {_FOUND}
    WHERE s.reason IS NULL AND l.landlord_id IS NOT NULL AND c.commune_id IS NOT NULL
) AS located"""
