"""Find a place among 600,000 addresses by a few words, whatever their accents and articles."""

import re

from django.db.models import Case, Q, QuerySet, When

from core.words import MOST_WORDS, every_word, first_words

from .match_key import Parsed, along_the_street, match_key, parse, plain
from .models import Address, Residence

MIN_LENGTH = 2
LIMIT = 12
# The database sorts 11 before 3, so this many rows are sorted again in Python.
_SORTED = 200


def too_short(text: str) -> bool:
    """Say whether ``text`` has too few letters and digits to be searched for."""
    typed = _bounded(text)
    # A key expands a single "r" to RUE and drops articles, so both lengths count.
    return min(len(typed), len(match_key(typed))) < MIN_LENGTH


def find(
    text: str, residences: QuerySet[Residence], addresses: QuerySet[Address], limit: int = LIMIT
) -> list[Residence | Address]:
    """Return places whose address or residence holds each of the first twelve words of ``text``.

    Residences come first, so that the residence as a whole can be chosen.

    Args:
        text: what was typed.
        residences: the residences to search, in the order of the answer.
        addresses: the addresses to search, with their residence loaded.
        limit: the most addresses; residences are at most half as many.

    Returns:
        Residences, then addresses; nothing for a text that is too short.
    """
    if too_short(text):
        return []
    typed = _bounded(text)
    parsed = parse(typed)
    number, words = _words(parsed)
    found = list(residences.filter(every_word(plain(typed).split(), "name", "reference"))[:limit])
    keyed = addresses.filter(_keyed(words)).annotate(other_door=_other_door(number))
    by_key = sorted(
        keyed.order_by("other_door", "label__french", "id")[:_SORTED],
        key=lambda found: (found.other_door, along_the_street(found.label)),
    )[:limit]
    rest = limit - len(by_key)
    within = addresses.filter(residence__in=found).exclude(pk__in=[a.pk for a in by_key])
    return [*found[: limit // 2], *by_key, *_along_the_streets(within, rest)]


def _bounded(text: str) -> str:
    return " ".join(first_words(text))


def _words(parsed: Parsed) -> tuple[str, list[str]]:
    """Return the number that was typed first, and what a key must hold: words, numbers, and each unit as a whole."""
    street, _sign, _unit = parsed.key.partition("# ")
    words = re.split(r"[ ,/:?-]+", street.strip())
    number = next((word for word in street.split() if word[0].isdigit()), "")
    pairs = parsed.unit.split()
    units = [f" {kind} {value}" for kind, value in zip(pairs[::2], pairs[1::2], strict=True)]
    return number, [word for word in words if word][:MOST_WORDS] + units


def _keyed(words: list[str]) -> Q:
    # Both sides are capitals without accents, so a plain LIKE on this column will do.
    return Q(*(("match_key__contains", word) for word in words))


def _along_the_streets(addresses: QuerySet[Address], limit: int) -> list[Address]:
    if not limit:
        return []
    return sorted(addresses[:_SORTED], key=lambda address: along_the_street(address.label))[:limit]


def _other_door(number: str) -> Case:
    # "3 rue" means number 3; 13 and 30 follow.
    return Case(When(match_key__startswith=f"{number} ", then=0), default=1)
