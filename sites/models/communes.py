"""Store communes, their outlines, intercommunal bodies and priority neighbourhoods."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from sites import perimeter
from sites.enums import IntercommunalKind

if TYPE_CHECKING:
    pass


class Commune(models.Model):
    """A commune of the official geographic code (INSEE)."""

    code = models.CharField(_("code INSEE"), max_length=5, unique=True)
    name = models.CharField(_("nom"), max_length=100)
    department = models.CharField(_("département"), max_length=3)
    postcodes = models.JSONField(_("codes postaux"), default=list)
    # Codes and names of the communes that merged into this one, which files keep for years.
    former_codes = models.JSONField(_("anciens codes"), default=list)
    former_names = models.JSONField(_("anciens noms"), default=list)

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ("name__french", "code")

    def __str__(self) -> str:
        return f"{self.name} ({self.department})"


class CommuneOutline(models.Model):
    """The outline of a commune, as the State publishes it; it is public, and drawn on maps.

    ``outline`` is a GeoJSON geometry in longitudes and latitudes, simplified; the four numbers are its bounding box.
    """

    commune = models.OneToOneField(Commune, models.CASCADE, related_name="contour", verbose_name=_("commune"))
    outline = models.JSONField(_("contour"))
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    perimeter = perimeter.COMMUNE_OUTLINE

    class Meta:
        verbose_name = _("contour de commune")
        verbose_name_plural = _("contours de communes")
        ordering = ("commune__code",)

    def __str__(self) -> str:
        return str(self.commune)


class Intercommunality(models.Model):
    """An intercommunal body (EPCI, or EPT of Greater Paris) with the communes that are its members."""

    code = models.CharField(_("code SIREN"), max_length=9, unique=True)
    name = models.CharField(_("nom"), max_length=150)
    kind = models.CharField(_("nature"), max_length=5, choices=IntercommunalKind)
    communes = models.ManyToManyField(Commune, related_name="intercommunalities", verbose_name=_("communes"))

    class Meta:
        verbose_name = _("intercommunalité")
        verbose_name_plural = _("intercommunalités")
        ordering = ("name__french", "code")

    def __str__(self) -> str:
        return self.name


class PriorityNeighbourhood(models.Model):
    """A priority neighbourhood of the city policy (QPV), as published; it is public, and drawn on maps.

    ``outline`` is a GeoJSON geometry in longitudes and latitudes; the four numbers are its bounding box.
    """

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("nom"), max_length=200)
    outline = models.JSONField(_("contour"))
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    perimeter = perimeter.PRIORITY_NEIGHBOURHOOD

    class Meta:
        verbose_name = _("quartier prioritaire")
        verbose_name_plural = _("quartiers prioritaires")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name
