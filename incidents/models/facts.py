"""Store facts, their free text, what a lead answered, and acts on many facts at once."""

from typing import TYPE_CHECKING

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.dates import long_date, long_moment
from incidents import perimeter
from incidents.checks import COMPLAINT_FAULT, COST_DECIMALS, COST_DIGITS, SPAN_FAULT
from incidents.enums import Act, Certainty, PlaceKind, Source, Way
from incidents.querysets import IncidentQuerySet
from sites.models import ImportRun

from .nomenclature import FactSubtype, FactType
from .placed import Placed

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old),
    exclude=["opaque_id"],
    meta={"db_table": "incidents_incident_history"},
)
class Incident(Placed):
    """A recorded fact: its type, place and day, never a person.

    The day is known (``span_end`` null), or lies between ``day`` and ``span_end``, both
    included. A cancelled fact is kept, and does not count.
    """

    fact_type = models.ForeignKey(
        FactType, models.PROTECT, related_name="incidents", verbose_name=_("nature"), db_index=False
    )
    subtype = models.ForeignKey(
        FactSubtype,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
        verbose_name=_("précision du territoire"),
        db_index=False,
    )
    place_kind = models.CharField(_("lieu précis"), max_length=20, choices=PlaceKind, blank=True)
    day = models.DateField(_("jour"))
    span_end = models.DateField(_("et au plus tard le"), null=True, blank=True)
    time = models.TimeField(_("heure"), null=True, blank=True)
    source = models.CharField(_("origine"), max_length=20, choices=Source, default=Source.STAFF)
    complaint_filed = models.BooleanField(_("plainte déposée"), default=False)
    complaint_reference = models.CharField(_("numéro de plainte"), max_length=40, blank=True)
    damage_cost = models.DecimalField(
        _("coût des dégâts (€)"), max_digits=COST_DIGITS, decimal_places=COST_DECIMALS, null=True, blank=True
    )
    reported_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    import_run = models.ForeignKey(
        ImportRun, models.SET_NULL, null=True, editable=False, related_name="incidents", db_index=False
    )
    external_source = models.CharField(max_length=60, blank=True, editable=False)
    external_id = models.CharField(max_length=100, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancel_reason = models.CharField(_("motif d’annulation"), max_length=200, blank=True, editable=False)

    # Empty for facts recorded before these were kept.
    placed_by = models.CharField(
        _("lieu trouvé"), max_length=20, choices=Way, blank=True, db_default="", editable=False
    )
    placed_certainty = models.CharField(
        _("certitude du lieu"), max_length=20, choices=Certainty, blank=True, db_default="", editable=False
    )

    # Set by pghistory: the state before each change.
    events: "RelatedManager[models.Model]"
    objects = IncidentQuerySet.as_manager()

    perimeter = perimeter.INCIDENT

    class Meta:
        verbose_name = _("fait")
        verbose_name_plural = _("faits")
        ordering = ("-day", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(span_end=None) | Q(span_end__gt=F("day")),
                name="incident_span_ends_after_it_starts",
                violation_error_message=SPAN_FAULT,
            ),
            models.CheckConstraint(
                condition=Q(damage_cost=None) | Q(damage_cost__gte=0),
                name="incident_cost_is_not_negative",
                violation_error_message=_("Un coût ne peut pas être négatif."),
            ),
            models.CheckConstraint(
                condition=Q(complaint_reference="") | Q(complaint_filed=True),
                name="incident_complaint_reference_needs_a_complaint",
                violation_error_message=COMPLAINT_FAULT,
            ),
            models.UniqueConstraint(
                fields=("external_source", "external_id", "landlord"),
                name="incident_external_id_is_unique",
                condition=~Q(external_id=""),
            ),
        )
        indexes = (
            models.Index(
                # Covers the reading of the engine, the columns of the policies included.
                fields=("residence", "fact_type", "address", "day"),
                include=("landlord", "commune"),
                name="incident_engine_idx",
                condition=Q(span_end=None, cancelled_at=None),
            ),
            models.Index(
                fields=("residence", "address", "fact_type", "day", "span_end"),
                name="incident_span_idx",
                condition=Q(span_end__isnull=False, cancelled_at=None),
            ),
            models.Index(
                # Covers the map's query of places by period, the columns of the policies included.
                fields=("day",),
                include=("residence", "address", "fact_type", "landlord", "commune"),
                name="incident_period_idx",
                condition=Q(span_end=None, cancelled_at=None),
            ),
            # For the list, the latest first: under the policies an index by landlord gives no order.
            models.Index(fields=("-day", "-id"), name="incident_recent_idx"),
            models.Index(fields=("residence", "-day", "-id"), name="incident_residence_idx"),
            # For the places and types that a person used last, which every form reads.
            models.Index(fields=("reported_by", "-id"), name="incident_reporter_idx"),
        )

    def __str__(self) -> str:
        return f"{self.what} – {self.place} – {long_date(self.day)}"

    @property
    def seen_subtype(self) -> FactSubtype | None:
        """The sub-type, None for none and for one of a territory that the acting person does not see."""
        try:
            return self.subtype if self.subtype_id else None
        except FactSubtype.DoesNotExist:
            return None

    @property
    def what(self) -> str:
        """The type, with the sub-type if there is one."""
        return f"{self.fact_type} ({subtype})" if (subtype := self.seen_subtype) else str(self.fact_type)


class Narrative(models.Model):
    """The short free text of a fact, in its own table because fewer people may read it."""

    incident = models.OneToOneField(Incident, models.CASCADE, related_name="narrative", primary_key=True)
    text = models.TextField(_("précisions"), max_length=500)

    perimeter = perimeter.NARRATIVE

    class Meta:
        verbose_name = _("précisions")
        verbose_name_plural = _("précisions")

    def __str__(self) -> str:
        return self.text


class FactReply(models.Model):
    """What a security lead did with a fact that somebody else entered: read it, and perhaps answered in a sentence."""

    incident = models.OneToOneField(Incident, models.CASCADE, related_name="reply", primary_key=True)
    read_at = models.DateTimeField(_("lu le"), default=timezone.now)
    read_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    answer = models.CharField(_("réponse"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("répondu le"), null=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)

    perimeter = perimeter.FACT_REPLY

    class Meta:
        verbose_name = _("réponse à un fait")
        verbose_name_plural = _("réponses à des faits")
        ordering = ("incident_id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(answer="") ^ Q(answered_at__isnull=False),
                name="fact_reply_says_when_it_answered",
                violation_error_message=_("Une réponse a une date."),
            ),
        )

    def __str__(self) -> str:
        return self.answer


class BulkAct(models.Model):
    """What a security lead did to many facts at once, for it to be undone as one.

    What each fact was before stands in its history: it is the state that ends at ``made_at``, by which the facts that
    nobody changed since are known too.

    Attributes:
        facts: the ids of the facts that it changed.
        kept: the ids of those that its undoing left as they were then: changed since, or without their former place.
    """

    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    act = models.CharField(_("acte"), max_length=10, choices=Act)
    reason = models.CharField(_("motif"), max_length=200, blank=True)
    facts = ArrayField(models.BigIntegerField())
    made_at = models.DateTimeField(_("le"))
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(_("défait le"), null=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    kept = ArrayField(models.BigIntegerField(), default=list)

    perimeter = perimeter.BULK_ACT

    class Meta:
        verbose_name = _("acte groupé")
        verbose_name_plural = _("actes groupés")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(act=Act.CANCEL) ^ Q(reason=""),
                name="bulk_act_cancels_with_a_reason",
                violation_error_message=_("Une annulation a un motif."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_act_display()} – {long_moment(self.made_at)}"
