"""Reduce the many spellings of an address to one key, by which addresses are compared.

``match_key`` turns an address into parts joined by `` / ``, each a number part and a street:
``9, BD SERURIER - 10, RUE DU LEMAN`` → ``10 RUE LEMAN / 9 BOULEVARD SERURIER``;
``16-20 RUE DES MEUNIERS`` → ``16-20 RUE MEUNIERS``; ``12 bis av. Foch`` → ``12B AVENUE FOCH``.

A range stays one address: files give it one point and one number of dwellings, and doors
invented between its ends may not exist. Its key says which doors it covers, so that a fact
reported at 18 rue des Meuniers finds it.
"""

import itertools
import re
import unicodedata
from typing import NamedTuple

KEY_LENGTH = 200
# Longer than any address; a bound, since parsing time grows with the square of the length.
_LONGEST = 2 * KEY_LENGTH

_TYPES = {
    "ALLEE": "ALL ALLEES ALLÉE", "AVENUE": "AV AVE AVEN", "BOULEVARD": "BD BLD BVD BOUL BLVD",
    "CHAUSSEE": "CHS", "CHEMIN": "CHE CHEM CH", "CITE": "", "COUR": "", "COURS": "CRS",
    "ESPLANADE": "ESP", "FAUBOURG": "FBG FG", "GALERIE": "", "HAMEAU": "HAM", "IMPASSE": "IMP",
    "LOTISSEMENT": "", "MAIL": "", "MONTEE": "MTE", "PARVIS": "", "PASSAGE": "PAS PASS", "PLACE": "PL",
    "PORTE": "PTE", "PROMENADE": "PROM", "QUAI": "QU", "RESIDENCE": "RES RESID", "ROND-POINT": "RPT",
    "ROUTE": "RTE", "RUE": "R", "RUELLE": "RLE", "SENTE": "", "SENTIER": "SEN", "SQUARE": "SQ",
    "TERRASSE": "", "TRAVERSE": "TRA", "VILLA": "VLA", "VOIE": "",
}  # fmt: skip
_TITLES = {
    "SAINT": "ST", "SAINTE": "STE", "GENERAL": "GAL GEN", "MARECHAL": "MAL", "DOCTEUR": "DR",
    "PROFESSEUR": "PR PROF", "PRESIDENT": "PDT PRES", "COLONEL": "COL", "CAPITAINE": "CNE",
    "COMMANDANT": "CDT", "LIEUTENANT": "LT",
}  # fmt: skip
_WORDS = {
    short: full for table in (_TYPES, _TITLES) for full, all_ in table.items() for short in all_.split()
}
_ARTICLES = {"DE", "DU", "DES", "LA", "LE", "LES", "L", "D", "ET"}

# A single letter after a number is its suffix, except the "à" of "16 à 20".
_SUFFIX = r"(?:\s?(?:BIS|TER|QUATER|QUINQUIES|[A-F](?!\s*\d))(?![A-Z']))"
_NUMBER = rf"\d{{1,4}}{_SUFFIX}?"
_NUMBERS = rf"{_NUMBER}(?:\s*(?:-|,|/|&|\bET\b|\bA\b|\bAU\b|,\s*ET)\s*{_NUMBER})*"
_TYPE = "|".join(sorted((re.escape(w) for w in {*_TYPES, *" ".join(_TYPES.values()).split()}), key=len)[::-1])
# A number begins a part at the start, or before a kind of street (so not in "8 MAI 1945").
_PART = re.compile(rf"(?<![\w'])(?P<numbers>{_NUMBERS})\s*,?\s*(?=(?:{_TYPE})\b\.?\s)")
_FIRST = re.compile(rf"^(?P<numbers>{_NUMBERS})\s*,?\s+(?=[A-Z])")
_TAIL = re.compile(r"\([^)]*\)?|,?\s*\b(?:F-)?\d{5}\b.*$")
_LOT = re.compile(
    r"\b(?:LOTS?|ILOT|POLE|BAT|BATIMENT)\b[ .]*[\w.]+(?:\s*(?:ET|,)\s*[A-Z]\d\w*)*(?:\s+-(?=\s))?"
)


class Door(NamedTuple):
    """A number in a street; ``suffix`` is empty or a letter (B for bis, T for ter…)."""

    number: int
    suffix: str
    street: str


def plain(text: str) -> str:
    """Return ``text`` in capitals, without accents, with single spaces."""
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("’", "'")
    decomposed = unicodedata.normalize("NFKD", text)
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).upper().split())


def match_key(label: str) -> str:
    """Return the key that all spellings of an address share, at most 200 characters long.

    Text after the 400th character is ignored. A lot or a group is in the key only where no door on a street is.
    """
    text = _TAIL.sub(" ", plain(label)[:_LONGEST]).strip(" -,/;.")
    doors = _LOT.sub(" ", text).strip(" -,/;.")
    starts = list(_PART.finditer(doors)) or [m for m in [_FIRST.match(doors)] if m]
    if not starts:
        return _street(text)[:KEY_LENGTH]
    ends = [m.start() for m in starts[1:]] + [len(doors)]
    parts = {
        f"{_numbers(m['numbers'])} {_street(doors[m.end() : end])}"
        for m, end in zip(starts, ends, strict=True)
    }
    return " / ".join(sorted(parts))[:KEY_LENGTH]


def door(label: str) -> Door | None:
    """Return the one door an address names; None for a range, several doors or no number."""
    found = re.fullmatch(r"(\d+)([A-Z]?) ([^/]+)", match_key(label))
    return Door(int(found[1]), found[2], found[3]) if found else None


def along_the_street(label: str) -> tuple[str, int, str]:
    """Return a sort key that orders addresses street by street, 3 before 13.

    >>> sorted(["13 rue A", "3 bis rue A", "allée B", "3 rue A"], key=along_the_street)
    ['allée B', '3 rue A', '3 bis rue A', '13 rue A']
    """
    key = match_key(label)
    number, _space, street = key.partition(" ")
    return (street, *_order(number)) if number[:1].isdigit() else (key, 0, "")


def _street(text: str) -> str:
    words = re.sub(r"[^A-Z0-9]+", " ", text.replace("ROND-POINT", "RPT").replace("ROND POINT", "RPT")).split()
    full = [_WORDS.get(word, word) for word in words]
    return " ".join(word for word in full if word not in _ARTICLES) or " ".join(full)


def _numbers(text: str) -> str:
    text = re.sub(rf"(\d){_SUFFIX}", _shorten, text)
    items: list[str] = []
    for item in re.split(r"[,/&]|\bET\b", text):
        ends = re.findall(r"\d+[A-Z]?", item)
        if len(ends) % 2 or _is_row(ends):
            items += ends
        else:
            items += ["-".join(sorted(pair, key=_order)) for pair in zip(ends[::2], ends[1::2], strict=True)]
    unique = sorted(set(items), key=_order)
    return f"{unique[0]}-{unique[-1]}" if _is_row(unique) else ",".join(unique)


def _shorten(found: re.Match[str]) -> str:
    return found[1] + found[0][1:].strip()[0]


def _is_row(numbers: list[str]) -> bool:
    """Say whether these are neighbouring doors on one side of a street: 12, 14, 16."""
    if len(numbers) < 2 or not all(n.isdigit() for n in numbers):  # noqa: PLR2004
        return False
    values = [int(n) for n in numbers]
    return all(b - a == 2 for a, b in itertools.pairwise(values))  # noqa: PLR2004


def _order(number: str) -> tuple[int, str]:
    digits = re.match(r"\d+", number)
    return int(digits[0]) if digits else 0, number
