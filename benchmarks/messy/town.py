"""Invent a landlord's estate: residences, their addresses, and the facts that happened there.

Streets and communes are fictional. They hold on purpose what is easily confused: two streets that differ
by their last word, one street name in two communes, several buildings at a number, a number that is
another number with a letter, a residence with a number in its name.
"""

import datetime as dt
import random
from dataclasses import dataclass, field

LANDLORD = "Brumeval Habitat"
TODAY = dt.date(2026, 11, 20)


@dataclass(frozen=True)
class Commune:
    """A commune: its INSEE code, name, postcodes, and the code of one that merged into it."""

    code: str
    name: str
    postcodes: tuple[str, ...]
    former_code: str = ""


COMMUNES = (
    Commune("00100", "Brumeval", ("00100",), "00199"),
    Commune("00101", "Saint-Brume-sur-Mer", ("00110",)),
    Commune("00102", "L’Écume-lès-Brume", ("00110", "00111")),
)
STREETS = (
    ("rue", "des", "Essais"),
    ("impasse", "des", "Essais"),
    ("rue", "du", "Pôle Nord"),
    ("rue", "du", "Pôle Sud"),
    ("avenue", "du", "Général Inventé"),
    ("boulevard", "", "Saint-Éloi"),
    ("rue", "du", "8 Mai 1945"),
    ("place", "de l’", "Église"),
    ("allée", "des", "Tilleuls Neufs"),
    ("chemin", "de la", "Butte aux Cailles"),
    ("route", "de", "Vieux-Port"),
    ("square", "", "Jean Fictif"),
)


@dataclass(frozen=True)
class Address:
    """An address: numbers in a street, and the building or entrance there; ``numbers`` are 1, 12B, 16-20."""

    numbers: str
    street: tuple[str, str, str]
    commune: Commune
    unit: str = ""
    dwellings: int = 10


@dataclass
class Residence:
    """A residence with its addresses, all in one commune."""

    reference: str
    name: str
    addresses: list[Address] = field(default_factory=list)


@dataclass(frozen=True)
class Fact:
    """A fact: its type, its moment, and its place; ``address`` is None for a residence as a whole."""

    identifier: str
    code: str
    moment: dt.datetime
    residence: Residence
    address: Address | None


CODES = ("NOISE", "TAGS", "LITTERING", "MINOR_DAMAGE", "PETTY_DEALING", "INSULTS", "DAMAGE", "ABANDONED_CAR")
_NAMES = (
    "Les Essais",
    "Horizon",
    "Le Grand Pré",
    "La Butte",
    "Les Tilleuls",
    "Saint-Éloi",
    "Le Môle",
    "L’Embrun",
)


def invent(dice: random.Random, residences: int = 14) -> list[Residence]:
    """Return an estate in which no two addresses are the same."""
    taken: set[tuple[str, tuple[str, str, str], str]] = set()
    estate = []
    for number in range(residences):
        name = f"{_NAMES[number % len(_NAMES)]} {number // len(_NAMES) + 2}" if dice.random() < 0.5 else ""
        residence = Residence(f"R-{number + 101}", name or f"{_NAMES[number % len(_NAMES)]} ({number + 1})")
        commune, street = dice.choice(COMMUNES), dice.choice(STREETS)
        for address in dice.choice(_LAYOUTS)(dice, street, commune):
            doors = _doors(address.numbers)
            keys = {(door, street, commune.code) for door in doors}
            if not keys & taken or (address.unit and residence.addresses):
                residence.addresses.append(address)
                taken |= keys
        if residence.addresses:
            estate.append(residence)
    return estate


def happen(dice: random.Random, estate: list[Residence], count: int = 24) -> list[Fact]:
    """Return facts at the estate, each at a minute of its own."""
    facts = []
    for number in range(count):
        residence = dice.choice(estate)
        address = dice.choice(residence.addresses) if dice.random() < 0.9 else None
        day = TODAY - dt.timedelta(dice.randrange(300))
        moment = dt.datetime.combine(day, dt.time(number % 24, dice.choice((0, 15, 30, 45))))
        facts.append(Fact(f"F-{number + 1001}", dice.choice(CODES), moment, residence, address))
    return facts


def covers(address: Address, other: Address) -> bool:
    """Say whether ``other`` lies within ``address``: the same numbers, or one of its range, and the same unit."""
    same = (address.street, address.commune, address.unit) == (other.street, other.commune, other.unit)
    return same and _doors(other.numbers) <= _doors(address.numbers)


def _doors(numbers: str) -> set[str]:
    if "-" not in numbers:
        return {numbers}
    low, high = map(int, numbers.split("-"))
    return {str(door) for door in range(low, high + 1, 2)}


def _single(dice: random.Random, street: tuple[str, str, str], commune: Commune) -> list[Address]:
    return [Address(str(dice.randrange(1, 99)), street, commune, dwellings=dice.randrange(4, 60))]


def _suffixed(dice: random.Random, street: tuple[str, str, str], commune: Commune) -> list[Address]:
    number = dice.randrange(1, 60)
    suffix = dice.choice(("bis", "ter", "B"))
    return [
        Address(str(number), street, commune),
        Address(f"{number} {suffix}", street, commune, dwellings=6),
    ]


def _neighbours(dice: random.Random, street: tuple[str, str, str], commune: Commune) -> list[Address]:
    first = dice.randrange(1, 80)
    return [Address(str(first + 2 * n), street, commune, dwellings=8 + n) for n in range(3)]


def _range(dice: random.Random, street: tuple[str, str, str], commune: Commune) -> list[Address]:
    first = dice.randrange(1, 80)
    return [Address(f"{first}-{first + 4}", street, commune, dwellings=40)]


def _buildings(dice: random.Random, street: tuple[str, str, str], commune: Commune) -> list[Address]:
    number = str(dice.randrange(1, 99))
    kind = dice.choice(("Bât.", "Tour", "Hall", "Escalier", "Allée"))
    names = list("ABC" if kind in {"Bât.", "Hall", "Allée"} else "123")
    if kind in {"Bât.", "Escalier"} and dice.random() < 0.3:
        names = ["B1", "B2", "B3"]
    # Equal numbers of dwellings, by which no row is told from another.
    more = dice.choice((0, 1))
    return [Address(number, street, commune, f"{kind} {name}", 20 + more * n) for n, name in enumerate(names)]


_LAYOUTS = (_single, _single, _suffixed, _neighbours, _range, _buildings)
