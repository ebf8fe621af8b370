"""Store the requests to erase somebody's second factor, which two people decide."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import perimeter
from accounts.enums import Loss, ResetState


class FactorReset(models.Model):
    """A request to erase a person's second factor: one who is entitled asks, another confirms; nobody for oneself.

    A trigger (0025_factor_resets.sql) has it answered once, by somebody else than who asked.
    """

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    reason = models.CharField(_("raison"), max_length=10, choices=Loss)
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=ResetState, default=ResetState.WAITING)
    answered_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    perimeter = perimeter.FACTOR_RESET

    class Meta:
        verbose_name = _("demande d’effacer un second facteur")
        verbose_name_plural = _("demandes d’effacer un second facteur")
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=Q(state=ResetState.WAITING), name="factor_reset_waits_once"
            ),
            models.CheckConstraint(condition=~Q(user=F("asked_by")), name="factor_reset_is_not_ones_own"),
            models.CheckConstraint(
                condition=~Q(state=ResetState.DONE)
                | (Q(answered_by__isnull=False) & ~Q(answered_by=F("asked_by")) & ~Q(answered_by=F("user"))),
                name="factor_reset_takes_two",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.state}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: whose factor it is."""
        return str(self.user)
