"""Store facts, their free text, standing observations and disruptions.

``landlord`` and ``commune`` repeat those of the residence, kept equal by a composite foreign key, so that
the row-level security policies read them from the row itself.
"""

from typing import TYPE_CHECKING

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.dates import hours_between, long_date, long_moment
from sites.models import Address, Commune, ImportRun, Residence, Territory

from . import perimeter
from .checks import COMPLAINT_FAULT, COST_DECIMALS, COST_DIGITS, SPAN_FAULT
from .enums import Act, Certainty, Extent, Family, ObservedFrequency, PlaceKind, Service, Source, Way
from .querysets import IncidentQuerySet, RecordQuerySet

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


SUBTYPE_LENGTH = 120


class FactType(models.Model):
    """A type of the shared nomenclature (AORIF, January 2021, table 2)."""

    code = models.CharField(max_length=40, unique=True)
    family = models.CharField(_("famille"), max_length=20, choices=Family)
    gravity = models.PositiveSmallIntegerField(_("gravité"))
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    listed_daily = models.BooleanField()
    listed_regular = models.BooleanField()
    listed_occasional = models.BooleanField()

    class Meta:
        verbose_name = _("nature de fait")
        verbose_name_plural = _("natures de faits")
        ordering = ("gravity", "id")
        constraints = (
            models.CheckConstraint(condition=Q(gravity__range=(1, 4)), name="fact_type_gravity_is_1_to_4"),
        )

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label_fr


class FactSubtype(models.Model):
    """A territory's own sub-type of a fact type; it counts as the shared type it is attached to.

    One that has ended is offered no more, and stays on the facts that have it. ``former_labels`` holds its earlier
    names, each with the day on which it was given up.
    """

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="fact_subtypes")
    fact_type = models.ForeignKey(FactType, models.PROTECT, related_name="subtypes")
    label = models.CharField(_("libellé"), max_length=SUBTYPE_LENGTH)
    ended_at = models.DateTimeField(_("terminée le"), null=True, editable=False)
    former_labels = models.JSONField(default=list, editable=False)

    perimeter = perimeter.FACT_SUBTYPE

    class Meta:
        verbose_name = _("sous-nature de fait")
        verbose_name_plural = _("sous-natures de faits")
        ordering = ("label__french", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("territory", "fact_type", "label"), name="fact_subtype_is_unique"
            ),
        )

    def __str__(self) -> str:
        return self.label


class Placed(models.Model):
    """A record at an address, or at a residence as a whole when ``address`` is null.

    In files a record is identified by ``opaque_id`` (:mod:`incidents.identifiers`), never by its number.
    """

    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", editable=False, db_index=False)
    residence = models.ForeignKey(
        Residence, models.PROTECT, related_name="%(class)ss", verbose_name=_("résidence"), db_index=False
    )
    address = models.ForeignKey(
        Address,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("adresse"),
        db_index=False,
    )

    # The default is the database's, so that rows written by plain SQL get one as well.
    opaque_id = models.UUIDField(db_default=RandomUUID(), editable=False)

    class Meta:
        abstract = True

    @property
    def place(self) -> Address | Residence:
        """The address, or the residence when no address was recorded."""
        return self.address or self.residence


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


class UnplacedFact(models.Model):
    """A fact of a file whose place is not certain: it counts nowhere until a person has chosen one.

    A row that is settled stays, so that the same file does not bring it again: placed, as ``incident``, or
    discarded, with a reason. One that a later file replaced stays too, for the undoing of that file to bring it back.

    Attributes:
        way: why the place is not certain, and how the candidates were found.
        written: the place as the file writes it, unless it seemed to speak of a person.
        candidates: ids of addresses, the best first.
        moment: the instant of a day written with a zone, None else; ``day`` and ``time`` are those at the first candidate.
        moment_end: the instant of the last day, likewise.
        hour_told: a column of its own tells the hour, which then is that of the place, wherever it is.
        replaced_by: the row that a later file brought under the same identifier, with another content.
        former_discards: how it was discarded before, where that was taken back: ``reason``, ``at``, ``by`` (the id of
            a person, or null), ``back_at``, ``back_by``; moments in ISO 8601, the first discarding first.
    """

    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    fact_type = models.ForeignKey(FactType, models.PROTECT, related_name="+", verbose_name=_("nature"))
    place_kind = models.CharField(_("lieu précis"), max_length=20, choices=PlaceKind, blank=True)
    day = models.DateField(_("jour"))
    span_end = models.DateField(_("et au plus tard le"), null=True)
    time = models.TimeField(_("heure"), null=True)
    source = models.CharField(_("origine"), max_length=20, choices=Source)
    complaint_filed = models.BooleanField(_("plainte déposée"), default=False)
    complaint_reference = models.CharField(_("numéro de plainte"), max_length=40, blank=True)
    damage_cost = models.DecimalField(
        _("coût des dégâts (€)"), max_digits=COST_DIGITS, decimal_places=COST_DECIMALS, null=True
    )
    import_run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="unplaced_facts")
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    way = models.CharField(_("pourquoi"), max_length=20, choices=Way)
    written = models.CharField(_("lieu écrit"), max_length=200, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    candidates = ArrayField(models.BigIntegerField())
    moment = models.DateTimeField(null=True)
    moment_end = models.DateTimeField(null=True)
    hour_told = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    discard_reason = models.CharField(_("motif"), max_length=200, blank=True)
    incident = models.OneToOneField(Incident, models.SET_NULL, null=True, related_name="unplaced")
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaced")
    # The default is the database's, for the rows that an import writes by plain SQL.
    former_discards = models.JSONField(default=list, db_default=Value([], models.JSONField()), editable=False)

    perimeter = perimeter.UNPLACED_FACT

    class Meta:
        verbose_name = _("fait à placer")
        verbose_name_plural = _("faits à placer")
        ordering = ("-day", "-id")
        indexes = (models.Index(fields=("landlord", "-day", "-id"), name="unplaced_fact_recent_idx"),)

    def __str__(self) -> str:
        return f"{self.fact_type} – {long_date(self.day)}"


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
