"""Define the kinds of territory, the states of a point, the kinds and outcomes of imports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TerritoryKind(models.TextChoices):
    """The council that a territory belongs to (internal-security code L132-4, L132-13)."""

    CLSPD = "clspd", "CLSPD"
    CISPD = "cispd", "CISPD"


class IntercommunalKind(models.TextChoices):
    """The kinds of intercommunal bodies, by the codes of the official geographic code."""

    CC = "CC", _("communauté de communes")
    CA = "CA", _("communauté d’agglomération")
    CU = "CU", _("communauté urbaine")
    METRO = "METRO", _("métropole")
    MET69 = "MET69", _("métropole de Lyon")
    EPT = "EPT", _("établissement public territorial")


class PlacementWay(models.TextChoices):
    """The way in which a person gave an address its position."""

    MAP = "map", _("sur la carte ou en degrés")
    CANDIDATE = "candidate", _("proposition du géocodeur")
    PASTED = "pasted", _("coordonnées collées")
    FILE = "file", _("fichier")
    RETURN = "return", _("retour à une position précédente")
    UNDO = "undo", _("placement défait")


class GeocodingState(models.TextChoices):
    """The origin of an address's point, or what it waits for."""

    PENDING = "pending", _("à géocoder")
    SOURCE = "source", _("donnée par le fichier")
    FOUND = "found", _("géocodée")
    TO_PLACE = "to_place", _("à placer sur la carte")
    PLACED = "placed", _("placée à la main")


class ImportKind(models.TextChoices):
    """The kind of rows that a file holds."""

    STOCK = "stock", _("patrimoine")
    INCIDENTS = "incidents", _("faits")
    DISRUPTIONS = "disruptions", _("perturbations")
    OBSERVATIONS = "observations", _("constats permanents")


class ImportStage(models.TextChoices):
    """The part of an import that its job performs; once it is done, the next waits for the person."""

    ANALYSIS = "analysis", _("lecture")
    PREVIEW = "preview", _("aperçu")
    IMPORT = "import", _("import")
    UNDO = "undo", _("annulation")


class PlaceAct(models.TextChoices):
    """What a person does to places of the stock."""

    CORRECT = "correct", _("corrigée")
    PLACE = "place", _("placée sur la carte")
    CLOSE = "close", _("fermée")
    REOPEN = "reopen", _("rouverte")
    ADD = "add", _("adresse ajoutée")
    MOVE = "move", _("adresses déplacées")
    MERGE = "merge", _("fusionnées")
    SPLIT = "split", _("séparée")


class MergedDwellings(models.TextChoices):
    """How dwellings that two merged places both count are counted from then on."""

    ONCE = "once", _("Saisie deux fois : les mêmes logements, à ne compter qu’une fois")
    BOTH = "both", _("Chacune a ses propres logements : ils s’ajoutent")


class Outcome(models.TextChoices):
    """The outcome of a row of a file."""

    IMPORTED = "imported", _("importée")
    MERGED = "merged", _("fusionnée")
    UNCHANGED = "unchanged", _("inchangée")
    REJECTED = "rejected", _("écartée")
    ASKED = "asked", _("à trancher")
    WAITING = "waiting", _("à placer")
