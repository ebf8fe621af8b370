"""Find the passages of a free text that may name, reach or describe a person.

A form shows them before saving and asks the author to reword. A false alarm is preferred to a name
that passes; names of streets and buildings and the vocabulary of the trade are ignored.

>>> [str(found.text) for found in inspect("Vu avec Mme Durand, 06 12 34 56 78")]
['Mme Durand', '06 12 34 56 78']
>>> inspect("Porte du hall forcée au 12 rue Jean-Jaurès, bâtiment B")
[]
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import phonenumbers
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from stdnum.fr import nir

from sites.match_key import plain


class Kind(TextChoices):
    """The kind of information that a passage seems to hold."""

    NAME = "name", _("un nom de personne")
    PHONE = "phone", _("un numéro de téléphone")
    EMAIL = "email", _("une adresse e-mail")
    PLATE = "plate", _("une plaque d’immatriculation")
    NIR = "nir", _("un numéro de sécurité sociale")
    BIRTH = "birth", _("une date de naissance ou un âge")
    HEALTH = "health", _("une information de santé")
    ORIGIN = "origin", _("une origine, une religion ou une opinion")


@dataclass(frozen=True)
class Passage:
    """A passage of the text: its bounds, its words and its kind."""

    start: int
    end: int
    text: str
    kind: Kind


def inspect(text: str) -> list[Passage]:
    """Return the passages to reword, in the order of the text, without overlaps."""
    found = sorted(_all(text), key=lambda passage: (passage.start, -passage.end))
    kept: list[Passage] = []
    for passage in found:
        if not kept or passage.start >= kept[-1].end:
            kept.append(passage)
    return kept


def _all(text: str) -> Iterator[Passage]:
    yield from _numbers(text)
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            yield _passage(match, kind)
    yield from _names(text)


def _passage(match: re.Match[str], kind: Kind) -> Passage:
    return Passage(match.start(), match.end(), match.group(), kind)


def _numbers(text: str) -> Iterator[Passage]:
    for match in _NIR.finditer(text):
        if nir.is_valid(match.group()):
            yield _passage(match, Kind.NIR)
    for number in phonenumbers.PhoneNumberMatcher(text, "FR", phonenumbers.Leniency.VALID):
        yield Passage(number.start, number.end, number.raw_string, Kind.PHONE)


def _names(text: str) -> Iterator[Passage]:
    for match in _TITLED.finditer(text):
        yield _passage(match, Kind.NAME)
    for match in _CAPITALISED.finditer(text):
        words = re.split(r"[\s-]+", match.group())
        first = words[0].casefold() in _FIRST_NAMES
        if (first or _is_surname(text, match, words)) and not _is_place(text, match.start(), words):
            yield _passage(match, Kind.NAME)


def _is_surname(text: str, match: re.Match[str], words: list[str]) -> bool:
    """Say whether a match is two or more capitalised words within a sentence, none of them a known other word."""
    if len(words) == 1 or any(word.casefold() in _NOT_NAMES for word in words):
        return False
    return not _found_before(_SENTENCE_START, text, match.start())


def _is_place(text: str, start: int, words: list[str]) -> bool:
    return words[0].casefold() in _PLACE_WORDS or _found_before(_AFTER_PLACE, text, start)


def _found_before(pattern: re.Pattern[str], text: str, end: int) -> bool:
    """Say whether ``pattern`` matches up to ``end``, within so few letters that a long text is not searched anew at each word."""
    return pattern.search(text, max(0, end - _BEFORE), end) is not None


def _words(name: str) -> frozenset[str]:
    file = Path(__file__).parent / "wordlists" / f"{name}.txt"
    return frozenset(file.read_text(encoding="utf-8").casefold().split())


_UPPER = "A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ"
_LOWER = "a-zàâäçéèêëîïôöùûüÿœæ"
_WORD = rf"[{_UPPER}](?:[{_LOWER}]+|[{_UPPER}]+)(?:['’][{_UPPER}][{_LOWER}]+)?"
_CAPITALISED = re.compile(rf"\b{_WORD}(?:[\s-]+(?:(?:de|du|le|la|ben|el|al|van|von)\s+)?{_WORD})*\b")
_TITLED = re.compile(
    rf"\b(?:M\.|MM\.|Mr\.?|Mme\.?|Mmes|Mlle\.?|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|[Dd]r\.?|[Mm]aître)"
    rf"\s+(?:(?:de|du|d['’]|le|la)\s*)?[{_UPPER}][\w'’-]*(?:\s+[{_UPPER}][\w'’-]+)*"
    rf"|\b(?:[Mm]onsieur|[Mm]adame|Mme|Mlle|Mr)\s+(?!le\b|la\b|l['’]|les\b|qui\b|du\b|de\b|a\b)[{_LOWER}]{{3,}}"
    rf"|\b(?:nommée?|prénommée?|surnommée?|appelée?|dite?|s['’]appelle|nom de famille)\s*:?\s+[{_UPPER}][\w'’-]+"
    rf"|\b(?:[Vv]oisine?s?|[Ll]ocataires?|[Oo]ccupante?s?|[Gg]ardien(?:ne)?|[Ff]amille|[Ff]ils|[Ff]ille|[Ff]rères?"
    rf"|[Ss]œur|[Ss]oeur|[Cc]ousin|[Cc]opain|[Aa]mi|[Aa]ppartement de|[Ll]ogement de|[Cc]hez)\s+(?:d['’]|de\s+)?[{_UPPER}][\w'’-]+"
)
# Longer than the words between a kind of place and its name: "boulevard de la présidente ".
_BEFORE = 80
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;\n]|-\s)\s*[\"«“(]?\s*$")
_PLACE_WORDS = _words("places")
_AFTER_PLACE = re.compile(
    rf"\b(?:{'|'.join(sorted(_PLACE_WORDS, key=len, reverse=True))})\.?\s+"
    r"(?:(?:de\s+la|de\s+l['’]|des|du|de|d['’]|les|le|la|l['’]|à|aux?)\s*)?"
    r"(?:(?:général|maréchal|docteur|président|colonel|capitaine|abbé|saint|sainte|st|ste)[\s-]+)?$",
    re.IGNORECASE,
)
# Words with a capital letter that are no names of persons.
_NOT_NAMES = _words("other_capitals")
_FIRST_NAMES = _words("first_names")
# Names typed in a hurry or in capitals often lack their accents.
_FIRST_NAMES |= {plain(name).casefold() for name in _FIRST_NAMES}
_NIR = re.compile(r"\b[12][\s.]?\d{2}[\s.]?\d{2}[\s.]?(?:\d{2}|2[ABab])[\s.]?\d{3}[\s.]?\d{3}[\s.]?\d{2}\b")
_MONTHS = "janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre"
_DATE = rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|(?:1er|\d{{1,2}})\s+(?:{_MONTHS})\s+\d{{4}}|\d{{4}})"
_PATTERNS = {
    # The look-behind starts a match only at the first character of a word: otherwise a word of n letters
    # would be scanned n times.
    Kind.EMAIL: re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    Kind.PLATE: re.compile(
        r"\b(?!SS)[A-HJ-NP-TV-Z]{2}[\s-]?\d{3}[\s-]?(?!SS)[A-HJ-NP-TV-Z]{2}\b"
        # "12 et 14" are two doors.
        r"|\b(?!\d\d\s+et\s|\d+\s+(?-i:et)\s)\d{2,4}[\s-][A-HJ-NP-TV-Z]{2,3}[\s-](?:\d{2}|2[AB])\b",
        re.IGNORECASE,
    ),
    Kind.BIRTH: re.compile(
        rf"\bnée?s?\s+(?:le\s+|en\s+)?{_DATE}|\bdate de naissance\b|\bd\.?d\.?n\.?\s*:?\s*{_DATE}"
        rf"|\bâgée?s?\s+de\s+\d{{1,3}}\s+ans|\b(?:garçon|fille|homme|femme|jeune|enfant|individu)s?\s+de\s+\d{{1,2}}\s+ans",
        re.IGNORECASE,
    ),
    Kind.HEALTH: re.compile(
        r"\b(?:malades?|maladies?|handicap(?:ée?s?)?|schizophr[éeè]n\w*|psychiatri\w*|psychotiques?|bipolaires?"
        r"|dépressi(?:f|ve|on)s?|démen(?:t|te|ts|tes|ce)|alzheimer|séropositi\w*|sida|vih|cancer|cancéreu\w*"
        r"|diab[éeè]t\w*|[ée]pilep\w*|alcooliques?|alcoolisme|toxicoman\w*|toxico|cure de désintoxication|enceinte|grossesse"
        r"|autistes?|autisme|suicidaires?|sous traitement|sous tutelle|sous curatelle|hospitalisée?s? d['’]office"
        r"|déficien(?:t|te|ce)s? (?:mentale?s?|visuelle?s?|intellectuelle?s?))\b",
        re.IGNORECASE,
    ),
    Kind.ORIGIN: re.compile(
        r"\b(?:arabes?|maghrébin\w*|africain\w*|algérien\w*|marocain\w*|tunisien\w*|sénégalais\w*|malien\w*"
        r"|comorien\w*|congolais\w*|ivoirien\w*|camerounais\w*|antillais\w*|roumain\w*|bulgares?|albanais\w*"
        r"|tchétch[èe]nes?|kurdes?|afghan\w*|syrien\w*|pakistanais\w*|chinois\w*|asiatiques?|européen de l['’]est"
        r"|portugais\w*|polonais\w*|serbes?|kosovars?|turcs?|turque|turques|gitane?s?|tziganes?|manouches?|roms?|gens du voyage"
        r"|(?:individu|homme|femme|jeune|personne|type|garçon|fille)s?\s+(?:noire?s?|blanc(?:he)?s?|basanée?s?)"
        r"|de couleur noire|origine (?:étrangère|ethnique|maghrébine|africaine)|étranger en situation irrégulière|sans-papiers|migrants?"
        r"|musulman\w*|islamistes?|salafistes?|juifs?|juives?|chrétien\w*|catholiques?|protestants?|évangéliques?|voilée?s?"
        r"|homosexuel\w*|lesbiennes?|gays?|transsexuel\w*|syndicalistes?|d['’]extrême[ -](?:droite|gauche))\b",
        re.IGNORECASE,
    ),
}
