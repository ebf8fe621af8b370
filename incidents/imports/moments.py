"""Read the days and hours of a whole file, once all its rows are staged: columns are judged, not rows.

A moment written with a zone is the day and the hour at the place of its row. An hour in a column of its own is the hour
at the place too, wherever that is: it stands beside the day of the moment, in place of the moment's hour.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from incidents.days import fault_of
from sites.imports.run import Run
from sites.zones import OVERSEAS, todays, zone_of

from .days import Order, instant_of, order_of, read_moment, tells_hours

# The question about days whose figures show that the month comes first, or now one and now the other.
DAY_ORDER = "day_order"
# The staged columns of the days that every file has.
_DAYS = ("day_text", "end_text")
_REASONS = {"too_old": "too_old", "future": "future_date"}


def read_moments(task: Run, cursor: Any, also: Sequence[str] = ()) -> None:
    """Read all days of the file in the one order that they show, and refuse the rows of which none can be read.

    What was read is in the temporary table ``import_moments``, by staged column and text, for
    :func:`settle_moments`; ``at`` is the instant of a moment written with a zone.

    Args:
        task: the import.
        cursor: its cursor, with the staged rows.
        also: staged columns of further days, beside the first and the last one.
    """
    # Rows left out for their type tell of the column as well.
    columns = {name: _texts(cursor, name) for name in (*_DAYS, *also)}
    order = order_for(task, {text for texts in columns.values() for text in texts})
    if order is None:
        cursor.execute(
            "UPDATE import_staging SET reason = %s WHERE reason IS NULL AND day IS NULL", [DAY_ORDER]
        )
    _store(cursor, columns if order else {}, order or "day")
    cursor.execute(_UNREADABLE)


def settle_moments(cursor: Any, table: str) -> None:
    """Set day, span and hour of the staged rows at their places, and refuse what nothing can have there.

    Args:
        cursor: the cursor of the import, which holds the rows with their places and what :func:`read_moments` read.
        table: the table of the records: a row without a place that is known by its identifier is where its record is.
    """
    cursor.execute(
        _ZONES.format(table=table),
        {"departments": list(OVERSEAS), "zones": list(OVERSEAS.values())},
    )
    cursor.execute(_SET, {"todays": todays_of_zones()})
    refuse_days(cursor, ("day", "span_end"))


def todays_of_zones() -> str:
    """Return the current day in each zone, as JSON, for statements about staged rows."""
    return json.dumps({zone: day.isoformat() for zone, day in todays().items()})


def order_for(task: Run, texts: Iterable[str]) -> Order | None:
    """Return the order of the file's figures: answered, or that of the mapping, or shown by the texts; else None.

    A mapping kept from an earlier file does not hold against what the days of this file show.
    """
    answered: Order | None = task.record.answers.get(DAY_ORDER) or None
    if answered:
        return answered
    kept: Order = task.profile.options.get("day_order") or "day"
    return kept if order_of(texts) in {kept, "either"} else None


def refuse_days(cursor: Any, columns: Sequence[str], setting: str = "") -> None:
    """Refuse the rows whose days no record can have at its place, by the bounds of form and API.

    Args:
        cursor: the cursor of the import.
        columns: the staged columns of the days.
        setting: further assignments for the rows refused.
    """
    among = ", ".join(f"s.{name}" for name in columns)
    cursor.execute(f"SELECT DISTINCT zone, unnest(ARRAY[{among}]) FROM import_staging s WHERE reason IS NULL")
    today = todays()
    found: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for zone, day in cursor.fetchall():
        if fault := day and fault_of(day, today[zone]):
            found[fault].append((zone, day))
    for fault, reason in _REASONS.items():
        if found[fault]:
            zones, days = zip(*found[fault], strict=True)
            cursor.execute(
                f"UPDATE import_staging s SET reason = %s{setting}"
                " FROM unnest(%s::text[], %s::date[]) AS f(zone, day)"
                f" WHERE s.reason IS NULL AND s.zone = f.zone AND f.day IN ({among})",
                [reason, list(zones), list(days)],
            )


def _texts(cursor: Any, column: str) -> list[str]:
    cursor.execute(f"SELECT DISTINCT {column} FROM import_staging WHERE day IS NULL AND {column} <> ''")
    return [text for (text,) in cursor.fetchall()]


def _store(cursor: Any, columns: dict[str, list[str]], order: Order) -> None:
    cursor.execute(_MOMENTS)
    with cursor.copy('COPY import_moments (field, text, day, span_end, "time", at) FROM STDIN') as copy:
        for name, texts in columns.items():
            # A column is judged by itself: programs may write hours in one and midnights beside the days of another.
            hours = tells_hours(texts)
            for text in texts:
                if moment := read_moment(text, order, zone_of(""), hours=hours):
                    at = instant_of(text, order, hours=hours)
                    copy.write_row((name, text, moment.day, moment.span_end, moment.time, at))
    cursor.execute("ANALYZE import_moments")


_MOMENTS = """
DROP TABLE IF EXISTS pg_temp.import_moments;
CREATE TEMPORARY TABLE import_moments (
    field text, text text, day date, span_end date, "time" time, at timestamptz
) ON COMMIT DROP
"""
_UNREADABLE = """
UPDATE import_staging s SET reason = 'bad_date'
WHERE s.reason IS NULL AND s.day IS NULL
    AND NOT EXISTS (SELECT 1 FROM import_moments m WHERE m.field = 'day_text' AND m.text = s.day_text);
