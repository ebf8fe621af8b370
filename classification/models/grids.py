"""Store the versions of the grid, which territory classifies with which from when, and who said so."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from classification import perimeter
from classification.method.grid import Grid, Provenance, Threshold
from classification.method.scale import Frequency, Gravity, Level
from core.dates import long_date
from sites.models import Territory

from .decisions import REASON_LENGTH


class GridVersion(models.Model):
    """A grid as data: 12 cells with their provenance, three thresholds, two durations. It is never changed.

    Attributes:
        cells: maps ``"gravity.frequency"`` to ``[level, provenance]``.
        thresholds: maps a frequency to ``[occurrences, days]``.
        territory: the territory whose coordinator saved it; None for those that come with the product.
        note: what it is, in words.
        sources: maps a cell, or ``"t"`` and a frequency, to the words that say where its value comes from.
    """

    name = models.CharField(_("nom"), max_length=100, unique=True)
    is_default = models.BooleanField(default=False)
    cells = models.JSONField()
    thresholds = models.JSONField()
    confirmation_days = models.PositiveSmallIntegerField(_("un constat permanent vaut (jours)"), default=90)
    disruption_days = models.PositiveSmallIntegerField(_("une perturbation compte (jours)"), default=91)
    created_at = models.DateTimeField(auto_now_add=True)
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("territoire")
    )
    note = models.CharField(_("note"), max_length=REASON_LENGTH, blank=True)
    sources = models.JSONField(default=dict, editable=False)

    perimeter = perimeter.GRID_VERSION

    class Meta:
        verbose_name = _("version de la grille")
        verbose_name_plural = _("versions de la grille")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("is_default",), condition=Q(is_default=True), name="grid_has_one_default"
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="grid_is_never_changed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "cells",
                    "thresholds",
                    "confirmation_days",
                    "disruption_days",
                    "territory",
                    "note",
                    "sources",
                ),
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


class AdoptionState(models.TextChoices):
    """Where the adoption of a grid stands."""

    PROPOSED = "proposed", _("proposée")
    ADOPTED = "adopted", _("adoptée")
    REFUSED = "refused", _("refusée")
    WITHDRAWN = "withdrawn", _("retirée")


class GridAdoption(models.Model):
    """A version of the grid proposed to a territory from a day on; once adopted it counts from that day, until a later one does.

    A trigger lets it be adopted only once every landlord that shares with the territory has accepted it, by that day.

    Attributes:
        starts_on: the first day that it counts for; None for what an operator entered, which counts for every day.
        settled_at: when it was adopted, refused or withdrawn.
    """

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="grid_adoptions")
    grid_version = models.ForeignKey(GridVersion, models.PROTECT, related_name="adoptions")
    starts_on = models.DateField(_("à partir du"), null=True)
    state = models.CharField(
        _("état"), max_length=10, choices=AdoptionState, default=AdoptionState.ADOPTED, editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_at = models.DateTimeField(null=True, editable=False)

    perimeter = perimeter.GRID_ADOPTION

    class Meta:
        verbose_name = _("adoption d’une grille")
        verbose_name_plural = _("adoptions d’une grille")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="adopted", starts_on=None)
                | Q(state="proposed", starts_on__isnull=False, settled_at=None)
                | Q(state__in=("adopted", "refused", "withdrawn"), starts_on__isnull=False, settled_at__isnull=False),
                name="adoption_is_settled_at_a_moment",
            ),
            models.UniqueConstraint(
                fields=("territory",), condition=Q(state="proposed"), name="adoption_is_proposed_alone",
                violation_error_message=_("Une grille est déjà proposée pour ce territoire."),
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.territory} – {self.grid_version}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the version and its first day."""
        return (
            f"{self.grid_version} – {long_date(self.starts_on)}" if self.starts_on else str(self.grid_version)
        )

    @property
    def begun(self) -> bool:
        """True once its first day has come."""
        return self.starts_on is None or self.starts_on <= timezone.localdate()

    @property
    def passed(self) -> bool:
        """True when it was not adopted by its first day: it cannot be any more."""
        return (
            self.state == AdoptionState.PROPOSED
            and self.starts_on is not None
            and self.starts_on < timezone.localdate()
        )


class StepKind(models.TextChoices):
    """What a person did about the adoption of a grid."""

    PROPOSED = "proposed", _("proposée")
    ACCEPTED = "accepted", _("acceptée")
    REFUSED = "refused", _("refusée")
    WITHDRAWN = "withdrawn", _("retirée")


ANSWERS = (StepKind.ACCEPTED, StepKind.REFUSED)


class AdoptionStep(models.Model):
    """What a named person did about the adoption of a grid: proposed or withdrew it, accepted or refused it for a landlord.

    Names are kept as they were then: the landlords of a territory do not see each other's accounts. It is never changed.
    """

    adoption = models.ForeignKey(GridAdoption, models.PROTECT, related_name="steps", editable=False)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(max_length=10, choices=StepKind, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    organisation_name = models.CharField(max_length=200, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    by_name = models.CharField(max_length=200, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(_("motif"), max_length=REASON_LENGTH, blank=True)

    perimeter = perimeter.ADOPTION_STEP

    class Meta:
        verbose_name = _("étape de l’adoption d’une grille")
        verbose_name_plural = _("étapes de l’adoption d’une grille")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("adoption", "organisation"), condition=Q(kind__in=("accepted", "refused")),
                name="adoption_is_answered_once",
                violation_error_message=_("Ce bailleur a déjà répondu."),
            ),
            models.CheckConstraint(
                condition=Q(kind="accepted") | ~Q(reason=""),
                name="adoption_step_says_why",
                violation_error_message=_("Refuser une grille demande un motif."),
            ),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(name="adoption_step_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.organisation_name} – {self.get_kind_display()}"
