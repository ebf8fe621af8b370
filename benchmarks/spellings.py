"""Spell known addresses as files do, and count where a reader of addresses puts them.

    python -m benchmarks.spellings [--seed 1] [--number 20000] [--reader ours] [--publish]

A town with every kind of trap is made: streets of nearly one name, numbers with letters, ranges, buildings and
entrances at one number, two residences at one number. Each spelling of one of its places is read and looked up among
the places as the landlord wrote them; some addresses are nobody's. It is right, asked about (a question, or several places), unknown (a person is
asked where it is), or wrong: at a place that is not its own, of which there must be none.

The readers ``addok`` and ``addok-before-ours`` need ``pip install addok-france``, which is no dependency.
"""

import argparse
import random
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from .address_readers import READERS, Read

STREETS = [
    ("rue", "des", "Essais"), ("avenue", "des", "Essais"), ("route", "des", "Essais"), ("rue", "du", "Pôle Nord"),
    ("rue", "du", "Pôle Sud"), ("rue", "du", "Pas"), ("rue", "du", "Passage"), ("rue", "du", "8 Mai 1945"),
    ("boulevard", "du", "Général Leclerc"), ("place", "", "Saint-Denis"), ("rue", "de la", "Vieille Tour"),
    ("avenue", "de la", "Porte de Brume"), ("rue", "des", "2 Cours"), ("allée", "", "D"), ("allée", "", "L"),
    ("impasse", "de l’", "Écluse"), ("square", "du", "Docteur Roux"), ("chemin", "de la", "Tour"),
    ("rue", "", "Jean Jaurès"), ("quai", "d’", "Austerlitz"), ("rue", "de l’", "Entrée"), ("cité", "", "Bergère"),
]  # fmt: skip
_TYPES = {
    "rue": ("rue", "R", "R.", "RUE"), "avenue": ("avenue", "av.", "AV", "Ave"), "route": ("route", "rte", "RTE"),
    "boulevard": ("boulevard", "bd", "Bld", "BD"), "place": ("place", "pl.", "PL"), "allée": ("allée", "ALL", "allee"),
    "impasse": ("impasse", "imp.", "IMP"), "square": ("square", "sq.", "SQ"), "chemin": ("chemin", "che.", "CHE"),
    "quai": ("quai", "QU"), "cité": ("cité", "CITE"),
}  # fmt: skip
_SHORT = {"Général": "Gal", "Saint": "St", "Docteur": "Dr", "Porte": "Pte"}
_UNITS = {
    "Bât": ("Bât {}", "bat. {}", "BATIMENT {}", "bâtiment n° {}"), "Tour": ("Tour {}", "TOUR {}", "tour n° {}"),
    "Imm": ("Immeuble {}", "imm. {}"), "Esc": ("escalier {}", "esc. {}", "ESC {}"), "Hall": ("hall {}", "HALL {}"),
    "Entrée": ("entrée {}", "ent. {}"),
}  # fmt: skip
_SUFFIXES = ("", "", "", "", "bis", "ter", "A", "B", "H", "A bis")
_ESTATES = (
    "Résidence Horizon 2 - ", "Les Lilas - ", "Appt 45, ", "Étage 3, ", "Cité Horizon 3 - ", "Résidence Les Lilas, ",
    "Horizon 12 - ", "Horizon 3, ", "Les Lilas : ",
)  # fmt: skip
# A number that touches a name may be the name's: nobody can tell, so these are put nowhere.
_JOINED = (
    "Horizon {}, {}",
    "Résidence Horizon {} {}",
    "Les Lilas {}, {}",
    "{1}, Horizon {0}",
    "Tour Horizon {} {}",
    "{} ou 997 {}",
    "997 ou {} {}",
    "{}.997 {}",
    "997_{} {}",
    "997 {} {}",
    "entre le 997 et le {} {}",
    "Entrées 997 et {} {}",
    "En face du {} {}",
    "à côté du {}, {}",
    "{} {} Bât A à C",
    "{} {}, Tour 1 ou 2",
)
_JOINED_SHARE = 0.04
_TAILS = ("", "", ", 00100 Brumeval", " 00100 BRUMEVAL", ", 00100 Brumeval Cedex 3", ", Brumeval", " (00100)")
# How many of the town's numbers are not the landlords', and how often a letter is that nobody has.
_STRAYS, _STRAY_LETTERS = 0.15, 0.05
_BUILDINGS = {"BAT", "TOUR", "IMM", "BLOC"}
_POSSIBLE, _OTHER = 2, 9
ALL, ASKED, UNKNOWN = "all", "asked", "unknown"


@dataclass(frozen=True)
class Place:
    """An address of the town: ``units`` are pairs of a kind and a value, ``last`` the end of a range."""

    residence: int
    street: tuple[str, str, str]
    number: int
    suffix: str = ""
    last: int = 0
    units: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """The address as its landlord writes it."""
        numbers = f"{self.number}-{self.last}" if self.last else f"{self.number} {self.suffix}".strip()
        units = "".join(f", {kind} {value}" for kind, value in self.units)
        kind, article, name = self.street
        return " ".join(f"{numbers} {kind} {article} {name}".replace("’ ", "’").split()) + units


