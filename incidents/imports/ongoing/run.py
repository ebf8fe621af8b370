"""Run an import of disruptions or standing observations, through the staging table and the matching of facts."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.plans import joining_sets
from incidents.changes import records_changed
from incidents.identifiers import own_identifier
from incidents.imports.moments import DAY_ORDER, read_moments, settle_moments, todays_of_zones
from incidents.imports.placing import STAGING, match_places, parameters
from incidents.imports.queue import suggest_alike
from incidents.imports.rows import SPEAKS, begin_reading, misfit, named_column, quoted, quoted_days, speaks
from incidents.imports.run import DAYS_QUOTED, ORDERS, PLACES_QUOTED, WRITTEN_PLACE
from incidents.imports.written_places import PLACE_COLUMNS, TEXT_LENGTH, place_columns
from sites.enums import Outcome
from sites.imports.copying import copy_in_parts
from sites.imports.points import area_of
from sites.imports.profiles import Profile, Values
from sites.imports.run import Run

from .kind import Kind
from .knowing import CHOICES, DIFFERS, TWICE, ask, know, name, take

QUESTIONS: dict[str, list[tuple[str, str | Promise]]] = CHOICES | ORDERS
_READING, _MATCHED = 0.5, 0.8
_OUTCOMES = {
    "by_reference": Outcome.IMPORTED,
    "by_address": Outcome.IMPORTED,
    "by_distance": Outcome.IMPORTED,
    "record_updated": Outcome.IMPORTED,
    "already_recorded": Outcome.UNCHANGED,
    "record_kept": Outcome.UNCHANGED,
    "corrected_since": Outcome.UNCHANGED,
    "cancelled_since": Outcome.UNCHANGED,
    DIFFERS: Outcome.ASKED,
    TWICE: Outcome.ASKED,
    DAY_ORDER: Outcome.ASKED,
    "same_row": Outcome.MERGED,
}
_COMMON = ("line", "subject", "reason", "remarks", "own_id", "day_text", "end_text")
_TEXTS = ("key", "within", "reference", "place_text", "rnb_id", "ban_key", "meant_street")
_EMPTY = dict.fromkeys(("remarks", "day_text", "end_text", *_TEXTS), "")
# No queue holds lasting records: a row without a certain place comes back, with the addresses where it may be.
_MEANT = """CASE WHEN reason = unplaced THEN (
    SELECT string_agg(concat_ws(', ', a.label, r.reference), ' ; ' ORDER BY array_position(candidates, a.id))
    FROM sites_address a JOIN sites_residence r ON r.id = a.residence_id WHERE a.id = ANY(candidates)
) END"""
# A record that ends on its first day has an end, unlike a fact of which only one day is told.
_ENDS = "UPDATE import_staging SET ends = coalesce(span_end, CASE WHEN end_text <> '' THEN day END)"


def run(kind: Kind, task: Run) -> None:
    """Settle every row of the file and put it in the report; record what is new unless it is a preview.

    Levels are evaluated in the same transaction, once for all residences concerned.
    """
    fields = task.profile.known(task.table.header)
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        added = {"ends": "date", **kind.staged, **kind.settled}
        added_columns = ", ".join(f"ADD COLUMN IF NOT EXISTS {name} {type_}" for name, type_ in added.items())
        cursor.execute(f"ALTER TABLE import_staging {added_columns}")
        _stage(kind, task, cursor)
        task.tell(_READING)
        with joining_sets():
            _settle(kind, task, cursor, fields)
        task.tell(_MATCHED)
        residences = _write(kind, task, cursor, fields) if task.writes else set()
        ask(kind, task, cursor)
    _report(kind, task)
    if residences:
        records_changed(sorted(residences))


def _stage(kind: Kind, task: Run, cursor: Any) -> None:
    header = task.table.header
    values_of = task.profile.bind(header, kind.required)
    names = (*_COMMON, *PLACE_COLUMNS, *kind.staged)
    read = _Reader(kind, task.profile, task.profile.titles(header)).read

    def staged() -> Iterator[list[Any]]:
        for done, row in enumerate(task.table.rows, 1):
            if len(row.cells) == len(header):
                said = read(values_of(row.cells))
            else:
                said = dict(zip(("subject", "reason"), misfit(row.cells, len(header)), strict=True))
            said |= {"line": row.number}
            yield [said.get(name, _EMPTY.get(name)) for name in names]
            task.tell_rows(done, _READING)

    copy_in_parts(cursor, "import_staging", names, staged())
    cursor.execute("ANALYZE import_staging")


class _Reader:
    """The reader of a file's rows by the rules of one profile.

    Args:
        kind: the kind of the records.
        profile: the format of the file.
        titles: field → the title of its column in this file.
    """

    def __init__(self, kind: Kind, profile: Profile, titles: dict[str, str]) -> None:
        begin_reading()
        self._words = kind.words
        self._own = kind.reader(profile)
        self._titles = titles
        self._area = area_of(profile.options)

    def read(self, values: Values) -> dict[str, Any]:
        """Return the columns to stage; with a reason, the row's outcome is final and it is not matched."""
        for field in self._words:
            if speaks(values.get(field, "")):
                return {"subject": named_column(self._titles[field]), "reason": SPEAKS}
        subject = " · ".join(quoted(values[field]) for field in self._words if values.get(field))
        remarks: list[str] = []
        own = self._own(values, remarks)
        if isinstance(own, str):
            return {"subject": subject, "reason": own}
        return {
            "subject": subject,
            "own_id": own_identifier(values.get("external_id", "")),
            "day_text": values.get("day", "")[:TEXT_LENGTH],
            "end_text": values.get("span_end", "")[:TEXT_LENGTH],
            **place_columns(values, self._area, remarks),
            **own,
            "remarks": " ".join(remarks),
        }


