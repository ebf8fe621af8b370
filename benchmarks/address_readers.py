"""Read an address in several ways, to be compared: number, suffix, street and unit."""

import importlib
from collections.abc import Callable
from types import ModuleType

from sites.match_key import parse

Read = Callable[[str], tuple[str, str, str, str]]


def ours(text: str) -> tuple[str, str, str, str]:
    """Return number, suffix, street and unit as the product reads them; a question has the number ``?``."""
    parsed = parse(text)
    return ("?", "", "", "") if parsed.question else _split(parsed.numbers, parsed.street, parsed.unit)


def _split(numbers: str, street: str, unit: str) -> tuple[str, str, str, str]:
    digits = numbers.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return digits, numbers[len(digits) :], street, unit


def _normaliser() -> ModuleType:
    # Not declared: it is installed by whoever wants to compare, and is no part of the product.
    return importlib.import_module("addok_france.utils")


def addok(text: str) -> tuple[str, str, str, str]:
    """Return the number as the national geocoder's normaliser finds it, with the street's words as ours.

    It keeps no building, and knows the words of a street by a list of synonyms that is no part of the package.
    """
    utils = _normaliser()

    query = utils.extract_address(utils.clean_query(text))
    found = utils.re.match(rf"(\d+) *({utils.ORDINAL_REGEX})?\b[ ,]+(.*)", query, utils.re.IGNORECASE)
    if not found:
        return "", "", parse(query).street, ""
    suffix = (found[2] or "").lower()
    return found[1], utils.FOLD.get(suffix, suffix), parse(f"1 {found[3]}").street, ""


def addok_before_ours(text: str) -> tuple[str, str, str, str]:
    """Return what the product reads after the normaliser."""
    utils = _normaliser()

    return ours(utils.extract_address(utils.clean_query(text)))


READERS: dict[str, Read] = {"ours": ours, "addok": addok, "addok-before-ours": addok_before_ours}
