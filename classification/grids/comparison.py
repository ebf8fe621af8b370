"""Compare two grids: the cells, thresholds and durations that differ."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from classification.method.grid import Threshold
from classification.method.scale import Frequency
from classification.models import GridVersion
from classification.residence.wording import days_count

from .forms import in_words


class Difference(NamedTuple):
    """What differs between two grids, and its value in each; ``is_level`` where these are levels."""

    what: str
    here: str
    there: str
    is_level: bool


def differences(here: GridVersion, there: GridVersion) -> list[Difference]:
    """Return what differs between two grids: cells by gravity and frequency, thresholds, durations."""
    return [*_cells(here, there), *_thresholds(here, there), *_durations(here, there)]


def _cells(here: GridVersion, there: GridVersion) -> list[Difference]:
    other = there.grid
    return [
        Difference(
            _("Gravité %(gravity)s, faits %(frequency)s") % {"gravity": cell[0].label, "frequency": cell[1].label},
            str(level.value), str(other.level(*cell).value), is_level=True,
        )
        for cell, level in sorted(here.grid.cells.items())
        if level != other.level(*cell)
    ]  # fmt: skip


def _thresholds(here: GridVersion, there: GridVersion) -> list[Difference]:
    ours, theirs = here.grid.thresholds, there.grid.thresholds
    return [
        Difference(
            _("Seuil des faits %(frequency)s") % {"frequency": frequency.label},
            _threshold(ours[frequency]), _threshold(theirs[frequency]), is_level=False,
        )
        for frequency in reversed(Frequency)
        if ours[frequency] != theirs[frequency]
    ]  # fmt: skip


def _threshold(one: Threshold) -> str:
    return _("%(n)s j. sur %(days)s") % {"n": one.occurrences, "days": one.days}


def _durations(here: GridVersion, there: GridVersion) -> list[Difference]:
    found = [
        (_("Un constat permanent compte"), here.confirmation_days, there.confirmation_days),
        (_("Une perturbation terminée compte encore"), here.disruption_days, there.disruption_days),
    ]
    return [
        Difference(what, days_count(ours), days_count(theirs), is_level=False)
        for what, ours, theirs in found
        if ours != theirs
    ]


def sources(version: GridVersion) -> list[tuple[str, str]]:
    """Return where the values that its territory changed come from, each with the cell or the threshold in words."""
    said: dict[str, str] = version.sources
    cells = [(in_words(cell), f"{cell[0]:d}.{cell[1]:d}") for cell in sorted(version.grid.cells)]
    thresholds = [
        (_("seuil des faits %(frequency)s") % {"frequency": one.label}, f"t{one:d}")
        for one in reversed(Frequency)
    ]
    return [(what, said[key]) for what, key in cells + thresholds if key in said]
