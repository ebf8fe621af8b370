"""Store how long records are kept, which of them are held, and what is left of those that were erased."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.dates import long_date
from incidents import perimeter
from sites.models import Commune, Territory

from .facts import Incident
from .nomenclature import FactType
from .ongoing import Disruption, StandingObservation

# In months: what the law lets keep at most, and what a territory may go down to. A level counts a year, and is
# shown with those of the year before.
NARRATIVES_MOST, NARRATIVES_LEAST = 12, 1
FACTS_MOST, FACTS_LEAST = 60, 36


class RetentionTerms(models.Model):
    """How long a territory has records kept, from a day on; a row is only ever added to.

    They count for what landlords share with it. A record in several territories goes by the shortest.
    """

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="retention_terms")
    narratives_months = models.PositiveSmallIntegerField(_("précisions des faits, en mois"))
    facts_months = models.PositiveSmallIntegerField(_("faits, constats et perturbations, en mois"))
    counts_from = models.DateField(_("à partir du"))
    set_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    set_at = models.DateTimeField(default=timezone.now)

    perimeter = perimeter.RETENTION_TERMS

    class Meta:
        verbose_name = _("durées de conservation")
        verbose_name_plural = _("durées de conservation")
        ordering = ("-counts_from", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(narratives_months__range=(NARRATIVES_LEAST, NARRATIVES_MOST)),
                name="terms_of_narratives_are_1_to_12_months",
            ),
            models.CheckConstraint(
                condition=Q(facts_months__range=(FACTS_LEAST, FACTS_MOST)),
                name="terms_of_facts_are_36_to_60_months",
            ),
        )

    def __str__(self) -> str:
        return f"{self.territory} – {long_date(self.counts_from)}"


# What a hold may keep: the column that names it.
KEPT = ("incident", "observation", "disruption")


def _keeps(name: str) -> Q:
    """Return the condition that a hold keeps a record of the column ``name``, and no other."""
    return Q(**{f"{other}__isnull": other != name for other in KEPT})


class LegalHold(models.Model):
    """A fact, a standing observation or a disruption that is kept beyond its term: who asked for it, why, from when until when.

    One that was lifted stays, as the history.
    """

    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, null=True, related_name="holds")
    observation = models.ForeignKey(StandingObservation, models.CASCADE, null=True, related_name="holds")
    disruption = models.ForeignKey(Disruption, models.CASCADE, null=True, related_name="holds")
    reason = models.CharField(_("motif"), max_length=200)
    starts_on = models.DateField(_("depuis le"), default=timezone.localdate)
    ends_on = models.DateField(_("jusqu’au (exclu)"), null=True, blank=True)
    set_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)

    perimeter = perimeter.LEGAL_HOLD

    class Meta:
        verbose_name = _("gel d’un enregistrement")
        verbose_name_plural = _("gels d’enregistrements")
        ordering = ("-starts_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=KEPT,
                condition=Q(lifted_at=None),
                nulls_distinct=False,
                name="legal_hold_is_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=_keeps("incident") | _keeps("observation") | _keeps("disruption"),
                name="legal_hold_keeps_one_record",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="legal_hold_ends_after_it_starts",
                violation_error_message=_("La fin précède le début."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.record} – {long_date(self.starts_on)}"

    @property
    def record(self) -> Incident | StandingObservation | Disruption:
        """What it keeps."""
        found: Incident | StandingObservation | Disruption | None = (
            self.incident or self.observation or self.disruption
        )
        if found is None:
            message = "a hold keeps one record"
            raise ValueError(message)
        return found

    @property
    def numbered(self) -> str:
        """What it keeps, by kind and number: whoever reads holds may not read records."""
        if self.incident_id:
            return gettext("Fait n° %(n)d") % {"n": self.incident_id}
        if self.observation_id:
            return gettext("Constat permanent n° %(n)d") % {"n": self.observation_id}
        return gettext("Perturbation n° %(n)d") % {"n": self.disruption_id}

    @property
    def in_force(self) -> bool:
        """True while it keeps the record."""
        return self.lifted_at is None and (self.ends_on is None or self.ends_on > timezone.localdate())


class FactTotal(models.Model):
    """What is left of erased facts: how many of a type, in a commune and a month, without a place or a day.

    Attributes:
        commune: None where the landlord has so few residences that the commune would name one of them.
        month: the first day of the month.
    """

    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, related_name="+")
    fact_type = models.ForeignKey(FactType, models.PROTECT, related_name="+")
    month = models.DateField()
    number = models.PositiveIntegerField()

    perimeter = perimeter.FACT_TOTAL

    class Meta:
        verbose_name = _("total de faits effacés")
        verbose_name_plural = _("totaux de faits effacés")
        ordering = ("-month", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("landlord", "commune", "fact_type", "month"),
                nulls_distinct=False,
                name="fact_total_is_unique",
            ),
        )

    def __str__(self) -> str:
        return f"{self.fact_type} – {long_date(self.month)}"


class Horizon(models.Model):
    """The last day of which a record of a landlord was erased: an older level can no longer be computed."""

    landlord = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    erased_until = models.DateField()

    perimeter = perimeter.HORIZON

    class Meta:
        verbose_name = _("horizon des faits conservés")
        verbose_name_plural = _("horizons des faits conservés")

    def __str__(self) -> str:
        return long_date(self.erased_until)
