"""Store the aggregates that were released for a plenary session."""

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from classification.models import Campaign, Closing
from core.dates import long_date
from core.jobs import Job
from partners import perimeter
from sites.models import Territory

from .circles import REASON_LENGTH

# What stays as it is once a release is made: all but its withdrawal.
_FROZEN = (
    "campaign_id", "closing_id", "territory_id", "organisation_id", "as_of", "digest", "content", "landlords", "communes",
    "grounds", "state", "created_by_id", "created_at", "finished_at",
)  # fmt: skip
_WITHDRAWAL = ("withdrawn_at", "withdrawn_by_id", "withdrawal_reason")
# What no release tells, whatever its code does.
_TELLS_NOTHING_SMALL = (
    "NOT (jsonb_path_exists(%(expressions)s, '$.communes[*].areas[*].sites.* ? (@ < 5)')"
    " OR jsonb_path_exists(%(expressions)s, '$.communes[*].areas[*].facts.* ? (@ < 5)'))"
)


def _columns(row: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{row}.{name}" for name in names)


class PlenaryRelease(Job):
    """What left the circles about a campaign, once and for ever: the job that makes it, and what it made.

    Attributes:
        campaign: the campaign; there is one release of it, so that none can be subtracted from another.
        closing: the version of the campaign that was counted.
        organisation: the territory's organisation, which releases it: a landlord that shares no more sees no territory.
        digest: the SHA-256 of the content that its coordinator read before it was asked for; another one is not released.
        content: the tables as read by :mod:`partners.plenary.content`; None until the job is done.
        landlords: the ids of the landlords counted.
        communes: the ids of the communes of which something may be told; no other territory tells of them.
        grounds: for each commune counted, by its id, what its numbers rest on, as a digest.
    """

    campaign = models.OneToOneField(Campaign, models.PROTECT, related_name="+", editable=False)
    closing = models.ForeignKey(Closing, models.PROTECT, related_name="+", editable=False)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    as_of = models.DateField(_("niveaux au"), editable=False)
    digest = models.CharField(_("empreinte"), max_length=64, editable=False)
    content = models.JSONField(null=True, editable=False)
    landlords = ArrayField(models.BigIntegerField(), default=list, editable=False)
    communes = ArrayField(models.BigIntegerField(), default=list, editable=False)
    grounds = models.JSONField(default=dict, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    withdrawal_reason = models.CharField(_("motif"), max_length=REASON_LENGTH, blank=True, editable=False)

    perimeter = perimeter.PLENARY_RELEASE

    class Meta:
        verbose_name = _("statistiques d’une séance plénière")
        verbose_name_plural = _("statistiques de séances plénières")
        ordering = ("-as_of", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="done", content__isnull=False) | ~Q(state="done") & Q(content=None),
                name="plenary_release_ends_with_its_content",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawal_reason="")
                | Q(withdrawn_at__isnull=False, state="done") & ~Q(withdrawal_reason=""),
                name="plenary_release_is_withdrawn_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Func(
                    models.F("content"), template=_TELLS_NOTHING_SMALL, output_field=models.BooleanField()
                ),
                name="plenary_release_tells_nothing_small",
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="plenary_release_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.state = 'done' AND (({_columns('OLD', _FROZEN)}) IS DISTINCT FROM ({_columns('NEW', _FROZEN)})"
                    f" OR OLD.withdrawn_at IS NOT NULL AND"
                    f" ({_columns('OLD', _WITHDRAWAL)}) IS DISTINCT FROM ({_columns('NEW', _WITHDRAWAL)}))"
                ),
            ),
            pgtrigger.Protect(
                name="plenary_release_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state = 'done'"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.territory_id} – {long_date(self.as_of)}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the territory and the day."""
        return f"{self.content['territory'] if self.content else self.territory} – {long_date(self.as_of)}"

    @property
    def told(self) -> dict[str, Any]:
        """The content of a release that is made."""
        return dict(self.content or {})
