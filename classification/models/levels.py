"""Store current levels, those of past days, and the findings that explain them."""

from functools import partial

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from classification import perimeter
from classification.method.scale import Frequency, Level, Mark, mark_column
from incidents.models import FactType
from sites.models import Address, Commune, Residence

from .grids import GridVersion

# A foreign key that only the engine writes, from a join with its target. It has no constraint and no
# index: millions of such rows are replaced each night, and checking five keys of each would cost several
# times as much as computing the rows.
Computed = partial(models.ForeignKey, db_constraint=False, db_index=False)


class Evaluated(models.Model):
    """A row computed for an address, or for a residence as a whole when ``address`` is null."""

    landlord = Computed(Organisation, models.CASCADE, related_name="+")
    commune = Computed(Commune, models.PROTECT, related_name="+")
    residence = Computed(Residence, models.CASCADE, related_name="%(class)ss")
    address = Computed(Address, models.CASCADE, null=True, related_name="%(class)ss")

    class Meta:
        abstract = True


class SiteLevel(Evaluated):
    """The current level of a place, with the level of each table.

    ``level`` is the proposed level: the higher of the two tables. ``silent`` flags a site
    whose recording stopped: fewer records do not mean less trouble; ``level_before`` is its level on the day of its
    last fact, None for any other. ``retained`` is the level that the landlord's standing decision about the residence retained, on
    ``decided_on``; None where nobody has decided. ``mark`` is what the place is shown with. ``longitude`` and ``latitude`` repeat
    the address's point, or the middle of its addresses for a residence: the map reads this table alone.
    """

    grid_version = Computed(GridVersion, models.PROTECT, related_name="+")
    as_of = models.DateField(_("au"))
    level = models.PositiveSmallIntegerField(_("niveau"), choices=Level)
    facts_level = models.PositiveSmallIntegerField(_("niveau selon les faits"), choices=Level)
    impact_level = models.PositiveSmallIntegerField(_("niveau selon l’impact"), choices=Level)
    last_day = models.DateField(_("dernier fait"), null=True)
    silent = models.BooleanField(_("saisie interrompue"), default=False)
    level_before = models.PositiveSmallIntegerField(
        _("niveau avant l’interruption"), null=True, choices=Level
    )
    retained = models.PositiveSmallIntegerField(_("niveau retenu"), null=True, choices=Level)
    decided_on = models.DateField(_("décidé le"), null=True)
    mark = mark_column()
    longitude = models.FloatField(null=True, editable=False)
    latitude = models.FloatField(null=True, editable=False)

    perimeter = perimeter.SITE_LEVEL

    class Meta:
        verbose_name = _("niveau")
        verbose_name_plural = _("niveaux")
        ordering = ("-level", "residence_id", "address_id")
        constraints = (
            models.UniqueConstraint(
                fields=("residence", "address"), nulls_distinct=False, name="site_level_is_unique"
            ),
            models.CheckConstraint(condition=Q(level__range=(1, 4)), name="site_level_is_1_to_4"),
            models.CheckConstraint(
                condition=Q(level=Greatest("facts_level", "impact_level")),
                name="site_level_is_the_higher_table",
            ),
            models.CheckConstraint(
                condition=Q(retained=None, decided_on=None)
                | Q(retained__isnull=False, retained__range=(1, 4), decided_on__isnull=False),
                name="site_level_is_decided_on_a_day",
            ),
        )
        indexes = (
            # A B-tree and not a GiST index: under row-level security only leakproof operators use an index.
            models.Index(
                fields=("longitude", "latitude"),
                name="site_level_point_idx",
                condition=Q(longitude__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.address or self.residence} – {self.level}"


class PastLevel(models.Model):
    """The level of a residence on a past day that pages compare with, from the records as known now.

    ``level`` is the proposed level, by the grid of ``grid_version``. The days are those of
    :data:`classification.engine.services.PAST_DAYS` before the last evaluation.
    """

    landlord = Computed(Organisation, models.CASCADE, related_name="+")
    commune = Computed(Commune, models.PROTECT, related_name="+")
    residence = Computed(Residence, models.CASCADE, related_name="pastlevels")
    grid_version = Computed(GridVersion, models.PROTECT, related_name="+")
    day = models.DateField(_("au"))
    level = models.PositiveSmallIntegerField(_("niveau"), choices=Level)

    perimeter = perimeter.PAST_LEVEL

    class Meta:
        verbose_name = _("niveau passé")
        verbose_name_plural = _("niveaux passés")
        ordering = ("residence_id", "-day")
        constraints = (
            models.UniqueConstraint(fields=("residence", "day"), name="past_level_is_unique"),
            models.CheckConstraint(condition=Q(level__range=(1, 4)), name="past_level_is_1_to_4"),
        )

    def __str__(self) -> str:
        return f"{self.residence} – {self.day} – {self.level}"


class MonthLevel(models.Model):
    """What a residence had at the end of a month, from the records as known now and by the grid that counts now.

    The night keeps the last months (:mod:`classification.history.nightly`). Landlord and commune are the residence's, and
    a composite foreign key has the row follow and go with it.

    Attributes:
        mark: of the proposed level, before any decision.
        heard: whether a fact of that day or before is recorded at the residence.
        stale: whether records or places changed since; it is worked out again in the next night.
    """

    landlord = Computed(Organisation, models.CASCADE, related_name="+")
    commune = Computed(Commune, models.PROTECT, related_name="+")
    residence = Computed(Residence, models.CASCADE, related_name="monthlevels")
    grid_version = Computed(GridVersion, models.PROTECT, related_name="+")
    day = models.DateField(_("au"))
    mark = models.PositiveSmallIntegerField(_("marque"), choices=Mark)
    heard = models.BooleanField()
    stale = models.BooleanField(default=False)

    perimeter = perimeter.MONTH_LEVEL

    class Meta:
        verbose_name = _("niveau en fin de mois")
        verbose_name_plural = _("niveaux en fin de mois")
        ordering = ("residence_id", "-day")
        constraints = (
            models.UniqueConstraint(fields=("residence", "day"), name="month_level_is_unique"),
            models.CheckConstraint(condition=Q(mark__range=(0, 4)), name="month_level_is_a_mark"),
        )
        indexes = (
            # Covers the counts by month, with the columns of the policies: reading them touches no row.
            models.Index(
                fields=("landlord", "commune", "day"),
                include=("mark", "heard", "grid_version", "stale"),
                name="month_level_counts_idx",
            ),
        )

    def __str__(self) -> str:
        return f"{self.residence_id} – {self.day} – {self.mark}"


class RecordChange(models.Model):
    """A day on which records of a residence changed; ``since`` is the first day that any of these records speaks of.

    Where the records may speak of any day, as after a correction, ``since`` is the first day of the calendar.
    """

    landlord = Computed(Organisation, models.CASCADE, related_name="+")
    commune = Computed(Commune, models.PROTECT, related_name="+")
    residence = Computed(Residence, models.CASCADE, related_name="recordchanges")
    day = models.DateField()
    since = models.DateField()

    perimeter = perimeter.RECORD_CHANGE

    class Meta:
        verbose_name = _("jour de saisie")
        verbose_name_plural = _("jours de saisie")
        ordering = ("-day", "residence_id")
        constraints = (
            models.UniqueConstraint(fields=("residence", "day"), name="record_change_is_unique_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.residence_id} – {self.day}"


class Finding(Evaluated):
    """The finding of one fact type at one place: its frequency, and the level of its cell of the grid.

    ``days`` are the counted days of the longest window, oldest first; ``spans`` the facts
    of unknown day, as ``[first day, last day, number]``. ``in_daily``, ``in_regular`` and
    ``in_occasional`` are the occurrences in the three windows, days and spans added.
    """

    fact_type = Computed(FactType, models.PROTECT, related_name="+")
    frequency = models.PositiveSmallIntegerField(choices=Frequency)
    observed = models.PositiveSmallIntegerField(null=True, choices=Frequency)
    level = models.PositiveSmallIntegerField(choices=Level)
    in_daily = models.PositiveSmallIntegerField()
    in_regular = models.PositiveSmallIntegerField()
    in_occasional = models.PositiveSmallIntegerField()
    days = ArrayField(models.DateField())
    spans = models.JSONField(null=True)

    perimeter = perimeter.FINDING

    class Meta:
        verbose_name = _("constat")
        verbose_name_plural = _("constats")
        ordering = ("-level", "-frequency", "fact_type_id")
        constraints = (
            models.UniqueConstraint(
                fields=("residence", "address", "fact_type"),
                nulls_distinct=False,
                name="finding_is_unique",
            ),
        )

    def __str__(self) -> str:
        return f"{self.fact_type} – {self.frequency} → {self.level}"
