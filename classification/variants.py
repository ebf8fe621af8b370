"""The cells people may contest, and which residences would change level under each.

The booklet fixes four of the twelve cells; three of the other eight could reasonably be read
otherwise. The residences are compared in the database, from the stored findings.
"""

from dataclasses import dataclass

from django.db import connection

from .scale import Frequency, Gravity, Level

CONTESTED: dict[tuple[Gravity, Frequency], Level] = {
    (Gravity.LOW, Frequency.REGULAR): Level.INCIVILITY,
    (Gravity.MEDIUM, Frequency.OCCASIONAL): Level.INCIVILITY,
    (Gravity.MAJOR, Frequency.DAILY): Level.DELINQUENCY,
}


@dataclass(frozen=True, slots=True)
class Change:
    """A residence whose proposed level would be another."""

    residence_id: int
    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Variant:
    """A contested cell read otherwise, and what it would change."""

    gravity: Gravity
    frequency: Frequency
    level: Level
    changes: tuple[Change, ...]

    @property
    def raised(self) -> int:
        """How many residences would rise."""
        return sum(change.after > change.before for change in self.changes)

    @property
    def lowered(self) -> int:
        """How many residences would fall."""
        return sum(change.after < change.before for change in self.changes)


def variants() -> list[Variant]:
    """Return the three variants with the visible residences each would move."""
    return [
        Variant(gravity, frequency, level, _changes(gravity, frequency, level))
        for (gravity, frequency), level in CONTESTED.items()
    ]


def _changes(gravity: Gravity, frequency: Frequency, level: Level) -> tuple[Change, ...]:
    values = {"gravity": gravity.value, "frequency": frequency.value, "level": level.value}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, values)
        return tuple(Change(*row) for row in cursor.fetchall())


_CHANGED = """
WITH other AS (
    SELECT f.residence_id, max(CASE
        WHEN t.gravity = %(gravity)s AND f.frequency = %(frequency)s THEN %(level)s ELSE f.level END) AS level
    FROM classification_finding f JOIN incidents_facttype t ON t.id = f.fact_type_id
    WHERE f.address_id IS NULL
    GROUP BY f.residence_id
)
SELECT r.id, r.name, s.level, greatest(o.level, s.impact_level) AS after
FROM classification_sitelevel s
JOIN other o ON o.residence_id = s.residence_id
JOIN sites_residence r ON r.id = s.residence_id
WHERE s.address_id IS NULL AND greatest(o.level, s.impact_level) <> s.level
ORDER BY s.level DESC, r.name, r.id
"""