class Spelling(NamedTuple):
    """A text, and the address or the residence (``place`` None) that it names; neither where that is not certain.

    ``stray`` is to be put nowhere: an address that the landlord does not have, or a number that touches a name.
    """

    text: str
    residence: int | None
    place: Place | None
    stray: bool = False


def town(rng: random.Random) -> list[Place]:
    """Return the places of a town, each residence at one number or at several."""
    places: list[Place] = []
    residence = 0
    for street in STREETS:
        number = 1
        for _ in range(12):
            number += rng.choice((1, 2, 2, 3))
            residence += 1
            shape = rng.random()
            if shape < 0.15:
                places.append(Place(residence, street, number, last=number + 2 * rng.randint(1, 5)))
                number += 11
            elif shape < 0.4:
                places += _buildings(rng, residence, street, number)
            elif shape < 0.5:
                # Two residences at one number, each with its building.
                for letter in "AB":
                    residence += 1
                    places.append(Place(residence, street, number, units=(("Bât", letter),)))
            else:
                places.append(Place(residence, street, number, rng.choice(_SUFFIXES)))
    places.append(Place(residence + 1, STREETS[2], 10_500))
    return places


def _buildings(rng: random.Random, residence: int, street: tuple[str, str, str], number: int) -> list[Place]:
    kind = rng.choice(("Bât", "Tour", "Imm"))
    inner = rng.choice(("Esc", "Hall", "Entrée"))
    values = rng.choice((("A", "B", "C"), ("1", "2", "10"), ("A1", "A2")))
    return [
        Place(residence, street, number, units=((kind, value), *inside))
        for value in values
        for inside in ((((inner, "1"),), ((inner, "2"),)) if rng.random() < 0.3 else ((),))
    ]


def spell(rng: random.Random, place: Place, places: list[Place]) -> Spelling:
    """Return one spelling of a place, with what it names."""
    units = place.units if rng.random() < 0.7 else place.units[:1] if rng.random() < 0.5 else ()
    number = rng.randrange(place.number, place.last + 1, 2) if place.last else place.number
    named = [
        other for other in places
        if other.street == place.street and other.suffix == place.suffix
        and (other.number <= number <= other.last and (number - other.number) % 2 == 0 if other.last else other.number == number)
        and set(units) <= set(other.units)
    ]  # fmt: skip
    residences = {other.residence for other in named}
    if not named:
        return Spelling(_text(rng, place, number, place.units), None, None, stray=True)
    if not place.last and rng.random() < _STRAY_LETTERS:
        return Spelling(_text(rng, replace(place, suffix="G"), number, units), None, None, stray=True)
    if rng.random() < _JOINED_SHARE:
        street = " ".join(" ".join(place.street).replace("’ ", "’").split())
        return Spelling(rng.choice(_JOINED).format(number, street), None, None, stray=True)
    text = _text(rng, place, number, units)
    whole = place.residence if len(residences) == 1 else None
    return Spelling(text, whole, place if len(named) == 1 else None)


def _text(rng: random.Random, place: Place, number: int, units: tuple[tuple[str, str], ...]) -> str:
    kind, article, name = place.street
    words = name
    if rng.random() < 0.3:
        for full, short in _SHORT.items():
            words = words.replace(full, short)
    if rng.random() < 0.3:
        words = words.replace("-", " ")
    street = f"{rng.choice(_TYPES[kind])} {article if rng.random() < 0.8 else ''} {words}".replace("’ ", "’")
    suffix = place.suffix if rng.random() < 0.5 else place.suffix.upper()
    written = f"{number}{rng.choice((' ', '')) if suffix else ''}{suffix}"
    said = [rng.choice(_UNITS[unit]).format(value) for unit, value in units]
    shape = rng.random()
    if shape < 0.1:
        text = f"{street}, {written}"
        text += "".join(f", {unit}" for unit in said)
    elif said and shape < 0.4:
        text = f"{rng.choice((', ', ' - ', ' ')).join(said)}{rng.choice((', ', ' - '))}{written} {street}"
    elif said and shape < 0.5:
        text = f"{written} {street} ({', '.join(said)})"
    else:
        estate = rng.choice(_ESTATES) if shape > 0.85 else ""
        text = f"{estate}{written}{rng.choice((' ', ', '))}{street}"
        text += "".join(f"{rng.choice((' ', ', ', ' - '))}{unit}" for unit in said)
    text = " ".join(f"{text}{rng.choice(_TAILS)}".split())
    return rng.choice((str, str, str.upper, str.lower))(text)


