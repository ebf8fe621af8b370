"""Compute levels from records at any as-of date, with one set-based SQL statement.

The SQL lives beside this file so that it can be read as SQL: ``occurrences.sql`` counts the days of the records (first
stage), ``engine.sql`` computes the findings from them (second stage), ``facts.sql`` their highest level at each place, ``disruptions.sql`` the impact levels (table 1) of
the disruptions of ``recorded.sql``, ``levels.sql`` combines both tables, ``silence.sql`` flags the places where
recording stopped; ``store.sql`` and ``past.sql`` write the result, and end the decisions whose level changed. The statements run under the row-level security policies of the acting person:
they evaluate only the rows that person may see.
"""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import psycopg
from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from classification.method.scale import Frequency, Gravity, mark_of
from classification.models import GridVersion

_HERE = Path(__file__).resolve().parent
_OCCURRENCES, _SECOND_STAGE, _FACTS, _RECORDED, _DISRUPTIONS, _LEVELS, _SILENCE, _STORE, _PAST = (
    (_HERE / f"{name}.sql").read_text(encoding="utf-8")
    for name in (
        "occurrences",
        "engine",
        "facts",
        "recorded",
        "disruptions",
        "levels",
        "silence",
        "store",
        "past",
    )
)
# A record counts until its residence or its address is closed, and on no day from then on. Each list of closed places
# is read once for a statement, through a partial index.
_OPEN_RESIDENCE = (
    "AND residence_id NOT IN (SELECT id FROM sites_residence WHERE closed_on <= %(closed_by)s::date)"
)
_OPEN = (
    f"{_OPEN_RESIDENCE} AND (address_id IS NULL OR address_id NOT IN"
    " (SELECT id FROM sites_address WHERE closed_on <= %(closed_by)s::date))"
)
_FINDINGS = _SECOND_STAGE.replace("{occurrences}", _OCCURRENCES)
_FINDINGS, _RECORDED, _LEVELS, _SILENCE = (
    sql.replace("{open}", _OPEN).replace("{open_residence}", _OPEN_RESIDENCE)
    for sql in (_FINDINGS, _RECORDED, _LEVELS, _SILENCE)
)
_Ids = Collection[int] | None
# The number of branches of a full evaluation that PostgreSQL may run in parallel (Parallel Append).
_BRANCHES = 16
# Above this many residences, their ids are written once in a CTE and joined, instead of repeated for each table.
_MANY = 500
# Up to this many residences, the length PostgreSQL assumes for an unknown array, a generic plan is as good
# as one made for the very list; for more, it would look each of them up in every table.
_FEW = 10

_FINDING_COLUMNS = (
    "residence_id", "address_id", "fact_type_id", "frequency", "observed", "level",
    "in_daily", "in_regular", "in_occasional", "days", "spans", "last_day",
)  # fmt: skip

