"""Store the shared types of facts and the territories’ sub-types."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from incidents import perimeter
from incidents.enums import Family
from sites.models import Territory

if TYPE_CHECKING:
    pass

SUBTYPE_LENGTH = 120


class FactType(models.Model):
    """A type of the shared nomenclature (AORIF, January 2021, table 2)."""

    code = models.CharField(max_length=40, unique=True)
    family = models.CharField(_("famille"), max_length=20, choices=Family)
    gravity = models.PositiveSmallIntegerField(_("gravité"))
    label_fr = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    listed_daily = models.BooleanField()
    listed_regular = models.BooleanField()
    listed_occasional = models.BooleanField()

    class Meta:
        verbose_name = _("nature de fait")
        verbose_name_plural = _("natures de faits")
        ordering = ("gravity", "id")
        constraints = (
            models.CheckConstraint(condition=Q(gravity__range=(1, 4)), name="fact_type_gravity_is_1_to_4"),
        )

    def __str__(self) -> str:
        return self.label_en if get_language() == "en" else self.label_fr


class FactSubtype(models.Model):
    """A territory's own sub-type of a fact type; it counts as the shared type it is attached to.

    One that has ended is offered no more, and stays on the facts that have it. ``former_labels`` holds its earlier
    names, each with the day on which it was given up.
    """

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="fact_subtypes")
    fact_type = models.ForeignKey(FactType, models.PROTECT, related_name="subtypes")
    label = models.CharField(_("libellé"), max_length=SUBTYPE_LENGTH)
    ended_at = models.DateTimeField(_("terminée le"), null=True, editable=False)
    former_labels = models.JSONField(default=list, editable=False)

    perimeter = perimeter.FACT_SUBTYPE

    class Meta:
        verbose_name = _("sous-nature de fait")
        verbose_name_plural = _("sous-natures de faits")
        ordering = ("label__french", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("territory", "fact_type", "label"), name="fact_subtype_is_unique"
            ),
        )

    def __str__(self) -> str:
        return self.label