def _settle(kind: Kind, task: Run, cursor: Any, fields: set[str]) -> None:
    """Give each staged row its days and a place, or the reason why it is no new record."""
    read_moments(task, cursor, kind.days)
    params = parameters(task, cursor)
    match_places(cursor, params)
    if not params["nearest_decides"]:
        suggest_alike(cursor, params["landlord"])
    name(kind, cursor, params["landlord"])
    settle_moments(cursor, kind.table)
    cursor.execute(_ENDS)
    kind.settle(cursor)
    know(kind, task, cursor, fields)


def _write(kind: Kind, task: Run, cursor: Any, fields: set[str]) -> set[int]:
    """Record what is new and take the differences that were chosen; return the residences concerned."""
    residences = take(kind, task, cursor, fields)
    params = {"author": task.record.actor_id, "run": task.record.pk, "todays": todays_of_zones()}
    for statement in kind.insert:
        cursor.execute(statement, params)
    cursor.execute("SELECT DISTINCT residence_id FROM import_staging WHERE reason IS NULL")
    return residences | {pk for (pk,) in cursor.fetchall()}


def _report(kind: Kind, task: Run) -> None:
    days = ", ".join(("day_text", "end_text", *kind.days))
    with connection.connection.cursor(name="import_report") as cursor:
        cursor.execute(
            f"SELECT line, coalesce(reason, matched), remarks, subject, {WRITTEN_PLACE}, {_MEANT}, {days}"
            " FROM import_staging ORDER BY line"
        )
        for line, reason, remarks, subject, place, meant, day, end, *others in cursor:
            outcome = _OUTCOMES.get(reason, Outcome.REJECTED)
            if reason == DAY_ORDER:
                task.ask(DAY_ORDER, line=line, subject="", file=quoted_days(day, end, *others), known="")
            texts = [subject]
            if reason in PLACES_QUOTED:
                texts = [subject, quoted(place)]
            elif reason in DAYS_QUOTED:
                texts = [quoted(day), quoted(end), subject]
            told = " · ".join(text for text in texts if text)
            hint = _("écrivez l’adresse et la référence : %(places)s") % {"places": meant} if meant else ""
            task.report.add(line, outcome, reason, remarks=remarks, subject=told, hint=hint)
