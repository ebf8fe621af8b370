"""Define the grid: gravity × frequency → level, and the thresholds of each frequency.

A grid is data, independent of the database and of requests: it is built from plain values,
refuses levels that are not monotone, and bears the provenance of each cell.

>>> grid = reference_grid()
>>> grid.level(Gravity.MEDIUM, Frequency.DAILY).value
3
>>> grid.frequency(in_28_days=8, in_91_days=8, in_365_days=8).name
'DAILY'
>>> grid.frequency(in_28_days=0, in_91_days=0, in_365_days=0) is None
True
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from .scale import Frequency, Gravity, Level

Cell = tuple[Gravity, Frequency]
Cells = Mapping[Cell, Level]


class Provenance(StrEnum):
    """The provenance of the level of a cell."""

    WORKED_EXAMPLE = "worked_example"
    RECONSTRUCTED = "reconstructed"
    LOCAL = "local"


class GridError(ValueError):
    """The error of a grid that cannot be used; the message names the cells or thresholds at fault."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold: at least ``occurrences`` distinct days in the last ``days`` days (both ≥ 1).

    >>> Threshold(occurrences=8, days=28).holds(7)
    False
    >>> Threshold(occurrences=40, days=28)
    Traceback (most recent call last):
    ...
    classification.method.grid.GridError: 40 occurrences cannot be reached in 28 days.
    """

    occurrences: int
    days: int

    def __post_init__(self) -> None:
        if self.occurrences < 1 or self.days < 1:
            message = f"A threshold needs at least 1 occurrence and 1 day, not {self}."
            raise GridError(message)
        if self.occurrences > self.days:
            message = f"{self.occurrences} occurrences cannot be reached in {self.days} days."
            raise GridError(message)

    def holds(self, occurrences: int) -> bool:
        """Say whether ``occurrences`` counted in the window reach the threshold."""
        return occurrences >= self.occurrences


@dataclass(frozen=True, slots=True)
class Grid:
    """A complete, monotone grid with its thresholds.

    Attributes:
        cells: the 4 × 3 levels.
        thresholds: one for each frequency; the higher the frequency, the shorter the window.
        provenance: the provenance of each cell; a cell without one counts as LOCAL.

    Raises:
        GridError: a cell is missing, a level falls as gravity or frequency rises, or a
            threshold is missing or its window is not shorter than the next one's.
    """

    cells: Cells
    thresholds: Mapping[Frequency, Threshold]
    provenance: Mapping[tuple[Gravity, Frequency], Provenance]

    def __post_init__(self) -> None:
        missing = [cell for cell in product(Gravity, Frequency) if cell not in self.cells]
        if missing:
            message = "The grid lacks " + ", ".join(_name(cell) for cell in missing) + "."
            raise GridError(message)
        self._refuse_falling_levels()
        self._refuse_unordered_windows()

    def level(self, gravity: Gravity, frequency: Frequency) -> Level:
        """Return the level of a cell."""
        return self.cells[gravity, frequency]

    def frequency(self, in_28_days: int, in_91_days: int, in_365_days: int) -> Frequency | None:
        """Return the highest frequency whose threshold the occurrences reach, None when they reach none.

        Args:
            in_28_days: occurrences in the window of DAILY (28 days in the reference grid).
            in_91_days: occurrences in the window of REGULAR.
            in_365_days: occurrences in the window of OCCASIONAL.
        """
        counts = {
            Frequency.DAILY: in_28_days,
            Frequency.REGULAR: in_91_days,
            Frequency.OCCASIONAL: in_365_days,
        }
        reached = (f for f in counts if self.thresholds[f].holds(counts[f]))
        return next(reached, None)

    def _refuse_falling_levels(self) -> None:
        for here, there in falls(self.cells):
            message = (
                f"The level falls from {self.cells[here].value} at {_name(here)} "
                f"to {self.cells[there].value} at {_name(there)}: "
                "a graver or more frequent fact cannot give a lower level."
            )
            raise GridError(message)

    def _refuse_unordered_windows(self) -> None:
        if set(self.thresholds) != set(Frequency):
            message = "The grid needs one threshold for each frequency."
            raise GridError(message)
        for frequency in (Frequency.OCCASIONAL, Frequency.REGULAR):
            longer, shorter = self.thresholds[frequency], self.thresholds[Frequency(frequency + 1)]
            if shorter.days >= longer.days:
                message = (
                    f"The window of {Frequency(frequency + 1).name} ({shorter.days} days) must be "
                    f"shorter than that of {frequency.name} ({longer.days} days)."
                )
                raise GridError(message)


def falls(cells: Cells) -> list[tuple[Cell, Cell]]:
    """Return the neighbouring cells between which the level falls as gravity or frequency rises; none in a monotone grid.

    >>> falls({cell: Level.QUIET for cell in reference_grid().cells})
    []
    """
    pairs = []
    for gravity, frequency in product(Gravity, Frequency):
        here = (gravity, frequency)
        if gravity < max(Gravity):
            pairs.append((here, (Gravity(gravity + 1), frequency)))
        if frequency < max(Frequency):
            pairs.append((here, (gravity, Frequency(frequency + 1))))
    return [(here, there) for here, there in pairs if cells[there] < cells[here]]


def reference_grid() -> Grid:
    """Return the grid of the AORIF's tables of January 2021, completed.

    The tables print their levels as colours, which their text lost. Their worked example
    fixes four cells; ``clamp(gravity + frequency − 2, 1, 4)`` is the only simple rule that
    agrees with all four, and it gives the other eight.

    >>> reference_grid().provenance[Gravity.EXTREME, Frequency.OCCASIONAL].value
    'worked_example'
    >>> cells = dict(reference_grid().cells)
    >>> cells[Gravity.MAJOR, Frequency.DAILY] = Level.QUIET
    >>> Grid(cells, reference_grid().thresholds, {})
    Traceback (most recent call last):
    ...
    classification.method.grid.GridError: The level falls from 3 at MEDIUM × DAILY to 1 at MAJOR × DAILY: a graver or more frequent fact cannot give a lower level.
    """
    cells = {(g, f): Level(min(max(g + f - 2, 1), 4)) for g, f in product(Gravity, Frequency)}
    worked = {
        (Gravity.LOW, Frequency.DAILY),
        (Gravity.EXTREME, Frequency.OCCASIONAL),
        (Gravity.MAJOR, Frequency.OCCASIONAL),
        (Gravity.MEDIUM, Frequency.DAILY),
    }
    return Grid(
        cells=cells,
        thresholds={
            Frequency.DAILY: Threshold(occurrences=8, days=28),
            Frequency.REGULAR: Threshold(occurrences=6, days=91),
            Frequency.OCCASIONAL: Threshold(occurrences=1, days=365),
        },
        provenance={
            cell: Provenance.WORKED_EXAMPLE if cell in worked else Provenance.RECONSTRUCTED for cell in cells
        },
    )


def _name(cell: tuple[Gravity, Frequency]) -> str:
    return f"{cell[0].name} × {cell[1].name}"
