"""Store what was erased at the end of its term, and when."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import perimeter
from core.dates import long_moment


class Erasure(models.Model):
    """A number of rows of one kind, of one organisation or of none, that one nightly run erased.

    Attributes:
        rule: the name of the rule (:class:`accounts.retention.Rule`).
    """

    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, null=True, related_name="+")
    rule = models.CharField(max_length=40)
    number = models.PositiveIntegerField(_("nombre"))
    at = models.DateTimeField(_("le"), default=timezone.now)

    perimeter = perimeter.ERASURE

    class Meta:
        verbose_name = _("effacement")
        verbose_name_plural = _("effacements")
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=("organisation", "-at"), name="erasure_recent_idx"),)

    def __str__(self) -> str:
        return f"{self.rule} – {long_moment(self.at)}"
