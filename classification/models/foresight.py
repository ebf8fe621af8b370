"""Store which places are to be watched and why, what a team has put to rest, and the rankings that beat last year's counts."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from classification import perimeter
from core.dates import long_date
from incidents.models import FactType
from sites.models import Commune, Residence, Territory

from .levels import Computed

REST_REASON_LENGTH = 200
# A place that nobody looks at for longer than this is forgotten, not watched.
REST_DAYS = 182


class SignalKind(models.TextChoices):
    """Why a residence is to be watched."""

    RISE = "rise", _("hausse soudaine")
    NEAR = "near", _("faits rapprochés alentour")
    HOT = "hot", _("point chaud")
    TIP = "tip", _("près de changer de niveau")
    FADING = "fading", _("saisie en forte baisse")


class Signal(models.Model):
    """A reason to watch a residence, computed at night from its landlord's records alone: never about a person.

    ``fact_type`` is None where the reason is about all types together. ``figures`` are the numbers that its sentence
    quotes (:mod:`classification.foresight.wording`).
    """

    landlord = Computed(Organisation, models.CASCADE, related_name="+")
    commune = Computed(Commune, models.PROTECT, related_name="+")
    residence = Computed(Residence, models.CASCADE, related_name="signals")
    kind = models.CharField(_("motif"), max_length=10, choices=SignalKind)
    fact_type = Computed(FactType, models.PROTECT, related_name="+", null=True)
    as_of = models.DateField(_("au"))
    figures = models.JSONField()

    perimeter = perimeter.SIGNAL

    class Meta:
        verbose_name = _("motif de surveillance")
        verbose_name_plural = _("motifs de surveillance")
        ordering = ("residence_id", "kind", "fact_type_id")
        constraints = (
            models.UniqueConstraint(
                fields=("residence", "kind", "fact_type"), nulls_distinct=False, name="signal_is_unique"
            ),
        )
        indexes = (models.Index(fields=("landlord",), name="signal_landlord_idx"),)

    def __str__(self) -> str:
        return f"{self.residence} – {self.get_kind_display()}"


class Rest(models.Model):
    """A residence that a team takes off its list of places to watch, with a reason and until a day.

    It is of one organisation, the landlord or the one that coordinates, and hides nothing from the others. A row is
    changed but once, when it is taken back or replaced; the others stay as history.
    """

    landlord = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", editable=False, db_index=False
    )
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", editable=False, db_index=False)
    residence = models.ForeignKey(
        Residence, models.PROTECT, related_name="rests", editable=False, db_index=False
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", editable=False, db_index=False
    )
    reason = models.CharField(_("motif"), max_length=REST_REASON_LENGTH)
    since = models.DateField(_("depuis le"), default=timezone.localdate, editable=False)
    until = models.DateField(_("jusqu’au"))
    made_at = models.DateTimeField(_("mis en veille le"), default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(_("repris le"), null=True, editable=False)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )

    perimeter = perimeter.REST

    class Meta:
        verbose_name = _("mise en veille")
        verbose_name_plural = _("mises en veille")
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("residence", "organisation"), condition=Q(ended_at=None), name="rest_stands_alone"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="rest_says_why"),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")) & Q(until__lte=F("since") + REST_DAYS),
                name="rest_is_bounded",
            ),
        )
        indexes = (models.Index(fields=("residence", "-made_at"), name="rest_history_idx"),)
        triggers = (
            pgtrigger.Protect(
                name="rest_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["landlord", "commune", "ended_at", "ended_by"]),
            ),
            pgtrigger.Protect(
                name="rest_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.ended_at IS NOT NULL AND OLD.ended_at IS DISTINCT FROM NEW.ended_at"
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.residence} – {long_date(self.until)}"

    @property
    def journal_place(self) -> tuple[int, str]:
        """The landlord and the residence, by which the journal is asked who saw it."""
        return self.landlord_id, self.residence.name

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the residence."""
        return self.residence.name


class RankingState(models.TextChoices):
    """Whether a ranking is told, and why not."""

    YOUNG = "young", _("trop peu de recul")
    NO_BETTER = "no_better", _("pas meilleur que l’année passée")
    BETTER = "better", _("meilleur que l’année passée")


class Ranking(models.Model):
    """The residences expected to have most facts next quarter, of a landlord's or of a territory's, with how that did in the past.

    ``sites`` are ``{residence, expected, year}``, the first ones alone, and none unless the ranking beat last year's counts on
    the past of the same places. ``figures`` say how many quarters and places there are, how many quarters were ``tried``, and how
    many of the first places of each way were among the worst. ``pairs`` are the landlords and communes that all of it rests on.
    """

    landlord = Computed(Organisation, models.CASCADE, related_name="+", null=True)
    territory = Computed(Territory, models.CASCADE, related_name="+", null=True)
    as_of = models.DateField(_("au"))
    state = models.CharField(_("état"), max_length=10, choices=RankingState)
    figures = models.JSONField()
    pairs = models.JSONField()
    sites = models.JSONField()

    perimeter = perimeter.RANKING

    class Meta:
        verbose_name = _("classement")
        verbose_name_plural = _("classements")
        ordering = ("landlord_id", "territory_id")
        constraints = (
            models.UniqueConstraint(
                fields=("landlord", "territory"), nulls_distinct=False, name="ranking_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(landlord=None, territory__isnull=False)
                | Q(landlord__isnull=False, territory=None),
                name="ranking_is_of_one",
            ),
            models.CheckConstraint(
                condition=Q(state=RankingState.BETTER) | Q(sites=[]), name="ranking_is_told_where_better"
            ),
        )

    def __str__(self) -> str:
        return f"{self.landlord or self.territory} – {self.get_state_display()}"
