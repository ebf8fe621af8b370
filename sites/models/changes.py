"""Store what people did to places of the stock, so that it can be taken back."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from sites import perimeter
from sites.enums import GeocodingState, PlaceAct, PlacementWay

from .places import Address

if TYPE_CHECKING:
    pass


class Placement(models.Model):
    """A set of positions that a person gave to addresses of one landlord in one go, from a file or pasted lines.

    Attributes:
        filename: the name of the file; empty for pasted lines.
        placed: how many addresses got their position from it.
        unchanged: how many had it already.
        rejected: the rows that gave none, each as its number and the code of its reason (:mod:`.geocoding.rows`).
    """

    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="placements")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("le"), auto_now_add=True)
    filename = models.CharField(_("fichier"), max_length=255, blank=True)
    placed = models.PositiveIntegerField(_("adresses placées"), default=0)
    unchanged = models.PositiveIntegerField(_("déjà là"), default=0)
    rejected = models.JSONField(default=list)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    # How many addresses its undoing left as they were, because somebody has moved them since.
    kept = models.PositiveIntegerField(default=0)

    perimeter = perimeter.PLACEMENT

    class Meta:
        verbose_name = _("placement d’adresses")
        verbose_name_plural = _("placements d’adresses")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename or str(_("coordonnées collées"))


class PositionChange(models.Model):
    """A change of an address's position by a person: the position before, the one after, who and how.

    A position is a longitude, a latitude and where it came from (``geocoding``); null numbers mean that there was none.
    """

    # The constraint is in policies/0017_positions.sql: it deletes with the address, which the undoing of imports does in SQL.
    address = models.ForeignKey(Address, models.CASCADE, related_name="position_changes", db_constraint=False)
    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    placement = models.ForeignKey(Placement, models.SET_NULL, null=True, related_name="changes")
    way = models.CharField(max_length=10, choices=PlacementWay)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)
    from_longitude = models.FloatField(null=True)
    from_latitude = models.FloatField(null=True)
    from_geocoding = models.CharField(max_length=10, choices=GeocodingState)
    from_score = models.FloatField(null=True)
    to_longitude = models.FloatField(null=True)
    to_latitude = models.FloatField(null=True)

    perimeter = perimeter.POSITION_CHANGE

    class Meta:
        verbose_name = _("changement de position")
        verbose_name_plural = _("changements de position")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.address} – {self.changed_at:%Y-%m-%d}"


class PlaceChange(models.Model):
    """What a person did to places of the stock, with all that is needed to take it back.

    Attributes:
        residences: ids of the residences concerned, the one that it was done from first.
        summary: what it was done to, as it was called then.
        rows: the rows created and changed, in order (:mod:`sites.upkeep.ledger`).
    """

    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    act = models.CharField(_("acte"), max_length=20, choices=PlaceAct)
    residences = ArrayField(models.BigIntegerField())
    summary = models.CharField(_("sur"), max_length=500)
    reason = models.CharField(_("motif"), max_length=200, blank=True)
    rows = models.JSONField(editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    perimeter = perimeter.PLACE_CHANGE

    class Meta:
        verbose_name = _("modification du patrimoine")
        verbose_name_plural = _("modifications du patrimoine")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.get_act_display()} – {self.summary}"
