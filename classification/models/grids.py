"""Store the versions of the grid, and which territory has adopted which."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from classification import perimeter
from classification.method.grid import Grid, Provenance, Threshold
from classification.method.scale import Frequency, Gravity, Level
from sites.models import Territory


class GridVersion(models.Model):
    """A grid as data: 12 cells with their provenance, three thresholds, two durations.

    ``cells`` maps ``"gravity.frequency"`` to ``[level, provenance]``; ``thresholds`` maps a
    frequency to ``[occurrences, days]``.
    """

    name = models.CharField(_("nom"), max_length=100, unique=True)
    is_default = models.BooleanField(default=False)
    cells = models.JSONField()
    thresholds = models.JSONField()
    confirmation_days = models.PositiveSmallIntegerField(_("un constat permanent vaut (jours)"), default=90)
    disruption_days = models.PositiveSmallIntegerField(_("une perturbation compte (jours)"), default=91)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version de la grille")
        verbose_name_plural = _("versions de la grille")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("is_default",), condition=Q(is_default=True), name="grid_has_one_default"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def grid(self) -> Grid:
        """The grid built from the stored values.

        Raises:
            GridError: the stored values are not a complete, monotone grid.
        """
        parsed = {(Gravity(int(key[0])), Frequency(int(key[2]))): value for key, value in self.cells.items()}
        return Grid(
            cells={cell: Level(level) for cell, (level, _provenance) in parsed.items()},
            thresholds={
                Frequency(int(key)): Threshold(occurrences=value[0], days=value[1])
                for key, value in self.thresholds.items()
            },
            provenance={cell: Provenance(value[1]) for cell, value in parsed.items()},
        )


class GridAdoption(models.Model):
    """The adoption of a grid by a territory, instead of the default one."""

    territory = models.OneToOneField(Territory, models.CASCADE, related_name="grid_adoption")
    grid_version = models.ForeignKey(GridVersion, models.PROTECT, related_name="adoptions")

    perimeter = perimeter.GRID_ADOPTION

    class Meta:
        verbose_name = _("adoption d’une grille")
        verbose_name_plural = _("adoptions d’une grille")

    def __str__(self) -> str:
        return f"{self.territory} – {self.grid_version}"
