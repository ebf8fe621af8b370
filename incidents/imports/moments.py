"""Read the days and hours of a whole file, once all its rows are staged: a column is judged, not a row."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from incidents.days import fault_of
from sites.imports.run import Run
from sites.zones import zone_of

from .days import Moment, Order, is_zoned, order_of, read_moment, tells_hours

# The question about a column whose figures show that the month comes first, or now one and now the other.
DAY_ORDER = "day_order"
_COLUMN = "FROM import_staging WHERE day IS NULL"
_HERE = f"{_COLUMN} AND reason IS NULL"


def settle_moments(task: Run, cursor: Any) -> None:
    """Set day, span and hour of the staged rows, or the reason why they have none."""
    # A month that is not over ends today.
    cursor.execute(
        "UPDATE import_staging SET span_end = %(today)s WHERE day <= %(today)s AND span_end > %(today)s",
        {"today": timezone.localdate()},
    )
    texts = _texts(cursor, f"SELECT DISTINCT day_text {_HERE}")
    ends = _texts(cursor, f"SELECT DISTINCT end_text {_HERE} AND end_text <> ''")
    # Rows left out for their type tell of the column as well.
    column = f"SELECT day_text {_COLUMN} UNION SELECT end_text {_COLUMN}"
    order = order_for(task, _texts(cursor, column))
    if order is None:
        cursor.execute(
            "UPDATE import_staging SET reason = %s WHERE reason IS NULL AND day IS NULL", [DAY_ORDER]
        )
        return
    zone, hours = zone_of(""), tells_hours(texts)
    read = {text: read_moment(text, order, zone, hours=hours) for text in {*texts, *ends}}
    _store(cursor, read)
    cursor.execute(_SET)
    _refuse(cursor)


def settle_zones(task: Run, cursor: Any) -> None:
    """Set day and hour of moments with a zone anew where their residence, known by now, lies in another zone."""
    cursor.execute(_ELSEWHERE)
    found = [row for row in cursor.fetchall() if is_zoned(row[1])]
    if not found:
        return
    order = order_for(task, [text for _line, text, _department in found]) or "day"
    for line, text, department in found:
        zone = zone_of(department)
        if (moment := read_moment(text, order, zone)) and zone != zone_of(""):
            cursor.execute(
                'UPDATE import_staging SET day = %s, "time" = %s WHERE line = %s',
                [moment.day, moment.time, line],
            )


def _texts(cursor: Any, query: str) -> list[str]:
    cursor.execute(query)
    return [text for (text,) in cursor.fetchall()]


def order_for(task: Run, texts: Iterable[str]) -> Order | None:
    """Return the order of the file's figures: answered, or that of the mapping, or shown by the column; else None.

    A mapping kept from an earlier file does not hold against what this file's column shows.
    """
    answered: Order | None = task.record.answers.get(DAY_ORDER) or None
    if answered:
        return answered
    kept: Order = task.profile.options.get("day_order") or "day"
    return kept if order_of(texts) in {kept, "either"} else None


def _store(cursor: Any, read: dict[str, Moment | None]) -> None:
    cursor.execute(
        "DROP TABLE IF EXISTS pg_temp.import_moments;"
        ' CREATE TEMPORARY TABLE import_moments (text text, day date, span_end date, "time" time) ON COMMIT DROP'
    )
    with cursor.copy('COPY import_moments (text, day, span_end, "time") FROM STDIN') as copy:
        for text, moment in read.items():
            if moment:
                copy.write_row((text, moment.day, moment.span_end, moment.time))
    cursor.execute("ANALYZE import_moments")


def _refuse(cursor: Any) -> None:
    """Refuse the rows whose days no fact can have, by the bounds of form and API."""
    cursor.execute("SELECT DISTINCT unnest(ARRAY[day, span_end]) FROM import_staging WHERE reason IS NULL")
    today = timezone.localdate()
    faults = {day: fault_of(day, today) for (day,) in cursor.fetchall() if day}
    for fault, reason in (("too_old", "too_old"), ("future", "future_date")):
        days = [day for day, found in faults.items() if found == fault]
        cursor.execute(
            "UPDATE import_staging SET reason = %s WHERE reason IS NULL"
            " AND (day = ANY(%s::date[]) OR span_end = ANY(%s::date[]))",
            [reason, days, days],
        )


_SET = """
UPDATE import_staging s SET day = m.day, span_end = m.span_end, "time" = coalesce(s."time", m."time")
FROM import_moments m WHERE s.reason IS NULL AND s.day IS NULL AND m.text = s.day_text;
UPDATE import_staging s SET span_end = coalesce(e.span_end, e.day)
FROM import_moments e WHERE s.reason IS NULL AND s.end_text <> '' AND e.text = s.end_text;
UPDATE import_staging s SET reason = 'bad_date'
WHERE s.reason IS NULL AND (
    s.day IS NULL
    OR s.end_text <> '' AND NOT EXISTS (SELECT 1 FROM import_moments e WHERE e.text = s.end_text)
);
UPDATE import_staging SET reason = 'bad_span' WHERE reason IS NULL AND span_end < day;
UPDATE import_staging SET span_end = NULL WHERE reason IS NULL AND span_end = day
"""
_ELSEWHERE = """
SELECT s.line, s.day_text, c.department
FROM import_staging s JOIN sites_commune c ON c.id = s.commune_id
WHERE s.reason IS NULL AND s.span_end IS NULL AND length(c.department) = 3
"""