_DISRUPTION_COLUMNS = (
    "id", "residence_id", "address_id", "service", "extent", "starts_on", "ends_on", "recurs_daily",
    "hours_from", "hours_until", "seen_at", "level", "counts_until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceLevel:
    """The level of one place at one date, not stored.

    ``address_id`` is None for the residence as a whole, whose point is the middle of the points of its
    addresses. ``level_before`` is the level on the day of the last fact, of a silent place alone. ``longitude`` and ``latitude`` are None where no address is located.
    """

    landlord_id: int
    commune_id: int
    residence_id: int
    address_id: int | None
    level: int
    facts_level: int
    impact_level: int
    last_day: dt.date | None
    silent: bool
    level_before: int | None
    longitude: float | None
    latitude: float | None


def levels(
    version: GridVersion, as_of: dt.date, residence_ids: _Ids = None, *, seen_only: bool = False
) -> list[PlaceLevel]:
    """Return the level of every visible place at ``as_of``.

    Args:
        version: the grid to classify with.
        as_of: the day to look back from, included.
        residence_ids: only these residences and their addresses; None for all.
        seen_only: leave out the disruptions that no security lead has seen.
    """
    params = parameters(version, as_of, residence_ids, seen_only=seen_only)
    scope, _residence_scope = _scopes(residence_ids)
    columns = ", ".join(field.name for field in fields(PlaceLevel))
    query = levels_sql(residence_ids, params) + _told(scope) + f"SELECT {columns} FROM told"
    return [PlaceLevel(*row) for row in _rows(query, params, residence_ids)]


def residence_levels(
    version: GridVersion, as_of: dt.date, residence_ids: _Ids = None, *, seen_only: bool = False
) -> dict[int, int]:
    """Return the level of each residence as a whole at ``as_of``, arguments as for :func:`levels`."""
    params = parameters(version, as_of, residence_ids, seen_only=seen_only)
    query = (
        levels_sql(residence_ids, params) + "SELECT residence_id, level FROM levels WHERE address_id IS NULL"
    )
    return dict(_rows(query, params, residence_ids))


def residence_marks(
    version: GridVersion, as_of: dt.date, residence_ids: _Ids = None, *, seen_only: bool = False
) -> dict[int, int]:
    """Return what each residence as a whole was shown with at ``as_of``, a :class:`Mark`; arguments as for :func:`levels`."""
    params = parameters(version, as_of, residence_ids, seen_only=seen_only)
    scope, _residence_scope = _scopes(residence_ids)
    query = levels_sql(residence_ids, params) + _told(scope)
    query += "SELECT residence_id, level, silent FROM told WHERE address_id IS NULL"
    rows = _rows(query, params, residence_ids)
    return {residence: mark_of(level, silent=silent) for residence, level, silent in rows}


def findings(
    version: GridVersion, as_of: dt.date, residence_ids: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """Return the findings of every visible place at ``as_of``, as in :class:`classification.models.Finding`."""
    scope, _residence_scope = _scopes(residence_ids)
    query = (
        f"SELECT {', '.join(_FINDING_COLUMNS)} FROM ({_FINDINGS.format(scope=scope)}) f"
        " ORDER BY residence_id, address_id NULLS FIRST, level DESC, frequency DESC, fact_type_id"
    )
    rows = _rows(query, parameters(version, as_of, residence_ids), residence_ids)
    return [_finding(row) for row in rows]


def _finding(row: Sequence[Any]) -> dict[str, Any]:
    found = dict(zip(_FINDING_COLUMNS, row, strict=True))
    # Django's cursors return JSON as text.
    found["spans"] = json.loads(found["spans"]) if found["spans"] else None
    return found


def disruptions(
    version: GridVersion, as_of: dt.date, residence_ids: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """Return the disruptions that count at ``as_of`` (table 1), the most recent first.

    Each has, beside its own columns, its impact ``level``, 2 to 4, and ``counts_until``, the last day on
    which it counts; None while it lasts. Arguments as for :func:`levels`.
    """
    counting = disruptions_sql(residence_ids)
    query = f"SELECT {', '.join(_DISRUPTION_COLUMNS)} FROM ({counting}) d ORDER BY starts_on DESC, id"
    rows = _rows(query, parameters(version, as_of, residence_ids), residence_ids)
    return [dict(zip(_DISRUPTION_COLUMNS, row, strict=True)) for row in rows]


def weigh_frozen(
    version: GridVersion, as_of: dt.date, disruption: Mapping[str, Any]
) -> tuple[int, dt.date | None]:
    """Return the impact level of a disruption that counted at ``as_of``, and the last day on which it counts.

    Args:
        version: the grid it was classified with.
        as_of: the day it was frozen for.
        disruption: ``extent``, ``starts_on``, ``ends_on`` and ``recurs_daily``, as JSON has them.
    """
    columns = "extent text, starts_on date, ends_on date, recurs_daily boolean"
    frozen = f"(SELECT * FROM jsonb_to_record(%(frozen)s::jsonb) AS f ({columns}))"
    counting = _DISRUPTIONS.format(disruptions=frozen, scope="")
    params = parameters(version, as_of, None) | {"frozen": json.dumps(dict(disruption))}
    [(level, until)] = _rows(f"SELECT level, counts_until FROM ({counting}) d", params)
    return level, until


def store(version: GridVersion, as_of: dt.date, residence_ids: Collection[int] | None = None) -> int:
    """Replace the stored levels and findings of the places; return how many levels.

    The caller holds the lock of the residences (see :mod:`.services`).
    """
    params = parameters(version, as_of, residence_ids)
    scope, _residence_scope = _scopes(residence_ids)
    query = told_sql(residence_ids) + _STORE.format(scope=scope)
    with _cursor_for(residence_ids) as cursor:
        for table in ("classification_finding", "classification_sitelevel"):
            cursor.execute(f"DELETE FROM {table} WHERE true {scope}", params)
        cursor.execute(query, params)
        stored: int = cursor.rowcount
    return stored


def store_past(
    version: GridVersion,
    as_of: dt.date,
    back: Collection[int],
    residence_ids: Collection[int] | None = None,
) -> None:
    """Replace the stored past levels of the residences by their levels so many days before ``as_of``.

    The caller holds the lock of the residences.

    Args:
        version: the grid to classify with.
        as_of: the day of the evaluation.
        back: how many days before ``as_of`` each stored day is.
        residence_ids: only these residences; None for all.
    """
    params = parameters(version, as_of, residence_ids)
    scope, residence_scope = _scopes(residence_ids)
    facts = _FACTS.format(findings=_FINDINGS.format(scope=scope))
    query = f"WITH facts AS ({facts})" + _levels_beside(scope, residence_scope) + _PAST
    with _cursor_for(residence_ids) as cursor:
        cursor.execute(f"DELETE FROM classification_pastlevel WHERE true {scope}", params)
        for days in back:
            then = as_of - dt.timedelta(days)
            cursor.execute(query, params | {"as_of": then, "closed_by": then})


def told_sql(residence_ids: Collection[int] | None) -> str:
    """Return a statement up to its last CTE: ``findings``, then ``told``, the levels that follow from them."""
    scope, residence_scope = _scopes(residence_ids)
    facts = _FACTS.format(findings="SELECT * FROM findings")
    return (
        f"WITH findings AS MATERIALIZED ({_FINDINGS.format(scope=scope)}), facts AS ({facts})"
        + _levels_beside(scope, residence_scope)
        + _told(scope)
    )


def disruptions_sql(residence_ids: Collection[int] | None, *, unseen: bool = False) -> str:
    """Return the statement of the disruptions that count (table 1); with ``unseen``, whatever ``seen_only`` says."""
    scope, _residence_scope = _scopes(residence_ids)
    recorded = _RECORDED.replace("%(seen_only)s", "false") if unseen else _RECORDED
    return _DISRUPTIONS.format(disruptions=recorded, scope=scope)


def levels_sql(residence_ids: Collection[int] | None, params: dict[str, Any]) -> str:
    """Return the statement up to its last CTE, ``levels``, and add the bounds of its branches to ``params``."""
    scope, residence_scope = _scopes(residence_ids)
    asked = ""
    if residence_ids is None:
        branches = [_FACTS.format(findings=_FINDINGS.format(scope=s)) for s in _branches(params)]
        facts = "\nUNION ALL\n".join(branches)
    else:
        if len(residence_ids) > _MANY:
            asked = "asked AS MATERIALIZED (SELECT unnest(%(residences)s::bigint[]) AS id), "
            scope, residence_scope = (
                f"AND {key} IN (SELECT id FROM asked)" for key in ("residence_id", "id")
            )
        facts = _FACTS.format(findings=_FINDINGS.format(scope=scope))
    return f"WITH {asked}facts AS ({facts}){_levels_beside(scope, residence_scope)}"


def levels_of_counts_sql(counts: str, impacts: str) -> str:
    """Return the statement up to ``levels`` for all visible places, from what was counted for each type in the same windows.

    Args:
        counts: a query with the columns of the CTE ``frequencies`` of ``engine.sql``.
        impacts: as for :func:`levels_of_occurrences_sql`.
    """
    _days, ranked, rest = _SECOND_STAGE.partition("), ranked AS (")
    facts = _FACTS.format(findings=f"WITH frequencies AS ({counts}{ranked}{rest}")
    beside = _LEVELS.format(disruptions=impacts, scope="", residence_scope="")
    return f"WITH facts AS ({facts}){beside}"


def levels_of_occurrences_sql(occurrences: str, impacts: str) -> str:
    """Return the statement up to ``levels`` for all visible places, from occurrences that are not read from the records.

    Args:
        occurrences: the CTEs ``counted``, ``spans`` and ``observed``, as ``occurrences.sql`` has them.
        impacts: a query with ``residence_id``, ``address_id`` and ``level``, the impact levels (table 1).
    """
    facts = _FACTS.format(findings=_SECOND_STAGE.format(occurrences=occurrences))
    beside = _LEVELS.format(disruptions=impacts, scope="", residence_scope="")
    return f"WITH facts AS ({facts}){beside}"


def _levels_beside(scope: str, residence_scope: str) -> str:
    """Return the CTEs that follow ``facts``: the disruptions (table 1), and the levels."""
    counting = _DISRUPTIONS.format(disruptions=_RECORDED, scope=scope)
    return _LEVELS.format(disruptions=counting, scope=scope, residence_scope=residence_scope)


def _told(scope: str) -> str:
    """Return the CTEs that follow ``levels``, the last of which, ``told``, says which places are silent."""
    findings, disruptions = (
        sql.format(disruptions=_RECORDED, scope="AND residence_id = gone.residence_id").replace(
            "%(as_of)s::date", "gone.stopped_on"
        )
        for sql in (_FINDINGS, _DISRUPTIONS)
    )
    return _SILENCE.format(scope=scope, findings_then=findings, disruptions_then=disruptions)


def _scopes(residence_ids: Collection[int] | None) -> tuple[str, str]:
    """Return the SQL conditions that narrow a table of places, and that of residences, to ``residence_ids``."""
    if residence_ids is None:
        return "", ""
    # With "=" instead of "= ANY", PostgreSQL keeps a generic plan for one residence; for a list it would not.
    some = "= %(residence)s" if len(residence_ids) == 1 else "= ANY(%(residences)s::bigint[])"
    return f"AND residence_id {some}", f"AND id {some}"


def _branches(params: dict[str, Any]) -> list[str]:
    """Split the residences into ranges of ids that hold about the same number of facts each."""
    shares = [n / _BRANCHES for n in range(1, _BRANCHES)]
    quartiles = (
        "SELECT percentile_disc(%(shares)s::float[]) WITHIN GROUP (ORDER BY residence_id)"
        " FROM incidents_incident TABLESAMPLE SYSTEM (1)"
    )
    bounds = _rows(quartiles, {"shares": shares})[0][0] or []
    edges = sorted({bound for bound in bounds if bound is not None})
    params.update({f"edge_{n}": edge for n, edge in enumerate(edges)})
    lower = [""] + [f"AND residence_id >= %(edge_{n})s" for n in range(len(edges))]
    upper = [f"AND residence_id < %(edge_{n})s" for n in range(len(edges))] + [""]
    return [f"{low} {high}" for low, high in zip(lower, upper, strict=True)]


def parameters(
    version: GridVersion, as_of: dt.date, residence_ids: Collection[int] | None, *, seen_only: bool = False
) -> dict[str, Any]:
    """Return the parameters of the statements; arguments as for :func:`levels`."""
    grid = version.grid
    params: dict[str, Any] = {
        "as_of": as_of,
        # As of that day too where a statement looks back from an earlier one.
        "closed_by": as_of,
        "residences": list(residence_ids or ()),
        "residence": next(iter(residence_ids or ()), None),
        "grid_version": version.pk,
        "cells": [grid.level(g, f).value for g in Gravity for f in Frequency],
        "confirmation_days": version.confirmation_days,
        "disruption_days": version.disruption_days,
        "seen_only": seen_only,
        "zone": settings.TIME_ZONE,
    }
    for frequency in Frequency:
        threshold = grid.thresholds[frequency]
        params[f"t_{frequency.name.lower()}"] = threshold.occurrences
        params[f"w_{frequency.name.lower()}"] = threshold.days
    return params


class _PreparingCursor(psycopg.Cursor):
    """A cursor that binds on the server and prepares each statement, unless the connection forbids it."""

    def execute(self, query: psycopg.abc.QueryNoTemplate, params: psycopg.abc.Params | None = None) -> Self:  # type: ignore[override]  # without its options
        """Execute a statement as a prepared one, so that its plan is reused."""
        return super().execute(query, params, prepare=True)


def _cursor_for(residence_ids: _Ids) -> CursorWrapper:
    """Return the cursor for statements about ``residence_ids``: those about few are planned once, all others each time."""
    few = residence_ids is not None and len(residence_ids) <= _FEW
    return _planned_once() if few else connection.cursor()


def _planned_once() -> CursorWrapper:
    """Return a cursor that has a connection plan each statement only once.

    Planning the engine's statement with its policies takes longer than running it for one residence. Behind
    a connection pooler nothing is prepared (config.settings.database).
    """
    connection.ensure_connection()
    cursor = _PreparingCursor(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return wrap(cursor)  # type: ignore[arg-type]  # they wrap the driver's own


def _rows(
    sql: str, params: dict[str, Any], residence_ids: Collection[int] | None = None
) -> Sequence[tuple[Any, ...]]:
    with _cursor_for(residence_ids) as cursor:
        cursor.execute(sql, params)
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    return rows
