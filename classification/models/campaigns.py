"""Store campaigns of diagnosis, what closes them, and the assessments that are frozen then."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from classification import perimeter
from classification.method.scale import Level, mark_column
from core.dates import long_date
from core.jobs import Job
from sites.models import Commune, Residence, Territory

from .decisions import REASON_LENGTH
from .grids import GridVersion
from .levels import Computed


class CampaignState(models.TextChoices):
    """Where a campaign stands."""

    DRAFT = "draft", _("en préparation")
    OPEN = "open", _("ouverte")
    CLOSED = "closed", _("arrêtée")
    CANCELLED = "cancelled", _("annulée")


# What a campaign is about, which stays as it is once it is open.
_FIXED = ("territory_id", "name", "as_of", "grid_version_id", "landlords", "created_at", "created_by_id")
# What was written on the way, which stays as it is once the campaign is over.
_ON_THE_WAY = (
    "deadline", "opened_at", "opened_by_id", "reminded_on", "cancelled_at", "cancelled_by_id", "cancel_reason",
)  # fmt: skip


def _changes(columns: tuple[str, ...]) -> str:
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


class Campaign(models.Model):
    """A diagnosis of a territory: the levels of its sites on one day, about which each landlord decides by a deadline.

    Attributes:
        as_of: the day of the levels.
        landlords: the ids of the landlords that are asked. What counts of them is what an agreement in force opens.
        deadline: the last day to decide; the coordinator closes the campaign after it, or before.
        reminded_on: when the leads were last mailed that levels await them.
        cancel_reason: why an open campaign came to nothing.
    """

    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="campaigns", verbose_name=_("territoire")
    )
    name = models.CharField(_("nom"), max_length=100)
    as_of = models.DateField(_("niveaux au"))
    grid_version = models.ForeignKey(
        GridVersion, models.PROTECT, related_name="+", verbose_name=_("version de la grille")
    )
    landlords = ArrayField(models.BigIntegerField(), default=list, editable=False)
    deadline = models.DateField(_("décider au plus tard le"))
    state = models.CharField(
        _("état"), max_length=10, choices=CampaignState, default=CampaignState.DRAFT, editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    opened_at = models.DateTimeField(_("ouverte le"), null=True, editable=False)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    reminded_on = models.DateField(_("rappelée le"), null=True, editable=False)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, editable=False)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    cancel_reason = models.CharField(_("motif"), max_length=REASON_LENGTH, blank=True, editable=False)

    perimeter = perimeter.CAMPAIGN

    class Meta:
        verbose_name = _("campagne de diagnostic")
        verbose_name_plural = _("campagnes de diagnostic")
        ordering = ("-as_of", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(deadline__gte=F("as_of")),
                name="campaign_is_decided_after_its_day",
                violation_error_message=_("L’échéance ne peut pas précéder le jour des niveaux."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled")) | Q(opened_at__isnull=False),
                name="campaign_opens_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False) & ~Q(cancel_reason="")
                | ~Q(state="cancelled") & Q(cancelled_at=None, cancel_reason=""),
                name="campaign_is_cancelled_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=("territory",), condition=Q(state="open"), name="campaign_is_open_alone",
                violation_error_message=_("Une campagne est déjà ouverte sur ce territoire."),
            ),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(
                name="campaign_is_fixed_once_open",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.state <> 'draft' AND {_changes(_FIXED)}"),
            ),
            pgtrigger.Protect(
                name="campaign_is_fixed_once_over",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.state IN ('closed', 'cancelled') AND {_changes(_ON_THE_WAY)}"
                ),
            ),
            pgtrigger.Protect(
                name="campaign_stays_once_open",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state <> 'draft'"),
            ),
            pgtrigger.Protect(
                name="campaign_goes_forward",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN"
                    " ('draft>open', 'open>closed', 'open>cancelled')"
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_name(self) -> str:
        """What the journal calls it: its name and its day."""
        return f"{self.name} – {long_date(self.as_of)}"


class CampaignSite(models.Model):
    """A site of an open campaign, with the level that the records of now propose for its day.

    The evaluation keeps it as it does the levels; what is frozen is read anew when the campaign is closed, and these rows
    are gone then.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="sites")
    landlord = Computed(Organisation, models.CASCADE, related_name="+")
    commune = Computed(Commune, models.PROTECT, related_name="+")
    residence = Computed(Residence, models.CASCADE, related_name="campaignsites")
    level = models.PositiveSmallIntegerField(_("niveau proposé"), choices=Level)
    silent = models.BooleanField(_("saisie interrompue"))
    last_day = models.DateField(_("dernier fait"), null=True)

    perimeter = perimeter.CAMPAIGN_SITE

    class Meta:
        verbose_name = _("site d’une campagne ouverte")
        verbose_name_plural = _("sites d’une campagne ouverte")
        ordering = ("campaign_id", "residence_id")
        constraints = (
            # By residence first, as the evaluation of one looks for its rows.
            models.UniqueConstraint(fields=("residence", "campaign"), name="campaign_site_is_unique"),
        )

    def __str__(self) -> str:
        return f"{self.residence_id} – {self.level}"


