"""The engine: one set-based statement from records to levels, at any as-of date.

The SQL lives beside this file so that it can be read as SQL. It runs under the policies
of whoever acts: it evaluates what they may see, no more.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from .models import GridVersion
from .scale import Frequency, Gravity

_HERE = Path(__file__).resolve().parent
_FINDINGS = (_HERE / "engine.sql").read_text(encoding="utf-8")
_LEVELS = _FINDINGS + (_HERE / "levels.sql").read_text(encoding="utf-8")

_STORE = """
, stored AS (
    INSERT INTO classification_finding (landlord_id, commune_id, residence_id, address_id, fact_type_id,
        frequency, observed, level, in_daily, in_regular, in_occasional, days, spans)
    SELECT r.landlord_id, r.commune_id, f.residence_id, f.address_id, f.fact_type_id,
        f.frequency, f.observed, f.level, f.in_daily, f.in_regular, f.in_occasional, f.days, f.spans
    FROM findings f JOIN sites_residence r ON r.id = f.residence_id
)
INSERT INTO classification_sitelevel (landlord_id, commune_id, residence_id, address_id, grid_version_id,
    as_of, level, facts_level, impact_level, last_day, silent)
SELECT landlord_id, commune_id, residence_id, address_id, %(grid_version)s, %(as_of)s,
    level, facts_level, impact_level, last_day, silent
FROM levels
"""


@dataclass(frozen=True, slots=True)
class PlaceLevel:
    """The level of one place at one date, not stored.

    ``address_id`` is None for the residence as a whole.
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


def levels(
    version: GridVersion, as_of: dt.date, residence_ids: Collection[int] | None = None
) -> list[PlaceLevel]:
    """Return the level of every visible place at ``as_of``.

    Args:
        version: the grid to classify with.
        as_of: the day to look back from, included.
        residence_ids: only these residences and their addresses; None for all.
    """
    sql, params = _statement(_LEVELS, version, as_of, residence_ids)
    return [PlaceLevel(*row) for row in _rows(sql + "SELECT * FROM levels", params)]


def findings(
    version: GridVersion, as_of: dt.date, residence_ids: Collection[int] | None = None
) -> list[dict[str, Any]]:
    """Return the findings of every visible place at ``as_of``, as in :class:`.models.Finding`."""
    sql, params = _statement(_FINDINGS, version, as_of, residence_ids)
    columns = (
        "residence_id", "address_id", "fact_type_id", "frequency", "observed", "level",
        "in_daily", "in_regular", "in_occasional", "days", "spans", "last_day",
    )  # fmt: skip
    query = sql + f"SELECT {', '.join(columns)} FROM findings ORDER BY 1, 2 NULLS FIRST, 6 DESC, 3"
    return [dict(zip(columns, row, strict=True)) for row in _rows(query, params)]


def store(version: GridVersion, as_of: dt.date, residence_ids: Collection[int] | None = None) -> int:
    """Replace the stored levels and findings of the places; return how many levels.

    The caller holds the lock of the residences (see :mod:`.services`).
    """
    sql, params = _statement(_LEVELS + _STORE, version, as_of, residence_ids)
    narrowed = "" if residence_ids is None else " WHERE residence_id = ANY(%(residences)s)"
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM classification_finding" + narrowed, params)
        cursor.execute("DELETE FROM classification_sitelevel" + narrowed, params)
        cursor.execute(sql, params)
        return cursor.rowcount


def _statement(
    sql: str, version: GridVersion, as_of: dt.date, residence_ids: Collection[int] | None
) -> tuple[str, dict[str, Any]]:
    narrowed = residence_ids is not None
    text = sql.format(
        scope="AND residence_id = ANY(%(residences)s)" if narrowed else "",
        residence_scope="AND id = ANY(%(residences)s)" if narrowed else "",
    )
    grid = version.grid
    params: dict[str, Any] = {
        "as_of": as_of,
        "residences": list(residence_ids or ()),
        "grid_version": version.pk,
        "cells": [grid.level(g, f).value for g in Gravity for f in Frequency],
        "confirmation_days": version.confirmation_days,
        "disruption_days": version.disruption_days,
    }
    for frequency in Frequency:
        threshold = grid.thresholds[frequency]
        params[f"t_{frequency.name.lower()}"] = threshold.occurrences
        params[f"w_{frequency.name.lower()}"] = threshold.days
    return text, params


def _rows(sql: str, params: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
