"""Tell the fiction: its places, and the facts that happen there over time.

The territory lies in the middle of the Atlantic, so that no real place gets a level.
"""

from collections.abc import Callable
from dataclasses import dataclass

# The organisation whose presence tells that the fiction is planted.
MARKER = "Brumeval Agglomération"
TERRITORY = "CISPD de Brumeval Agglomération"

# Code, name, postcode.
COMMUNES = (
    ("00001", "Brumeval", "00100"),
    ("00002", "Hautelande", "00200"),
    ("00003", "Port-Écume", "00300"),
)

# The last one has not signed a sharing agreement.
LANDLORDS = ("Brumeval Habitat", "Logis de l’Écume", "Foyer des Landes", "La Tourelle Résidences")

# One per residence of PLACES, in the same order.
STREETS = (
    "rue des Alizés", "avenue des Embruns", "rue du Sémaphore", "allée des Goélands", "rue de la Vigie",
    "rue des Cordiers", "place du Grand Hunier", "rue de la Misaine", "boulevard du Ponant", "rue des Brisants",
    "allée du Cabestan", "rue de l’Estran", "rue des Haubans", "avenue de la Grande Marée", "rue du Cormoran",
    "rue des Voiliers", "rue de la Tourelle", "allée des Créneaux", "allée des Bruyères", "rue de la Lande",
    "rue du Genévrier", "avenue des Ajoncs", "rue du Menhir", "rue de la Source", "allée des Fougères",
    "rue du Chemin Creux", "rue du Moulin Bleu", "avenue du Plateau", "rue des Douves", "allée du Donjon",
    "rue de la Criée", "rue du Phare", "rue des Nasses", "rue de la Darse", "quai du Levant",
    "rue des Filets", "avenue du Grand Môle", "rue de la Saline", "allée des Sternes", "rue du Pont-Levis",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habit:
    """A fact type that happens at a residence, and how often in an ordinary week."""

    code: str
    weekly: float


Trend = Callable[[int], float]
Mix = tuple[Habit, ...]

QUIET: Mix = (
    Habit("LITTERING", 0.14), Habit("NOISE", 0.11), Habit("LONG_PARKED_CAR", 0.06),
    Habit("MINOR_DAMAGE", 0.05), Habit("ABANDONED_CAR", 0.02),
)  # fmt: skip
RESTLESS: Mix = (
    Habit("NOISE", 3.6), Habit("LITTERING", 1.4), Habit("TAGS", 0.4), Habit("VERBAL_ABUSE", 0.25),
    Habit("RODEO", 0.1), Habit("MINOR_DAMAGE", 0.3),
)  # fmt: skip
TROUBLED: Mix = (
    Habit("PETTY_DEALING", 3.8), Habit("NOISE", 2.4), Habit("UNLAWFUL_OCCUPATION", 0.9), Habit("DAMAGE", 0.5),
    Habit("VERBAL_ABUSE", 0.5), Habit("RODEO", 0.4), Habit("LITTERING", 0.8),
)  # fmt: skip
TENSE: Mix = (
    Habit("ESTABLISHED_DEALING", 4.2), Habit("UNLAWFUL_OCCUPATION", 3.0), Habit("CONTROL_OF_MOVEMENT", 1.0),
    Habit("NOISE", 2.6), Habit("VANDALISM", 0.8), Habit("DAMAGE", 0.9), Habit("PHYSICAL_ASSAULT", 0.15),
    Habit("STAFF_OR_POLICE_VIOLENCE", 0.08), Habit("WEAPONS", 0.05),
)  # fmt: skip


def steady(_days_ago: int) -> float:
    """Return the strength of trouble that never changes."""
    return 1


def tipping_over(days_ago: int) -> float:
    """Return the strength of trouble that starts five months ago and grows every week."""
    return max(0, (150 - days_ago) / 110)


def improving(days_ago: int) -> float:
    """Return the strength of trouble that falls from six months ago, when works began, to almost none for four."""
    return min(1, max(0.01, (days_ago - 120) / 60))


def driven_away(days_ago: int) -> float:
    """Return the strength of trouble that ends within a fortnight, seven months ago."""
    return min(1, max(0, (days_ago - 200) / 14))


def moved_in(days_ago: int) -> float:
    """Return the strength of trouble that starts when it leaves the landlord next door."""
    return 1 - driven_away(days_ago)


def unrecorded(days_ago: int) -> float:
    """Return the strength of ordinary facts of which none is recorded for four months."""
    return 0 if days_ago < 118 else 1


@dataclass(frozen=True, slots=True)
class StoryPlace:
    """A residence of the fiction: landlord (index of LANDLORDS), commune (of COMMUNES), facts over time."""

    name: str
    landlord: int
    commune: int
    mixes: tuple[tuple[Mix, Trend], ...]


def _places(
    landlord: int, commune: int, names: str, mix: Mix = QUIET, trend: Trend = steady
) -> list[StoryPlace]:
    usual = unrecorded if trend is unrecorded else steady
    mixes = ((mix, trend),) if mix is QUIET else ((QUIET, usual), (mix, trend))
    return [StoryPlace(name, landlord, commune, mixes) for name in names.split(", ")]


# Neighbours in this list are neighbours on the map, if they have the same commune.
PLACES: tuple[StoryPlace, ...] = (
    *_places(0, 0, "Les Alizés", TENSE),
    *_places(0, 0, "Les Embruns", TROUBLED, driven_away),
    *_places(1, 0, "Le Sémaphore", TROUBLED, moved_in),
    *_places(0, 0, "Les Goélands, La Vigie", RESTLESS),
    *_places(0, 0, "Les Cordiers, Le Grand Hunier, La Misaine, Le Ponant"),
    *_places(1, 0, "Les Brisants", TENSE),
    *_places(1, 0, "Le Cabestan", TROUBLED),
    *_places(1, 0, "L’Estran, Les Haubans", RESTLESS),
    *_places(2, 0, "La Grande Marée", TROUBLED, tipping_over),
    *_places(2, 0, "Le Cormoran, Les Voiliers"),
    *_places(3, 0, "La Tourelle, Les Créneaux", RESTLESS),
    *_places(0, 1, "Les Bruyères", TROUBLED),
    *_places(0, 1, "La Lande, Le Genévrier", RESTLESS),
    *_places(2, 1, "Les Ajoncs", TROUBLED, improving),
    *_places(2, 1, "Le Menhir", RESTLESS, unrecorded),
    *_places(2, 1, "La Source, Les Fougères, Le Chemin Creux"),
    *_places(1, 1, "Le Moulin Bleu, Le Plateau"),
    *_places(3, 1, "Les Douves", TROUBLED),
    *_places(3, 1, "Le Donjon"),
    *_places(1, 2, "La Criée", TENSE),
    *_places(1, 2, "Le Phare", TROUBLED),
    *_places(2, 2, "Les Nasses, La Darse", RESTLESS),
    *_places(0, 2, "Le Levant, Les Filets, Le Grand Môle"),
    *_places(2, 2, "La Saline, Les Sternes"),
    *_places(3, 2, "Le Pont-Levis", RESTLESS),
)
