"""Kinds of territory, states of a point, kinds of import."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TerritoryKind(models.TextChoices):
    """Which council a territory belongs to (internal-security code L132-4, L132-13)."""

    CLSPD = "clspd", "CLSPD"
    CISPD = "cispd", "CISPD"


class GeocodingState(models.TextChoices):
    """Where the point of an address comes from."""

    PENDING = "pending", _("à géocoder")
    SOURCE = "source", _("donnée par le fichier")
    FOUND = "found", _("géocodée")
    TO_PLACE = "to_place", _("à placer sur la carte")
    PLACED = "placed", _("placée à la main")


class ImportKind(models.TextChoices):
    """What a file holds."""

    STOCK = "stock", _("patrimoine")
    INCIDENTS = "incidents", _("faits")


class Outcome(models.TextChoices):
    """What became of a row of a file."""

    IMPORTED = "imported", _("importée")
    MERGED = "merged", _("fusionnée")
    UNCHANGED = "unchanged", _("inchangée")
    REJECTED = "rejected", _("écartée")
