"""Store standing observations and disruptions."""

from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.dates import hours_between, long_date
from incidents import perimeter
from incidents.enums import Extent, ObservedFrequency, Service
from incidents.querysets import RecordQuerySet
from sites.models import ImportRun

from .nomenclature import FactType
from .placed import Placed

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Lasting(Placed):
    """A record of something that lasts: it is corrected and cancelled as a fact is, with its history.

    A cancelled record is kept, and does not count.
    """

    created_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    cancelled_at = models.DateTimeField(null=True, editable=False)
    # The default is the database's, for the rows that an import writes by plain SQL.
    cancel_reason = models.CharField(
        _("motif d’annulation"), max_length=200, blank=True, db_default="", editable=False
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old),
    exclude=["opaque_id"],
    meta={"db_table": "incidents_standingobservation_history"},
)
class StandingObservation(Lasting):
    """A standing observation: a fact type known to occur at a frequency since a day; it counts while confirmed."""

    fact_type = models.ForeignKey(
        FactType, models.PROTECT, related_name="standing_observations", verbose_name=_("nature")
    )
    frequency = models.PositiveSmallIntegerField(_("fréquence"), choices=ObservedFrequency)
    since = models.DateField(_("depuis le"))
    ended_on = models.DateField(_("terminé le"), null=True, blank=True)
    import_run = models.ForeignKey(
        ImportRun, models.SET_NULL, null=True, editable=False, related_name="standing_observations"
    )

    # Set by pghistory: the state before each change.
    events: "RelatedManager[models.Model]"

    perimeter = perimeter.STANDING_OBSERVATION

    class Meta:
        verbose_name = _("constat permanent")
        verbose_name_plural = _("constats permanents")
        ordering = ("-since", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(frequency__range=(1, 3)), name="observation_frequency_is_1_to_3"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("since")),
                name="observation_ends_after_it_starts",
                violation_error_message=_("La fin précède le début."),
            ),
        )
        indexes = (models.Index(fields=("residence", "address", "fact_type"), name="observation_place_idx"),)

    def __str__(self) -> str:
        return f"{self.fact_type} – {self.place}"


class Confirmation(models.Model):
    """A day on which a standing observation was first stated or confirmed."""

    observation = models.ForeignKey(StandingObservation, models.CASCADE, related_name="confirmations")
    day = models.DateField(_("confirmé le"), default=timezone.localdate)
    confirmed_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    # When those who may confirm it again were told that it is about to count no more.
    told_at = models.DateTimeField(null=True, editable=False)

    perimeter = perimeter.CONFIRMATION

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ("-day",)
        constraints = (
            models.UniqueConstraint(fields=("observation", "day"), name="confirmation_is_unique_by_day"),
        )

    def __str__(self) -> str:
        return long_date(self.day)


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old),
    exclude=["opaque_id", "seen_at", "seen_by"],
    meta={"db_table": "incidents_disruption_history"},
)
class Disruption(Lasting):
    """A disruption of a service or a piece of equipment (table 1).

    Attributes:
        hours_from: when the staff's presence becomes impossible each day; None for any other extent.
        hours_until: when it is possible again, on the next day where it is earlier than ``hours_from``.
        former_rule: True when it was entered while any disruption of the staff's presence gave level 4, and
            nobody has said since whether presence is impossible.
        seen_at: when a security lead has seen it as it is; None until then, and again once an agent corrects it.
            It counts meanwhile, and nothing that is published rests on it.
    """

    service = models.CharField(_("service ou équipement"), max_length=20, choices=Service)
    extent = models.CharField(_("étendue"), max_length=10, choices=Extent)
    starts_on = models.DateField(_("depuis le"))
    ends_on = models.DateField(_("jusqu’au (inclus)"), null=True, blank=True)
    recurs_daily = models.BooleanField(_("se répète chaque jour"), default=False)
    hours_from = models.TimeField(_("impossible à partir de"), null=True, blank=True)
    hours_until = models.TimeField(_("impossible jusqu’à"), null=True, blank=True)
    former_rule = models.BooleanField(
        _("saisie sous l’ancienne règle"), default=False, db_default=False, editable=False
    )
    seen_at = models.DateTimeField(_("vue le"), null=True, editable=False)
    seen_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    import_run = models.ForeignKey(
        ImportRun, models.SET_NULL, null=True, editable=False, related_name="disruptions"
    )

    # Set by pghistory: the state before each change.
    events: "RelatedManager[models.Model]"

    perimeter = perimeter.DISRUPTION

    class Meta:
        verbose_name = _("perturbation")
        verbose_name_plural = _("perturbations")
        ordering = ("-starts_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="disruption_ends_after_it_starts",
                violation_error_message=_("La fin précède le début."),
            ),
            models.CheckConstraint(
                condition=Q(
                    extent=Extent.IMPOSSIBLE,
                    service=Service.STAFF_PRESENCE,
                    hours_from__isnull=False,
                    hours_until__isnull=False,
                )
                | Q(hours_from=None, hours_until=None) & ~Q(extent=Extent.IMPOSSIBLE),
                name="disruption_impossible_presence_has_hours",
                violation_error_message=_(
                    "Une présence impossible est celle du personnel, sur des horaires : dites lesquels."
                ),
            ),
            models.CheckConstraint(
                condition=Q(hours_from=None) | ~Q(hours_until=F("hours_from")),
                name="disruption_hours_differ",
                violation_error_message=_("Les deux horaires sont les mêmes."),
            ),
        )
        indexes = (models.Index(fields=("residence", "address"), name="disruption_place_idx"),)

    def __str__(self) -> str:
        return f"{self.get_service_display()} – {self.place}"

    @property
    def hours(self) -> str:
        """The hours of an impossible presence in words, "" for any other extent."""
        return (
            hours_between(self.hours_from, self.hours_until) if self.hours_from and self.hours_until else ""
        )

    @property
    def to_reread(self) -> bool:
        """True when it gave level 4 by the former rule alone, and nobody has read it again."""
        lesser = self.extent in {Extent.LIMITED, Extent.PARTIAL} and not self.recurs_daily
        counts = self.cancelled_at is None
        return counts and self.former_rule and self.service == Service.STAFF_PRESENCE and lesser