def measure(seed: int, number: int, read: Read) -> tuple[Counter[str], list[tuple[str, str]]]:
    """Return how many spellings were right, asked, unknown and wrong, and the first of the wrong ones."""
    rng = random.Random(seed)
    everything = town(rng)
    numbers = sorted({(place.street, place.number) for place in everything})
    strange = set(rng.sample(numbers, int(_STRAYS * len(numbers))))
    places = [place for place in everything if (place.street, place.number) not in strange]
    doors: dict[str, list[tuple[Place, tuple[str, str, str, str]]]] = {}
    for place in places:
        known = read(place.label)
        doors.setdefault(known[2], []).append((place, known))
    counts: Counter[str] = Counter()
    wrong = []
    for _ in range(number):
        spelling = spell(rng, rng.choice(everything), places)
        residence, found = _look_up(read(spelling.text), doors)
        verdict = _verdict(spelling, residence, found)
        counts[verdict] += 1
        if verdict == "wrong":
            wrong.append(
                (spelling.text, found.label if isinstance(found, Place) else f"residence {residence}")
            )
    return counts, wrong


def _look_up(
    said: tuple[str, str, str, str], doors: dict[str, list[tuple[Place, tuple[str, str, str, str]]]]
) -> tuple[int | None, Place | str]:
    """Return the residence and the address, by the rules of the import of facts."""
    number, suffix, street, unit = said
    if not number.isdigit():
        return None, ASKED if number == "?" else UNKNOWN
    at_door: list[tuple[int, Place, str]] = []
    alike = False
    for place, (known, letter, _street, its_unit) in doors.get(street, ()):
        low, _dash, high = known.partition("-")
        covers = (
            int(low) <= int(number) <= int(high) and (int(number) - int(low)) % 2 == 0
            if high
            else known == number
        )
        same = suffix == ("" if high else letter)
        alike = alike or (covers and not same and (bool(high) or letter[:1] == suffix[:1]))
        if covers and same:
            at_door.append((_fit(unit, its_unit), place, its_unit))
    best = min((score for score, _place, _unit in at_door), default=_OTHER)
    fitting = [(place, its_unit) for score, place, its_unit in at_door if score == best]
    if best == _OTHER:
        return None, ASKED if fitting or alike else UNKNOWN
    among = fitting if best < _POSSIBLE else [(place, its_unit) for _score, place, its_unit in at_door]
    if len({place.residence for place, _unit in among}) > 1:
        return None, ASKED
    found, its_unit = fitting[0]
    within = len(fitting) == 1 and (best < _POSSIBLE or not its_unit)
    return found.residence, found if within else ALL


def _fit(said: str, known: str) -> int:
    """Return how well a known unit fits: the same, the building of an entrance, a possible one, another."""
    if said == known != "":
        return 0
    if known and said.startswith(f"{known} "):
        return 1
    building, entrance = _parts(said)
    known_building, known_entrance = _parts(known)
    possible = building == known_building or "" in {building, known_building}
    possible &= entrance == known_entrance or "" in {entrance, known_entrance}
    return _POSSIBLE if possible else _OTHER


def _parts(unit: str) -> tuple[str, str]:
    words = unit.split()
    pairs = list(zip(words[::2], words[1::2], strict=True))
    building = " ".join(f"{kind} {value}" for kind, value in pairs if kind in _BUILDINGS)
    return building, " ".join(f"{kind} {value}" for kind, value in pairs if kind not in _BUILDINGS)


def _verdict(spelling: Spelling, residence: int | None, found: Place | str) -> str:
    if isinstance(found, str) and found != ALL:
        return "right" if spelling.stray else found
    if spelling.stray:
        return "wrong"
    if spelling.place is not None:
        return "right" if found in {spelling.place, ALL} and residence == spelling.residence else "wrong"
    return "right" if found == ALL and residence == spelling.residence else "wrong"


_HEAD = """# Spellings of addresses

Made by `python -m benchmarks.spellings --publish`: {number} spellings of the addresses of a made-up town, seed {seed}.
Right: at its address, at the residence where only the residence is named, or nowhere where nobody has it. Asked: a question, or several places.
Unknown: found nowhere, so that a person is asked. Wrong: at a place that is not its own.

| reader | right | asked | unknown | wrong |
|---|---|---|---|---|
"""


def main(arguments: list[str]) -> int:
    """Print the shares of each reader; return 1 if one puts a spelling at a wrong place."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=20_000)
    parser.add_argument("--reader", choices=READERS, action="append")
    parser.add_argument("--wrong", type=int, default=0, help="print so many wrong spellings")
    parser.add_argument("--publish", action="store_true", help="write SPELLINGS.md")
    options = parser.parse_args(arguments)
    rows, failed = "", False
    for name in options.reader or ["ours"]:
        counts, wrong = measure(options.seed, options.number, READERS[name])
        shares = (f"{counts[verdict] / options.number:.2%}" for verdict in ("right", ASKED, UNKNOWN, "wrong"))
        row = f"| {name} | {' | '.join(shares)} |\n"
        print(row, end="")
        for text, found in wrong[: options.wrong]:
            print(f"  {text!r} → {found}")
        rows, failed = rows + row, failed or counts["wrong"] > 0
    if options.publish:
        head = _HEAD.format(number=options.number, seed=options.seed)
        Path(__file__).with_name("SPELLINGS.md").write_text(head + rows, encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
