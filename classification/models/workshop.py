"""Store which sites of an open campaign are contested, and how the workshop settled each."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from classification import perimeter
from classification.method.scale import Level
from core.dates import long_date
from sites.models import Commune, Residence

from .campaigns import Campaign
from .decisions import REASON_LENGTH

CONCLUSION_LENGTH = 400
_OPEN = "EXISTS (SELECT 1 FROM classification_campaign c WHERE c.id = NEW.campaign_id AND c.state = 'open')"


def _only_while_open(
    name: str, operation: pgtrigger.Operation, condition: pgtrigger.Condition | None = None
) -> pgtrigger.Trigger:
    """Return the trigger that refuses to write what belongs to a campaign that is open no more."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        condition=condition,
        func=f"IF NOT {_OPEN} THEN RAISE EXCEPTION 'pgtrigger: The campaign of % is not open', TG_TABLE_NAME; END IF; RETURN NEW;",
    )


class _OfSite(models.Model):
    """What is said in the workshop of a campaign about a site.

    ``landlord`` and ``commune`` repeat the residence's, which a composite foreign key keeps equal; ``as_of`` is the campaign's
    day, by which it is kept as long as the records that it is about.
    """

    landlord = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", editable=False, db_index=False
    )
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", editable=False, db_index=False)
    residence = models.ForeignKey(Residence, models.PROTECT, related_name="%(class)ss", editable=False)
    as_of = models.DateField(_("niveau au"), editable=False)

    class Meta:
        abstract = True


class Contest(_OfSite):
    """A site of an open campaign whose level is contested, by its landlord's lead or by the coordinator.

    Attributes:
        by_landlord: whether a lead of its landlord contests it; else the coordinator does. Who contests takes it back.
        reason: why; the landlord's leads and the coordinator read it.
        withdrawn_at: when it was taken back, None while it stands. One that was settled stands.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="contests", editable=False)
    by_landlord = models.BooleanField(_("par le bailleur"), editable=False)
    reason = models.CharField(_("motif"), max_length=REASON_LENGTH)
    made_at = models.DateTimeField(_("contesté le"), default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )

    perimeter = perimeter.CONTEST

    class Meta:
        verbose_name = _("site contesté")
        verbose_name_plural = _("sites contestés")
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "residence"),
                condition=Q(withdrawn_at=None),
                name="contest_stands_alone_at_its_site",
                violation_error_message=_("Ce site est déjà contesté."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="contest_says_why"),
        )
        triggers = (
            _only_while_open("contest_is_made_while_open", pgtrigger.Insert),
            pgtrigger.Protect(
                name="contest_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    exclude=["landlord", "commune", "withdrawn_at", "withdrawn_by"]
                ),
            ),
            _only_while_open(
                "contest_is_taken_back_while_open",
                pgtrigger.Update,
                condition=pgtrigger.AnyChange("withdrawn_at", "withdrawn_by"),
            ),
            pgtrigger.Protect(
                name="contest_is_taken_back_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.withdrawn_at IS NOT NULL AND (OLD.withdrawn_at, OLD.withdrawn_by_id) IS DISTINCT FROM"
                    " (NEW.withdrawn_at, NEW.withdrawn_by_id)"
                ),
            ),
            pgtrigger.Protect(
                name="contest_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("NOT palier_is_system('retention')"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.residence} – {long_date(timezone.localdate(self.made_at))}"

    @property
    def journal_place(self) -> tuple[int, str]:
        """The landlord and the residence, by which the journal is asked who saw it."""
        return self.landlord_id, self.residence.name

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the residence alone."""
        return self.residence.name


class Settlement(_OfSite):
    """How the workshop settled a contested site; the last one of a site counts, the former ones stay readable.

    It decides nothing: the landlord's lead retains the level that it recommends, or another one.

    Attributes:
        number: 1 for the first one; each further one corrects the one before.
        conclusion: what the meeting noted.
        recommended: the level that the meeting recommends; None where it recommends none.
    """

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="settlements", editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="settlements", editable=False)
    number = models.PositiveSmallIntegerField(_("version"), editable=False)
    conclusion = models.CharField(_("conclusion"), max_length=CONCLUSION_LENGTH)
    recommended = models.PositiveSmallIntegerField(_("niveau recommandé"), choices=Level, null=True)
    settled_at = models.DateTimeField(_("tranché le"), default=timezone.now, editable=False)
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )

    perimeter = perimeter.SETTLEMENT

    class Meta:
        verbose_name = _("conclusion de l’atelier")
        verbose_name_plural = _("conclusions de l’atelier")
        ordering = ("-settled_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("contest", "number"), name="settlement_number_is_unique"),
            models.CheckConstraint(
                condition=Q(recommended=None) | Q(recommended__range=(1, 4)),
                name="settlement_recommends_1_to_4",
            ),
            models.CheckConstraint(condition=~Q(conclusion=""), name="settlement_concludes"),
        )
        triggers = (
            _only_while_open("settlement_is_made_while_open", pgtrigger.Insert),
            pgtrigger.Protect(
                name="settlement_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["landlord", "commune"]),
            ),
            pgtrigger.Protect(
                name="settlement_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("NOT palier_is_system('retention')"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.residence} – {self.number}"

    @property
    def journal_place(self) -> tuple[int, str]:
        """The landlord and the residence, by which the journal is asked who saw it."""
        return self.landlord_id, self.residence.name

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the residence, and neither level nor words."""
        return self.residence.name
