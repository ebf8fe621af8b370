"""Define the choices of records: families, kinds of place, sources, services, extents, frequencies."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Family(models.TextChoices):
    """The family of a fact type in the shared nomenclature."""

    PEOPLE = "people", _("Personnes")
    CLEANLINESS = "cleanliness", _("Propreté")
    PROPERTY = "property", _("Biens")
    VEHICLES = "vehicles", _("Véhicules")
    NEIGHBOURHOOD = "neighbourhood", _("Voisinage")
    MISUSE = "misuse", _("Usage des espaces")
    TRAFFICKING = "trafficking", _("Trafics")


class PlaceKind(models.TextChoices):
    """The kind of place within a residence."""

    LOBBY = "lobby", _("Hall")
    STAIRWELL = "stairwell", _("Cage d’escalier")
    LANDING = "landing", _("Palier")
    LIFT = "lift", _("Ascenseur")
    CELLAR = "cellar", _("Cave")
    CAR_PARK = "car_park", _("Parking")
    ROOF = "roof", _("Toiture")
    BIN_ROOM = "bin_room", _("Local poubelles")
    PREMISES = "premises", _("Local commun ou loge")
    DWELLING = "dwelling", _("Logement")
    SURROUNDINGS = "surroundings", _("Abords")
    PUBLIC_SPACE = "public_space", _("Espace public limitrophe")


class Source(models.TextChoices):
    """The function of whoever reported a fact, never a name."""

    STAFF = "staff", _("Personnel du bailleur")
    RESIDENT = "resident", _("Habitant")
    MEDIATOR = "mediator", _("Médiateur")
    POLICE = "police", _("Police")
    CONTRACTOR = "contractor", _("Prestataire")
    MUNICIPALITY = "municipality", _("Ville")
    OTHER = "other", _("Autre")


class Way(models.TextChoices):
    """The way by which the place of a fact was found."""

    REFERENCE = "reference", _("par la référence de la résidence")
    ADDRESS = "address", _("par l’adresse")
    NEAREST = "nearest", _("par le point, à l’adresse la plus proche")
    SEVERAL = "several", _("parmi plusieurs lieux à cette adresse")
    ALIKE = "alike", _("par une adresse qui ressemble")
    HAND = "hand", _("choisi par une personne")
    ENTRY = "entry", _("choisi à la saisie")


class Certainty(models.TextChoices):
    """How certain the place of a fact is."""

    CERTAIN = "certain", _("certain")
    CONFIRMED = "confirmed", _("incertain, puis confirmé par une personne")
    NEAREST = "nearest", _("le plus proche, comme le veut la source")


class Act(models.TextChoices):
    """What is done to many facts at once."""

    CANCEL = "cancel", _("Annuler")
    MOVE = "move", _("Déplacer")
    RETYPE = "retype", _("Changer de nature")


class Service(models.TextChoices):
    """The service or equipment that a disruption affects (table 1)."""

    LIFT = "lift", _("Ascenseur")
    ENTRANCE = "entrance", _("Porte d’entrée et interphone")
    LIGHTING = "lighting", _("Éclairage")
    CLEANING = "cleaning", _("Nettoyage")
    WASTE = "waste", _("Déchets")
    HEATING = "heating", _("Chauffage")
    CAR_PARK = "car_park", _("Parking")
    DELIVERIES = "deliveries", _("Courrier et livraisons")
    CONTRACTORS = "contractors", _("Interventions des prestataires")
    STAFF_PRESENCE = "staff_presence", _("Présence du personnel")


class Extent(models.TextChoices):
    """The extent of a disruption (table 1); ``IMPOSSIBLE`` is of the staff's presence alone, and has its hours."""

    LIMITED = "limited", _("Limitée, quelques heures au plus")
    PARTIAL = "partial", _("Partielle ou temporaire")
    TOTAL = "total", _("Totale ou durable")
    IMPOSSIBLE = "impossible", _("Présence rendue impossible sur certains horaires")


class ObservedFrequency(models.IntegerChoices):
    """The frequency stated by a standing observation, with the ranks of the method's scale."""

    OCCASIONAL = 1, _("ponctuels")
    REGULAR = 2, _("réguliers")
    DAILY = 3, _("quotidiens")


class Recent(models.TextChoices):
    """A period of the list of facts that ends today at the place; ``WINDOW`` is the method's shortest one."""

    NIGHT = "night", _("La nuit dernière")
    TODAY = "today", _("Aujourd’hui")
    WEEK = "7", _("7 derniers jours")
    WINDOW = "28", _("28 derniers jours")


class DayPart(models.TextChoices):
    """A part of the day, told by the recorded hour; ``NIGHT`` has the hours of the last night."""

    MORNING = "morning", _("Matin (8 h à 12 h)")
    AFTERNOON = "afternoon", _("Après-midi (12 h à 17 h)")
    EVENING = "evening", _("Soir (17 h à 20 h)")
    NIGHT = "night", _("Nuit (20 h à 8 h)")
    UNKNOWN = "unknown", _("Heure inconnue")