UPDATE import_staging s SET reason = 'bad_date'
WHERE s.reason IS NULL AND s.end_text <> ''
    AND NOT EXISTS (SELECT 1 FROM import_moments e WHERE e.field = 'end_text' AND e.text = s.end_text)
"""
# Of a row that waits for its place, the place suggested first says the zone until a person has chosen.
_ZONES = """
CREATE TEMPORARY TABLE import_zones ON COMMIT DROP AS
SELECT c.id AS commune_id, z.zone
FROM sites_commune c JOIN unnest(%(departments)s::text[], %(zones)s::text[]) AS z(department, zone) USING (department);
ANALYZE import_zones;
UPDATE import_staging s SET zone = z.zone FROM import_zones z WHERE s.reason IS NULL AND z.commune_id = s.commune_id;
UPDATE import_staging s SET zone = z.zone
FROM {table} i JOIN import_zones z ON z.commune_id = i.commune_id
WHERE s.reason IS NULL AND s.commune_id IS NULL AND i.id = s.known_id;
UPDATE import_staging s SET zone = z.zone
FROM sites_address a JOIN import_zones z ON z.commune_id = a.commune_id
WHERE s.reason IS NULL AND s.commune_id IS NULL AND s.known_id IS NULL AND a.id = s.candidates[1];
DROP TABLE import_zones
"""
# A month that is not over ends today.
_SET = """
UPDATE import_staging SET span_end = (%(todays)s::jsonb ->> zone)::date
WHERE reason IS NULL AND day <= (%(todays)s::jsonb ->> zone)::date AND span_end > (%(todays)s::jsonb ->> zone)::date;
UPDATE import_staging s SET
    moment = m.at, hour_told = s."time" IS NOT NULL,
    day = coalesce((m.at AT TIME ZONE s.zone)::date, m.day), span_end = m.span_end,
    "time" = coalesce(s."time", (m.at AT TIME ZONE s.zone)::time, m."time")
FROM import_moments m
WHERE s.reason IS NULL AND s.day IS NULL AND m.field = 'day_text' AND m.text = s.day_text;
UPDATE import_staging s SET
    moment_end = e.at, span_end = coalesce((e.at AT TIME ZONE s.zone)::date, e.span_end, e.day)
FROM import_moments e
WHERE s.reason IS NULL AND s.end_text <> '' AND e.field = 'end_text' AND e.text = s.end_text;
UPDATE import_staging SET reason = 'bad_span' WHERE reason IS NULL AND span_end < day;
UPDATE import_staging SET span_end = NULL WHERE reason IS NULL AND span_end = day
"""