class Closing(Job):
    """A version of a campaign: the job that reads everything at one moment and freezes it, and what it froze.

    The first one closes the campaign; each further one takes in late corrections, for ``reason``, and supersedes the one before.

    Attributes:
        number: 1 for the first version.
        read_at: the moment at which everything was read; None until the job is done.
        sites: how many residences it froze.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="closings", editable=False)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", editable=False)
    number = models.PositiveSmallIntegerField(_("version"), editable=False)
    reason = models.CharField(_("motif"), max_length=REASON_LENGTH, blank=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    read_at = models.DateTimeField(_("arrêtée au"), null=True, editable=False)
    sites = models.PositiveIntegerField(_("sites"), default=0, editable=False)

    perimeter = perimeter.CLOSING

    class Meta:
        verbose_name = _("arrêt d’une campagne")
        verbose_name_plural = _("arrêts de campagnes")
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("campaign", "number"), name="closing_number_is_unique"),
            models.UniqueConstraint(
                fields=("campaign",), condition=~Q(state="done"), name="closing_waits_alone",
                violation_error_message=_("Les niveaux de cette campagne sont déjà en cours d’arrêt."),
            ),
            models.CheckConstraint(
                condition=Q(state="done", read_at__isnull=False) | ~Q(state="done") & Q(read_at=None),
                name="closing_is_read_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(number=1, reason="") | Q(number__gt=1) & ~Q(reason=""),
                name="closing_says_why_it_supersedes",
            ),
        )  # fmt: skip
        triggers = (
            pgtrigger.Protect(
                name="closing_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state = 'done'"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id} – {self.number}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the campaign and the number of the version."""
        return f"{self.campaign.journal_name}, {self.number}"


class Assessment(models.Model):
    """A site as a closing froze it: the level proposed and the one retained, and what both tables rest on.

    It is complete without the records. ``landlord`` and ``commune`` are the residence's of that moment; ``residence``
    has no constraint, since what was frozen stays when a place is taken back. It is never changed, and only erased at
    the end of the term of the records that it rests on.

    Attributes:
        addresses: ``{id, label, dwellings, level, facts_level, impact_level, silent, level_before, longitude, latitude}``.
        findings: ``{code, frequency, observed, level, in_daily, in_regular, in_occasional}``, the highest first (table 2).
        disruptions: as returned by :func:`classification.residence.snapshot.disruptions_by_residence` (table 1).
        unseen: whether table 1 would be higher with a disruption that no security lead has seen.
        retained, decided_on, decision_reason: what its landlord decided; None and "" where nobody has.
    """

    closing = models.ForeignKey(Closing, models.PROTECT, related_name="assessments", db_index=False)
    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", db_index=False)
    residence = models.ForeignKey(
        Residence, models.DO_NOTHING, related_name="assessments", db_constraint=False
    )
    as_of = models.DateField(_("niveau au"))
    name = models.CharField(_("résidence"), max_length=200)
    dwellings = models.PositiveIntegerField(_("logements"))
    in_priority_neighbourhood = models.BooleanField(_("en QPV"))
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    level = models.PositiveSmallIntegerField(_("niveau proposé"), choices=Level)
    facts_level = models.PositiveSmallIntegerField(_("niveau selon les faits"), choices=Level)
    impact_level = models.PositiveSmallIntegerField(_("niveau selon l’impact"), choices=Level)
    last_day = models.DateField(_("dernier fait"), null=True)
    silent = models.BooleanField(_("saisie interrompue"))
    level_before = models.PositiveSmallIntegerField(
        _("niveau avant l’interruption"), null=True, choices=Level
    )
    unseen = models.BooleanField(_("perturbation non encore vue"))
    retained = models.PositiveSmallIntegerField(_("niveau retenu"), null=True, choices=Level)
    decided_on = models.DateField(_("décidé le"), null=True)
    decision_reason = models.CharField(_("motif de la décision"), max_length=REASON_LENGTH, blank=True)
    mark = mark_column()
    addresses = models.JSONField()
    findings = models.JSONField()
    disruptions = models.JSONField()

    perimeter = perimeter.ASSESSMENT

    class Meta:
        verbose_name = _("site arrêté")
        verbose_name_plural = _("sites arrêtés")
        ordering = ("-level", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("closing", "residence"), name="assessment_is_unique_in_a_closing"
            ),
            models.CheckConstraint(
                condition=Q(retained=None, decided_on=None)
                | Q(retained__isnull=False, retained__range=(1, 4), decided_on__isnull=False),
                name="assessment_is_decided_on_a_day",
            ),
        )
        indexes = (
            # For the retention, by landlord and day.
            models.Index(fields=("landlord", "as_of"), name="assessment_term_idx"),
        )
        triggers = (
            pgtrigger.Protect(name="assessment_is_frozen", operation=pgtrigger.Update),
            pgtrigger.Protect(
                name="assessment_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("NOT palier_is_system('retention')"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} – {self.level}"

    @property
    def shown_level(self) -> int:
        """The level that the landlord retained, else the proposed one."""
        return self.retained or self.level
