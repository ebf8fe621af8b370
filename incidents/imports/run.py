"""Run an import of facts: copy the rows to a staging table, match their places and insert them as sets."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.plans import joining_sets
from incidents.changes import records_changed
from sites.enums import Outcome
from sites.imports.copying import copy_in_parts
from sites.imports.profiles import Profile
from sites.imports.run import Run

from .differences import CHOICES, FACT_DIFFERS, ID_TWICE, ask, differs, take
from .moments import DAY_ORDER, read_moments, settle_moments
from .placing import STAGING, match_places, parameters
from .queue import close_placed, keep_unplaced, suggest_alike
from .rows import RowReader, Staged, quoted, quoted_days

_HERE = Path(__file__).resolve().parent
_STEPS = (_HERE / "knowing.sql").read_text(encoding="utf-8").split("----\n")
_NAMING, _KNOWING = _STEPS[:3], _STEPS[3:]
_READING, _MATCHED = 0.5, 0.8
_OUTCOMES = {
    "by_reference": Outcome.IMPORTED,
    "by_address": Outcome.IMPORTED,
    "by_distance": Outcome.IMPORTED,
    "updated": Outcome.IMPORTED,
    "already_recorded": Outcome.UNCHANGED,
    "already_waiting": Outcome.UNCHANGED,
    "discarded_since": Outcome.UNCHANGED,
    "corrected_since": Outcome.UNCHANGED,
    "cancelled_since": Outcome.UNCHANGED,
    "kept": Outcome.UNCHANGED,
    FACT_DIFFERS: Outcome.ASKED,
    ID_TWICE: Outcome.ASKED,
    DAY_ORDER: Outcome.ASKED,
    "duplicate_in_file": Outcome.MERGED,
}
# A span ends on a later day, for files as for the form. An end with its hour is that of a fact whose day is known.
_ENDS_ON_ITS_DAY = r"""
UPDATE import_staging SET reason = 'bad_span'
WHERE reason IS NULL AND end_text <> '' AND span_end IS NULL AND end_text !~* '\d ?[:h] ?\d|\d ?h\M'
"""
_INSERT = """
INSERT INTO incidents_incident (landlord_id, commune_id, residence_id, address_id, fact_type_id, subtype_id, day, span_end,
    "time", place_kind, source, complaint_filed, complaint_reference, damage_cost, reported_by_id, import_run_id,
    external_source, external_id, created_at, cancel_reason, placed_by, placed_certainty)
SELECT landlord_id, commune_id, residence_id, address_id, fact_type_id, (
        SELECT min(t.id) FROM incidents_factsubtype t
            JOIN sites_territory_communes tc ON tc.territory_id = t.territory_id AND tc.commune_id = s.commune_id
        WHERE t.id = ANY (s.subtype_ids) HAVING count(DISTINCT t.id) = 1
    ), day, span_end,
    "time", place_kind, source, complaint_filed, complaint_reference, damage_cost, %(author)s, %(run)s,
    %(source)s, external_id, now(), '',
    CASE matched WHEN 'by_reference' THEN 'reference' WHEN 'by_address' THEN 'address' ELSE 'nearest' END,
    CASE matched WHEN 'by_distance' THEN 'nearest' ELSE 'certain' END
