"""Store territories and what landlords share with them."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.periods import Dated, ends_after_start, no_overlap
from sites import perimeter
from sites.enums import TerritoryKind

from .communes import Commune

if TYPE_CHECKING:
    pass


class Territory(models.Model):
    """The territory of a local security council: a set of communes."""

    name = models.CharField(_("nom"), max_length=200)
    kind = models.CharField(_("instance"), max_length=10, choices=TerritoryKind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="territories", verbose_name=_("animé par")
    )
    communes = models.ManyToManyField(Commune, related_name="territories", verbose_name=_("communes"))

    perimeter = perimeter.TERRITORY

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        ordering = ("name__french", "id")
        constraints = (models.UniqueConstraint(Lower("name"), name="territory_name_is_unique"),)

    def __str__(self) -> str:
        return self.name


class SharingAgreement(Dated):
    """A landlord's agreement to share its structured facts and levels with a territory.

    What it opens is what its landlord said last (:class:`AgreementTerms`); it opens nothing before.
    """

    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="sharing_agreements")
    territory = models.ForeignKey(Territory, models.CASCADE, related_name="sharing_agreements")

    perimeter = perimeter.SHARING_AGREEMENT

    class Meta:
        verbose_name = _("convention de partage")
        verbose_name_plural = _("conventions de partage")
        ordering = ("landlord__name__french", "starts_on", "id")
        constraints = (
            ends_after_start("agreement_ends_after_start"),
            no_overlap("agreement_does_not_overlap", "landlord", "territory"),
            # Target of the composite foreign key that keeps the terms of an agreement with its parties.
            models.UniqueConstraint(fields=("id", "landlord", "territory"), name="agreement_parties"),
        )

    def __str__(self) -> str:
        return f"{self.landlord} – {self.territory}"


class AgreementTerms(models.Model):
    """What a landlord said under an agreement: the council and the communes that it shares with.

    Rows are only ever added, by the landlord's lead; the last one of an agreement counts, the others are its
    history. ``landlord`` and ``territory`` repeat the agreement's; a composite foreign key keeps them equal.

    Attributes:
        organisation, kind: the council, as the territory had it when the lead said so.
        communes: ids of the communes named.
        refused: ids of the communes that the territory had and the landlord does not share.
        refused_organisation, refused_kind: a council that the landlord refused, keeping the one it had agreed to.
        made_by: None for what was agreed before there were terms.
    """

    agreement = models.ForeignKey(SharingAgreement, models.CASCADE, related_name="terms")
    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    territory = models.ForeignKey(Territory, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=TerritoryKind)
    communes = ArrayField(models.BigIntegerField(), default=list)
    refused = ArrayField(models.BigIntegerField(), default=list)
    refused_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    refused_kind = models.CharField(max_length=10, choices=TerritoryKind, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    perimeter = perimeter.AGREEMENT_TERMS

    class Meta:
        verbose_name = _("termes d’une convention de partage")
        verbose_name_plural = _("termes de conventions de partage")
        ordering = ("-id",)
        indexes = (models.Index(fields=("agreement", "-id"), name="terms_last_idx"),)

    def __str__(self) -> str:
        return f"{self.agreement_id} – {self.made_at:%Y-%m-%d}"
