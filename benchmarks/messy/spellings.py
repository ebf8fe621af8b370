"""Write places, days and kinds of facts as people and programs write them."""

import datetime as dt
import random
import unicodedata
from collections.abc import Callable

from .town import Address, Commune

_SHORT_STREETS = {
    "rue": ("R.", "R"), "avenue": ("av.", "AV"), "boulevard": ("bd", "BLD", "Bvd."), "impasse": ("imp.", "IMP"),
    "place": ("PL", "pl."), "allée": ("ALL", "allee"), "chemin": ("CHE", "chem."), "route": ("RTE", "rte"),
    "square": ("SQ", "sq."),
}  # fmt: skip
_SHORT_WORDS = {"Général": ("Gal", "GAL", "Gén."), "Saint": ("St", "ST", "St.")}
_UNITS = {
    "Bât.": ("Bât. {}", "BAT {}", "bâtiment {}", "Bat.{}", "bat {}"),
    "Tour": ("Tour {}", "TOUR {}", "tour n° {}"),
    "Hall": ("hall {}", "HALL {}", "Hall {}"),
    "Escalier": ("Esc. {}", "ESC {}", "escalier {}", "esc {}"),
    "Allée": ("allée {}", "Allée {}", "ALLEE {}"),
}
# Two numbers or two units of which nobody can tell which is meant, and places beside a number.
_SEVERAL = (
    "{number} ou {other} {street}", "{number}.{other} {street}", "{number}_{other} {street}", "{number}|{other}, {street}",
    "entre le {number} et le {other} {street}", "Entrées {number} et {other} {street}", "{number} {other} {street}",
    "{street}, {number} ou {other}", "{number} et/ou {other} {street}", "{number} ({other}) {street}",
)  # fmt: skip
_BESIDE = (
    "En face du {other} {street}", "à côté du {other} {street}", "devant le {other}, {street}",
    "derrière le {other} {street}", "près du {other} {street}", "angle du {other} {street}", "Face au {other} {street}",
)  # fmt: skip
_RANGES = ("{} à {}", "{} - {}", "{} ou {}", "{} {}", "{} au {}")
_UNTOLD_SHARE = 0.03
# Names that stand before an address; with the address's own number behind them, nobody can tell whose it is.
_ESTATES = ("Résidence Horizon 2 - ", "Les Lilas - ", "Résidence Les Lilas, ", "Horizon 12 - ", "Horizon 3, ")
_JOINED = (
    "Horizon {number}, {street}",
    "Résidence Les Lilas {number} {street}",
    "{street}, Horizon {number}",
)
_ESTATES_SHARE, _JOINED_SHARE = 0.06, 0.01
_WORDS = {
    "NOISE": ("Tapages, dont nocturnes", "TAPAGES, DONT NOCTURNES", "NOISE", "Nuisances sonores", "tapage"),
    "TAGS": ("Tags", "TAGS", "Tag", "tags"),
    "LITTERING": ("LITTERING", "Dépôt sauvage", "Dépôts sauvages"),
    "MINOR_DAMAGE": ("MINOR_DAMAGE",),
    "PETTY_DEALING": ("PETTY_DEALING",),
    "INSULTS": ("INSULTS",),
    "DAMAGE": ("DAMAGE",),
    "ABANDONED_CAR": ("ABANDONED_CAR",),
}
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip

DAYS: dict[str, Callable[[dt.date], str]] = {
    "iso": lambda day: day.isoformat(),
    "french": lambda day: f"{day:%d/%m/%Y}",
    "dots": lambda day: f"{day:%d.%m.%Y}",
    "short": lambda day: f"{day:%d/%m/%y}",
    "words": lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    "month_first": lambda day: f"{day:%m/%d/%Y}",
}
# An hour beside the day in one cell.
MOMENTS: dict[str, Callable[[dt.datetime], str]] = {
    "seconds": lambda moment: f"{moment:%d/%m/%Y %H:%M:%S}",
    "hours": lambda moment: f"{moment:%d/%m/%Y %Hh%M}",
    "spaced": lambda moment: f"{moment:%d/%m/%Y %H h %M}",
    "iso": lambda moment: f"{moment:%Y-%m-%dT%H:%M}",
}


