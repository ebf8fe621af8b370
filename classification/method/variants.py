"""Compute which residences would change level if a contested cell of the grid had another level.

The booklet fixes four of the twelve cells; three of the other eight could reasonably have another
level. The residences are compared in the database, from the stored findings.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from .scale import Frequency, Gravity, Level

CONTESTED: dict[tuple[Gravity, Frequency], Level] = {
    (Gravity.LOW, Frequency.REGULAR): Level.INCIVILITY,
    (Gravity.MEDIUM, Frequency.OCCASIONAL): Level.INCIVILITY,
    (Gravity.MAJOR, Frequency.DAILY): Level.DELINQUENCY,
}


@dataclass(frozen=True, slots=True)
class LevelShift:
    """A residence whose proposed level would change."""

    residence_id: int
    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Variant:
    """A contested cell with its other level, and the residences that would change level."""

    gravity: Gravity
    frequency: Frequency
    level: Level
    changes: tuple[LevelShift, ...]

    @property
    def query(self) -> str:
        """The query of the simulator's address that asks for this variant."""
        return f"c{self.gravity:d}{self.frequency:d}={self.level:d}"

    @property
    def raised(self) -> int:
        """The number of residences whose level would rise."""
        return sum(change.after > change.before for change in self.changes)

    @property
    def lowered(self) -> int:
        """The number of residences whose level would fall."""
        return sum(change.after < change.before for change in self.changes)


def variants() -> list[Variant]:
    """Return the three variants, each with the visible residences whose level it would change."""
    cells = list(CONTESTED.items())
    values: dict[str, int] = {}
    for n, ((gravity, frequency), level) in enumerate(cells):
        values |= {f"g{n}": gravity.value, f"f{n}": frequency.value, f"l{n}": level.value}
    with connection.cursor() as cursor:
        cursor.execute(_OTHERWISE.format(columns=_columns(len(cells)), moved=_moved(len(cells))), values)
        rows = cursor.fetchall()
    return [
        Variant(gravity, frequency, level, _changes(rows, n))
        for n, ((gravity, frequency), level) in enumerate(cells)
    ]


def _changes(rows: list[tuple[Any, ...]], n: int) -> tuple[LevelShift, ...]:
    return tuple(
        LevelShift(pk, name, before, after[n]) for pk, name, before, *after in rows if after[n] != before
    )


def _columns(number: int) -> str:
    return ", ".join(
        f"max(CASE WHEN t.gravity = %(g{n})s AND f.frequency = %(f{n})s THEN %(l{n})s ELSE f.level END) AS v{n}"
        for n in range(number)
    )


def _moved(number: int) -> str:
    return ", ".join(f"greatest(o.v{n}, s.impact_level)" for n in range(number))


# One pass over the findings for all variants; residences whose level no variant changes are left out.
_OTHERWISE = """
WITH other AS (
    SELECT f.residence_id, {columns}
    FROM classification_finding f JOIN incidents_facttype t ON t.id = f.fact_type_id
    WHERE f.address_id IS NULL
    GROUP BY f.residence_id
)
SELECT r.id, r.name, s.level, {moved}
FROM classification_sitelevel s
JOIN other o ON o.residence_id = s.residence_id
JOIN sites_residence r ON r.id = s.residence_id
WHERE s.address_id IS NULL AND NOT s.level = ALL (ARRAY[{moved}])
ORDER BY s.level DESC, r.name, r.id
"""
