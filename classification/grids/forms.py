"""Read the grid to simulate from the address of the page: the cells and the thresholds that differ from a version's."""

from itertools import product
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from classification.method.grid import Cell, Cells, Grid, Provenance, Threshold, falls
from classification.method.scale import Frequency, Gravity, Level
from classification.models import GridVersion
from classification.residence.wording import days_count

# The stored days, and so what a simulation can look back at, are those of a year.
LONGEST = 365


def cell_name(gravity: int, frequency: int) -> str:
    """Return the name of a cell's level in the address."""
    return f"c{gravity:d}{frequency:d}"


class _DaysField(forms.IntegerField):
    """A number of days within a year, named for who does not see where it stands."""

    def __init__(self, label: str) -> None:
        attributes = {"class": "form-control", "inputmode": "numeric", "aria-label": label}
        super().__init__(label=label, min_value=1, max_value=LONGEST, widget=forms.NumberInput(attributes))


class GridForm(forms.Form):
    """A form of a whole grid; what the address does not say is as in ``version``.

    Attributes:
        falling: the cells between which the level falls.
    """

    def __init__(self, asked: QueryDict, version: GridVersion) -> None:
        self.version, self.falling = version, set[Cell]()
        values = stated(version)
        super().__init__({name: asked.get(name) or value for name, value in values.items()})
        for gravity, frequency in product(Gravity, Frequency):
            self.fields[cell_name(gravity, frequency)] = forms.TypedChoiceField(
                label=in_words((gravity, frequency)), coerce=int, choices=[(n.value, n.value) for n in Level]
            )
        for frequency in Frequency:
            for name, what in (("o", _("Jours constatés")), ("w", _("Sur combien de jours"))):
                label = _("%(what)s, faits %(frequency)s") % {"what": what, "frequency": frequency.label}
                self.fields[f"{name}{frequency:d}"] = _DaysField(label)

    def clean(self) -> dict[str, Any]:
        """Refuse a grid whose level falls, or whose thresholds cannot hold; each sentence names the cell or the frequency."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        cells = self._cells(cleaned)
        for here, there in falls(cells):
            self.falling |= {here, there}
            self.add_error(None, _falls(cells, here, there))
        for frequency in Frequency:
            self._check_threshold(cleaned, frequency)
        return cleaned

    def _check_threshold(self, cleaned: dict[str, Any], frequency: Frequency) -> None:
        days, least = cleaned[f"w{frequency:d}"], cleaned[f"o{frequency:d}"]
        values = {"frequency": frequency.label, "n": least, "days": days}
        if least > days:
            self.add_error(
                None, _("Faits %(frequency)s : %(n)s jours ne tiennent pas dans %(days)s.") % values
            )
        if frequency > min(Frequency) and days >= cleaned[f"w{frequency - 1:d}"]:
            values |= {
                "other": Frequency(frequency - 1).label,
                "days": days_count(days),
                "longer": days_count(cleaned[f"w{frequency - 1:d}"]),
            }
            said = _(
                "La période des faits %(frequency)s (%(days)s) doit être plus courte que celle des faits"
                " %(other)s (%(longer)s)."
            )
            self.add_error(None, said % values)

    @staticmethod
    def _cells(cleaned: dict[str, Any]) -> Cells:
        return {
            (gravity, frequency): Level(cleaned[cell_name(gravity, frequency)])
            for gravity, frequency in product(Gravity, Frequency)
        }

    @property
    def grid(self) -> GridVersion:
        """The grid of a form that is valid, not stored: a cell that differs from the version's is local."""
        cells, former = self._cells(self.cleaned_data), self.version.grid
        return GridVersion(
            cells={
                f"{gravity:d}.{frequency:d}": [
                    level.value,
                    former.provenance[gravity, frequency].value
                    if level == former.level(gravity, frequency)
                    else Provenance.LOCAL.value,
                ]
                for (gravity, frequency), level in cells.items()
            },
            thresholds={
                f"{frequency:d}": [self.cleaned_data[f"o{frequency:d}"], self.cleaned_data[f"w{frequency:d}"]]
                for frequency in Frequency
            },
            confirmation_days=self.version.confirmation_days,
            disruption_days=self.version.disruption_days,
        )


def stated(version: GridVersion) -> dict[str, str]:
    """Return what the address says of a version: each cell and threshold by its name."""
    grid: Grid = version.grid
    thresholds: dict[Frequency, Threshold] = dict(grid.thresholds)
    return {
        **{cell_name(*cell): str(level.value) for cell, level in grid.cells.items()},
        **{f"o{frequency:d}": str(one.occurrences) for frequency, one in thresholds.items()},
        **{f"w{frequency:d}": str(one.days) for frequency, one in thresholds.items()},
    }


def _falls(cells: Cells, here: Cell, there: Cell) -> str:
    said = _(
        "Le niveau baisse de %(before)s (%(here)s) à %(after)s (%(there)s) : un fait plus grave ou plus fréquent ne"
        " peut pas donner un niveau plus bas."
    )
    return said % {
        "before": cells[here].value,
        "after": cells[there].value,
        "here": in_words(here),
        "there": in_words(there),
    }


def in_words(cell: Cell) -> str:
    """Return a cell in words: its gravity and its frequency."""
    return _("gravité %(gravity)s, faits %(frequency)s") % {
        "gravity": cell[0].label,
        "frequency": cell[1].label,
    }