FROM import_staging s WHERE reason IS NULL
ORDER BY residence_id, fact_type_id, address_id, day
"""


ORDERS: dict[str, list[tuple[str, str | Promise]]] = {
    DAY_ORDER: [
        ("month", _("le mois vient d’abord : 11/18/2026")),
        ("day", _("le jour vient d’abord : 18/11/2026")),
    ]
}
QUESTIONS = CHOICES | ORDERS
# The reasons beside which the report quotes the address of the row, or its days, as the file writes them.
PLACES_QUOTED = (
    "no_place",
    "no_commune",
    "communes_disagree",
    "closed_place",
    "unknown_reference",
    "near_only",
    "several_places",
    "unknown_unit",
    "unclear_number",
    "alike_only",
)
# What is quoted of a staged row's place: of an unknown reference the reference too.
WRITTEN_PLACE = (
    "CASE reason WHEN 'unknown_reference' THEN concat_ws(' · ', reference, nullif(place_text, ''))"
    " ELSE place_text END"
)
DAYS_QUOTED = ("bad_date", "bad_span", "future_date", "too_old", DAY_ORDER)


def required(profile: Profile) -> tuple[str, ...]:
    """Return the fields that a row must have to be a fact."""
    return ("type", "month" if "month" in profile.columns else "day")


def run(task: Run) -> None:
    """Settle every row of the file and put it in the report; record the facts unless it is a preview.

    Levels are evaluated in the same transaction, once for all residences concerned.
    """
    fields = task.profile.known(task.table.header)
    with connection.cursor() as cursor:
        cursor.execute(STAGING)
        _stage(task, cursor)
        task.tell(_READING)
        with joining_sets():
            _settle(task, cursor, fields)
            task.tell(_MATCHED)
            residences = _write(task, cursor, fields) if task.writes else set()
            ask(task, cursor)
    _report(task)
    if residences:
        records_changed(sorted(residences))


def _settle(task: Run, cursor: Any, fields: set[str]) -> None:
    """Give each staged row a day and a place, or the reason why it is no new fact."""
    read_moments(task, cursor)
    params = parameters(task, cursor)
    match_places(cursor, params)
    if not params["nearest_decides"]:
        suggest_alike(cursor, params["landlord"])
    for statement in _NAMING:
        cursor.execute(statement, params)
    settle_moments(cursor, "incidents_incident")
    cursor.execute(_ENDS_ON_ITS_DAY)
    answers = task.record.answers
    params |= {FACT_DIFFERS: answers.get(FACT_DIFFERS, ""), ID_TWICE: answers.get(ID_TWICE, "")}
    for statement in _KNOWING:
        compared = statement.replace("{current_differs}", differs("i", fields))
        cursor.execute(compared.replace("{first_differs}", differs("f", fields)), params)


def _write(task: Run, cursor: Any, fields: set[str]) -> set[int]:
    """Record the new facts and take the differences that were chosen; return the residences concerned."""
    residences = take(task, cursor, fields)
    keep_unplaced(task, cursor)
    cursor.execute(
        _INSERT,
        {
            "author": task.record.actor_id,
            "run": task.record.pk,
            "source": task.profile.tables["source"],
        },
    )
    close_placed(task, cursor)
    cursor.execute("SELECT DISTINCT residence_id FROM import_staging WHERE reason IS NULL")
    return residences | {pk for (pk,) in cursor.fetchall()}


def _stage(task: Run, cursor: Any) -> None:
    header = task.table.header
    values_of = task.profile.bind(header, required(task.profile))
    reader = RowReader(task.profile, task.profile.titles(header))

    def staged() -> Iterator[Staged]:
        for done, row in enumerate(task.table.rows, 1):
            if len(row.cells) == len(header):
                yield reader.read(row.number, values_of(row.cells))
            else:
                yield reader.misfit(row.number, row.cells, len(header))
            task.tell_rows(done, _READING)

    copy_in_parts(cursor, "import_staging", Staged._fields, staged())
    cursor.execute("ANALYZE import_staging")


def _report(task: Run) -> None:
    with connection.connection.cursor(name="import_report") as cursor:
        cursor.execute(
            f"SELECT line, coalesce(reason, matched), remarks, subject, proposal, {WRITTEN_PLACE}, day_text, end_text,"
            " queued FROM import_staging ORDER BY line"
        )
        for line, reason, remarks, subject, proposal, place, day, end, queued in cursor:
            outcome = Outcome.WAITING if queued else _OUTCOMES.get(reason, Outcome.REJECTED)
            if reason == DAY_ORDER:
                task.ask(DAY_ORDER, line=line, subject="", file=quoted_days(day, end), known="")
            texts = [subject]
            if reason in PLACES_QUOTED:
                texts = [subject, quoted(place)]
            elif reason in DAYS_QUOTED:
                texts = [quoted(day), quoted(end), subject]
            told = " · ".join(text for text in texts if text)
            task.report.add(line, outcome, reason, remarks=remarks, subject=told, proposal=proposal)