def unaccented(text: str) -> str:
    """Return ``text`` without its accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def word_of(dice: random.Random, code: str) -> str:
    """Return a word for a fact type that the nomenclature or its synonyms know."""
    return dice.choice(_WORDS[code])


def address_of(dice: random.Random, address: Address, *, unit: bool = True, plain: bool = False) -> str:
    """Return a spelling of an address.

    Args:
        dice: the source of chance.
        address: the address.
        unit: whether its building or entrance is named.
        plain: whether it is written as a careful person would.
    """
    street = _street(dice, address.street, plain=plain)
    number = address.numbers if plain else _number(dice, address.numbers)
    text = f"{number} {street}"
    if not plain and "-" not in address.numbers and dice.random() < 0.1:
        text = f"{street}, {number}"
    elif not plain and dice.random() < 0.1:
        text = f"{number}, {street}"
    if not plain:
        text = _untold(dice, address.numbers, street) or _named(dice, text, number, street)
    if unit and address.unit:
        text = _with_unit(dice, text, address.unit, plain=plain)
    if not plain:
        text = dice.choice((str, str, str.upper, str.lower, unaccented, _spaced))(text)
        if dice.random() < 0.1:
            text = f"{text}, {address.commune.postcodes[0]} {address.commune.name}"
    return text


def commune_of(dice: random.Random, commune: Commune, *, plain: bool = False) -> tuple[str, str, str]:
    """Return an INSEE code, a postcode and a name, of which enough are written to know the commune."""
    name = dice.choice(
        (commune.name, commune.name.upper(), unaccented(commune.name).upper().replace("-", " "))
    )
    name = name.replace("Saint", dice.choice(("Saint", "St", "ST")))
    if plain:
        return commune.code, commune.postcodes[0], commune.name
    code = dice.choice((commune.code, commune.former_code or commune.code, commune.code.lstrip("0")))
    postcode = dice.choice(
        (commune.postcodes[0], f"F-{commune.postcodes[0]}", commune.postcodes[0].lstrip("0"))
    )
    return dice.choice(((code, postcode, name), (code, "", name), ("", postcode, name), (code, postcode, "")))


def _untold(dice: random.Random, numbers: str, street: str) -> str:
    """Return now and then an address that names another number too, or a place beside another number; else ""."""
    if not numbers.isdecimal() or dice.random() >= _UNTOLD_SHARE:
        return ""
    other = int(numbers) + 2
    return dice.choice(_SEVERAL + _BESIDE).format(number=numbers, other=other, street=street)


def _with_unit(dice: random.Random, text: str, unit: str, *, plain: bool) -> str:
    """Return an address with its building or entrance, of which another may be named as well."""
    kind, name = unit.rsplit(" ", 1)
    if not plain and name not in {"A", "1"} and len(name) == 1 and dice.random() < _UNTOLD_SHARE:
        name = dice.choice(_RANGES).format(chr(ord(name) - 1), name)
    elif not plain and len(name) > 1:
        name = dice.choice((name, f"{name[0]} {name[1:]}", f"{name[0]}-{name[1:]}"))
    written = dice.choice(_UNITS[kind][:1] if plain else _UNITS[kind]).format(name)
    before = (f"{written}, {text}", f"{written} - {text}")
    after = (f"{text} {written}", f"{text}, {written}")
    # Before the number an "allée" is a street.
    return dice.choice(after if kind == "Allée" else before + after)


def _named(dice: random.Random, text: str, number: str, street: str) -> str:
    """Return the address, sometimes with the name of an estate before it, or its number behind such a name."""
    drawn = dice.random()
    if drawn < _JOINED_SHARE:
        return dice.choice(_JOINED).format(number=number, street=street)
    return f"{dice.choice(_ESTATES)}{text}" if drawn < _JOINED_SHARE + _ESTATES_SHARE else text


def _street(dice: random.Random, street: tuple[str, str, str], *, plain: bool) -> str:
    kind, article, name = street
    if not plain:
        kind = dice.choice((kind, kind, *_SHORT_STREETS[kind]))
        for long, shorts in _SHORT_WORDS.items():
            name = name.replace(long, dice.choice((long, *shorts)))
        if "’" in article:
            article = dice.choice((article, "de l'"))
    return f"{kind} {article}{'' if article.endswith(('’', chr(39))) or not article else ' '}{name}"


def _number(dice: random.Random, numbers: str) -> str:
    if "-" in numbers:
        low, high = numbers.split("-")
        return dice.choice((numbers, f"{low} à {high}", f"{low} - {high}", f"{low}/{int(low) + 2}/{high}"))
    if " " in numbers:
        number, suffix = numbers.split(" ")
        return dice.choice((numbers, f"{number}{suffix}", f"{number} {suffix.upper()}"))
    return dice.choice((numbers, numbers, f"n° {numbers}", f"N°{numbers}", f"{numbers}.0"))


def _spaced(text: str) -> str:
    return text.replace(" ", "  ", 1)
