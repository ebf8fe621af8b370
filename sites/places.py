"""Find a place among 600,000 addresses by a few words, whatever their accents and articles."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from core.words import MOST_WORDS, WordsFilter, every_word, first_words, parts_of

from .match_key import Parsed, along_the_street, match_key, parse, plain
from .models import Address, Commune, Residence

MIN_LENGTH = 2
LIMIT = 12
# The database sorts 11 before 3, so this many rows are sorted again in Python.
_SORTED = 200
_POSTCODE = re.compile(r"[0-9]{5}")
# The length of words that name a commune only as a whole, as "Eu", or as its article.
_ARTICLE = 2


def too_short(text: str) -> bool:
    """Say whether ``text`` has too few letters and digits to be searched for."""
    typed = _bounded(text)
    # A key expands a single "r" to RUE and drops articles, so both lengths count.
    return min(len(typed), len(match_key(typed))) < MIN_LENGTH


def find(
    text: str, residences: QuerySet[Residence], addresses: QuerySet[Address], limit: int = LIMIT
) -> list[Residence | Address]:
    """Return places whose address or residence holds each of the first twelve words of ``text``.

    Words may also name the commune, or be its postcode; places of such a commune follow those whose
    own name holds every word. Residences come first, so that the residence as a whole can be chosen.

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
    found: list[Residence] = []
    by_key: list[Address] = []
    for words, communes, postcodes in _readings(typed):
        here, there = residences, addresses
        if communes:
            here, there = _in_town(residences, addresses, communes, postcodes)
        named = here.filter(every_word(words, "name", "reference")).exclude(pk__in=[r.pk for r in found])
        found += named[: limit - len(found)]
        if words and len(by_key) < limit:
            unseen = there.exclude(pk__in=[a.pk for a in by_key])
            by_key += _by_key(unseen, " ".join(words), limit - len(by_key))
    within = addresses.filter(residence__in=found).exclude(pk__in=[a.pk for a in by_key])
    return [*found[: limit // 2], *by_key, *_along_the_streets(within, limit - len(by_key))]


def _readings(typed: str) -> list[tuple[list[str], list[int], list[str]]]:
    """Return what ``typed`` may mean: words of a name alone, then with a commune; with a postcode the commune first."""
    alone: tuple[list[str], list[int], list[str]] = (plain(typed).split(), [], [])
    towns = _towns(typed)
    return [*towns, alone] if any(postcodes for _words, _communes, postcodes in towns) else [alone, *towns]


def _in_town(
    residences: QuerySet[Residence], addresses: QuerySet[Address], communes: list[int], postcodes: list[str]
) -> tuple[QuerySet[Residence], QuerySet[Address]]:
    here, there = residences.filter(commune__in=communes), addresses.filter(commune__in=communes)
    if not postcodes:
        return here, there
    there = there.filter(postcode__in=["", *postcodes])
    within = Address.objects.filter(residence=OuterRef("pk"), postcode__in=["", *postcodes])
    return here.filter(Exists(within.order_by())), there


def _by_key(addresses: QuerySet[Address], text: str, limit: int) -> list[Address]:
    number, words = _words(parse(text))
    keyed = addresses.filter(_keyed(words)).annotate(other_door=_other_door(number))
    found = sorted(
        keyed.order_by("other_door", "label__french", "id")[:_SORTED],
        key=lambda address: (address.other_door, along_the_street(address.label)),
    )
    return list(found[:limit])


def _towns(typed: str) -> list[tuple[list[str], list[int], list[str]]]:
    """Return the communes that ``typed`` names most fully, each time with the other words, and the postcodes among them.

    Only communes in which the person sees a residence are looked at.
    """
    words = parts_of(typed)
    named: dict[tuple[str, ...], list[int]] = defaultdict(list)
    seen = Commune.objects.filter(
        Exists(Residence.objects.filter(commune=OuterRef("pk")).order_by())
    ).order_by()
    for pk, name, postcodes in seen.values_list("pk", "name", "postcodes"):
        if covered := _covered(words, parts_of(name), postcodes):
            named[covered].append(pk)
    most = max(map(len, named), default=0)
    return [
        ([word for word in words if word not in covered], communes, [w for w in covered if w.isdigit()])
        for covered, communes in named.items()
        if len(covered) == most
    ]


def _covered(words: Sequence[str], name: Sequence[str], postcodes: Iterable[str]) -> tuple[str, ...]:
    """Return the words that begin a word of ``name``, or are a postcode; none where only an article does."""
    covered = tuple(
        word for word in words if word in postcodes or any(part.startswith(word) for part in name)
    )
    return covered if any(len(word) > _ARTICLE or word in name for word in covered) else ()


def at_place(words: Iterable[str], *columns: str, commune: str, postcode: str = "") -> Q:
    """Return the condition that each word occurs in a column or in the name of the commune, or is the postcode.

    Args:
        words: what was typed, cut into words.
        columns: names of text columns, as for :func:`core.words.every_word`.
        commune: path to the commune.
        postcode: path to the postcode of an address; empty where there is none.
    """
    words = list(words)
    codes = [word for word in words if _POSTCODE.fullmatch(word)][:MOST_WORDS]
    told = every_word([word for word in words if word not in codes], *columns, f"{commune}__name")
    for code in codes:
        inside = Q(**{f"{commune}__postcodes__contains": [code]})
        if postcode:
            inside &= Q(**{f"{postcode}__in": ["", code]}) | Q(**{f"{postcode}__isnull": True})
        told &= inside | every_word([code], *columns)
    return told


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


class PlaceFilter(WordsFilter):
    """A filter that keeps the records at places of which every word is typed: residence, address, commune, postcode."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows at places that ``value`` names."""
        if not value:
            return qs
        columns = ("residence__name", "residence__reference", "address__label")
        return qs.filter(
            at_place(value.split(), *columns, commune="residence__commune", postcode="address__postcode")
        )
