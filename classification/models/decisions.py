"""Store what security leads decided about the levels that the method proposes."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from classification import perimeter
from classification.method.scale import Level
from core.dates import long_date
from sites.models import Commune, Residence

REASON_LENGTH = 200
# The columns that are written when a decision ends.
_ENDING = ("ended_on", "ending", "ended_by", "end_reason", "lapsed_level", "lapsed_silent")


class Ending(models.TextChoices):
    """Why a decision does not stand any more."""

    LAPSED = "lapsed", _("caduque : ce sur quoi elle portait a changé")
    REPLACED = "replaced", _("remplacée par une autre décision")
    WITHDRAWN = "withdrawn", _("retirée")


class Decision(models.Model):
    """What a security lead decided about the level proposed for a residence: confirmed, or another one retained.

    It is about the level ``proposed`` of a site whose recording had stopped or not (``silent``), and stands until
    either changes, another decision replaces it or it is withdrawn. A row is never changed but to end, and never again
    after that. ``landlord`` and ``commune`` repeat the residence's, which a composite foreign key keeps equal.

    Attributes:
        as_of: the day of the level that it is about.
        retained: the level that the site is shown with while the decision stands.
        reason: why another level than the proposed one was retained, or one was given to a silent site; whoever sees
            the level reads it.
        ended_on: the first day on which it does not stand; None while it does.
        ended_by: who replaced or withdrew it; None where it lapsed.
        end_reason: why it was withdrawn.
        lapsed_level: the level proposed since it lapsed; None where the residence was closed.
        lapsed_silent: whether recording had stopped then.
        told_at: when the leads were mailed that it lapsed.
    """

    landlord = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", editable=False, db_index=False
    )
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", editable=False, db_index=False)
    residence = models.ForeignKey(
        Residence, models.PROTECT, related_name="decisions", editable=False, db_index=False
    )
    as_of = models.DateField(_("niveau au"), editable=False)
    proposed = models.PositiveSmallIntegerField(_("niveau proposé"), choices=Level, editable=False)
    silent = models.BooleanField(_("saisie interrompue"), editable=False)
    retained = models.PositiveSmallIntegerField(_("niveau retenu"), choices=Level)
    reason = models.CharField(_("motif"), max_length=REASON_LENGTH, blank=True)
    decided_at = models.DateTimeField(_("décidé le"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    ended_on = models.DateField(_("caduque depuis le"), null=True, editable=False)
    ending = models.CharField(_("fin"), max_length=10, choices=Ending, blank=True, editable=False)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    end_reason = models.CharField(_("motif du retrait"), max_length=REASON_LENGTH, blank=True, editable=False)
    lapsed_level = models.PositiveSmallIntegerField(
        _("niveau proposé depuis"), choices=Level, null=True, editable=False
    )
    lapsed_silent = models.BooleanField(_("saisie interrompue depuis"), null=True, editable=False)

    told_at = models.DateTimeField(null=True, editable=False)

    perimeter = perimeter.DECISION

    class Meta:
        verbose_name = _("décision sur un niveau")
        verbose_name_plural = _("décisions sur les niveaux")
        ordering = ("-decided_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("residence",), condition=Q(ended_on=None), name="decision_stands_alone_at_its_site"
            ),
            models.CheckConstraint(
                condition=Q(proposed__range=(1, 4), retained__range=(1, 4)), name="decision_levels_are_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(retained=F("proposed"), silent=False) | ~Q(reason=""),
                name="decision_says_why_it_departs",
                violation_error_message=_("Retenir un autre niveau que celui proposé demande un motif."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ending="") | Q(ended_on__isnull=False) & ~Q(ending=""),
                name="decision_ends_for_something",
            ),
            models.CheckConstraint(
                condition=~Q(ending=Ending.LAPSED) | Q(ended_by=None, end_reason=""),
                name="decision_lapses_by_itself",
            ),
        )
        indexes = (
            models.Index(fields=("residence", "-decided_at"), name="decision_history_idx"),
            # For the engine, and for the lists of those that lapsed.
            models.Index(fields=("landlord", "ended_on"), name="decision_landlord_idx"),
        )
        triggers = (
            pgtrigger.Protect(
                name="decision_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["landlord", "commune", *_ENDING, "told_at"]),
            ),
            pgtrigger.Protect(
                name="decision_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.ended_on IS NOT NULL AND (OLD.ended_on, OLD.ending, OLD.ended_by_id, OLD.end_reason) IS DISTINCT FROM"
                    " (NEW.ended_on, NEW.ending, NEW.ended_by_id, NEW.end_reason)"
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.residence} – {self.retained}, {long_date(timezone.localdate(self.decided_at))}"

    @property
    def confirms(self) -> bool:
        """True when the proposed level itself was retained."""
        return self.retained == self.proposed

    @property
    def journal_place(self) -> tuple[int, str]:
        """The landlord and the residence, by which the journal is asked who saw it."""
        return self.landlord_id, self.residence.name

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the residence, and not its level."""
        return self.residence.name
