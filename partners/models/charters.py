"""Store the versions of each territory's charter, and who has accepted which."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from partners import perimeter
from sites.models import Territory


class Charter(models.Model):
    """A version of the charter that the members of a territory's circles sign; the highest number is the current text."""

    territory = models.ForeignKey(Territory, models.PROTECT, related_name="charters", editable=False)
    number = models.PositiveSmallIntegerField(editable=False)
    text = models.TextField(_("texte de la charte"))
    written_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    perimeter = perimeter.CHARTER

    class Meta:
        verbose_name = _("charte")
        verbose_name_plural = _("chartes")
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("territory", "number"), name="charter_number_is_unique"),
        )

    def __str__(self) -> str:
        return f"{self.territory_id} – {self.number}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the territory, and which text it is."""
        return f"{self.territory}, texte n° {self.number}"


class CharterAcceptance(models.Model):
    """A person's acceptance of one version of a charter."""

    charter = models.ForeignKey(Charter, models.PROTECT, related_name="acceptances", editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    accepted_at = models.DateTimeField(default=timezone.now, editable=False)

    perimeter = perimeter.CHARTER_ACCEPTANCE

    class Meta:
        verbose_name = _("acceptation de la charte")
        verbose_name_plural = _("acceptations de la charte")
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("charter", "user"), name="charter_is_accepted_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} – {self.charter_id}"
