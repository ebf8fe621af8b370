"""Find names of persons: after a title or a tie, by capital letters, and in small letters by lists of names.

A name that follows a kind of place ("rue Jean-Jaurès"), or belongs to somebody whom places are named after, is a place's.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from sites.match_key import plain

from .kinds import Kind, Passage


def names(text: str) -> Iterator[Passage]:
    """Yield the passages of a text that may name a person."""
    lowered = text.lower()
    same_length = len(lowered) == len(text)
    # Where all is in capitals, a capital letter says nothing.
    shown = lowered if same_length and text.isupper() else text
    places = [
        m.span() for kind in (_EPONYMS, _STREETS) for m in kind.finditer(lowered if same_length else shown)
    ]
    for pattern in (_TITLED, _INITIALLED):
        for match in pattern.finditer(shown):
            if not _is_place_after_all(match):
                yield _passage(text, match.start(), match.end())
    for start, end in _capitalised(shown):
        if not _within(places, start):
            yield _passage(text, start, end)
    for start, end in _listed(shown, lowered if same_length else shown, places):
        yield _passage(text, start, end)


def _passage(text: str, start: int, end: int) -> Passage:
    return Passage(start, end, text[start:end], Kind.NAME)


def _within(spans: list[tuple[int, int]], place: int) -> bool:
    return any(start <= place < end for start, end in spans)


def _is_place_after_all(match: re.Match[str]) -> bool:
    """Say whether an initial and a word are no name: "Bât. B. Porte 3"."""
    word = match.groupdict().get("word")
    return word is not None and word.casefold() in _PLACE_WORDS | _NOT_NAMES


def _capitalised(text: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of words in capital letters that are a name by the first of them, or by their number."""
    for match in _CAPITALISED.finditer(text):
        words = re.split(r"[\s-]+", match.group())
        first = words[0].casefold()
        known = first in _FIRST_NAMES and (len(words) > 1 or first not in _HOMONYMS or _inside(text, match))
        if (known or _is_surname(text, match, words)) and not _is_place(text, match.start(), words):
            yield match.span()


def _inside(text: str, match: re.Match[str]) -> bool:
    return not _found_before(_SENTENCE_START, text, match.start())


def _is_surname(text: str, match: re.Match[str], words: list[str]) -> bool:
    """Say whether a match is two or more capitalised words within a sentence, none of them a known other word."""
    if len(words) == 1 or any(word.casefold() in _NOT_NAMES for word in words):
        return False
    if words[0] in _ARTICLES and words[-1].casefold() not in _SURNAMES:
        return False
    return _inside(text, match)


def _is_place(text: str, start: int, words: list[str]) -> bool:
    return words[0].casefold() in _PLACE_WORDS or _found_before(_AFTER_PLACE, text, start)


def _found_before(pattern: re.Pattern[str], text: str, end: int) -> bool:
    """Say whether ``pattern`` matches up to ``end``, within so few letters that a long text is not searched anew at each word."""
    return pattern.search(text, max(0, end - _BEFORE), end) is not None


def _listed(shown: str, lowered: str, places: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the bounds of listed first names and surnames, whatever their letters, with the names beside them."""
    words = list(_WORD_ANYHOW.finditer(lowered))
    skipped_to = -1
    for place, match in enumerate(words):
        if match.start() < skipped_to or match.group() not in _LISTED:
            continue
        start, end = _begin(lowered, words, place), _end(lowered, words, place)
        if _within(places, match.start()):
            continue
        skipped_to = end
        if (start, end) == match.span() and not _is_a_name(shown, lowered, match):
            continue
        if not _found_before(_AFTER_SAINT, lowered, start):
            yield start, end


def _is_a_name(shown: str, lowered: str, match: re.Match[str]) -> bool:
    """Say whether a listed word that stands alone is a name there."""
    word = match.group()
    if word not in _HOMONYMS:
        return shown[match.start()].islower() or word in _FIRST_NAMES or _inside(shown, match)
    return bool(_ACTS.match(lowered, match.end())) and _found_before(_CLAUSE_START, lowered, match.start())


def _begin(text: str, words: list[re.Match[str]], place: int) -> int:
    """Return where the name begins that holds a listed word: at the first of the names that stand together."""
    while (
        place
        and words[place - 1].group() in _LISTED
        and text[words[place - 1].end() : words[place].start()] in _JOINTS
    ):
        place -= 1
    return words[place].start()


def _end(text: str, words: list[re.Match[str]], place: int) -> int:
    while (
        place + 1 < len(words)
        and words[place + 1].group() in _LISTED
        and text[words[place].end() : words[place + 1].start()] in _JOINTS
    ):
        place += 1
    return words[place].end()


def _words(name: str) -> frozenset[str]:
    words = _lines(name).split()
    # Names typed in a hurry or in capitals often lack their accents.
    return frozenset(words) | {plain(word).casefold() for word in words}


def _any(words: frozenset[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _lines(name: str) -> str:
    file = Path(__file__).parent / "wordlists" / f"{name}.txt"
    return file.read_text(encoding="utf-8").casefold()


_UPPER = "A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ"
_LOWER = "a-zàâäçéèêëîïôöùûüÿœæ"
_WORD = rf"[{_UPPER}](?:[{_LOWER}]+|[{_UPPER}]+)(?:['’][{_UPPER}][{_LOWER}]+)?"
_CAPITALISED = re.compile(rf"\b{_WORD}(?:[\s-]+(?:(?:de|du|le|la|ben|el|al|van|von)\s+)?{_WORD})*\b")
_WORD_ANYHOW = re.compile(r"[^\W\d_]+(?:['’](?=diaye|guyen|golo|doye)[^\W\d_]+)?")
_JOINTS = {" ", "-", "  "}
# What follows "madame" or "monsieur" and is no name.
_NO_NAME = (
    r"(?!(?:le|la|l['’]|les|qui|que|du|de|des|a|au|aux|est|était|et|ne|n['’]|s['’]|se|en|sa|son|dit|crie|âgée?|agée?|sans|avec|du|pour|dans"
    r"|sur|habitant|inconnue?|maire|préfète?|directrice|directeur|gardienne?|présidente?|ayant)(?:\b|(?<=['’])))"
)
_TITLED = re.compile(
    rf"\b(?:M\.|MM\.|Mr\.?|Mme\.?|Mmes|Mlle\.?|[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|[Dd]r\.?|[Mm]aître)"
    rf"\s*\b(?:(?:de|du|d['’]|le|la)\s*)?[{_UPPER}][\w'’-]*(?:\s+[{_UPPER}][\w'’-]+)*"
    rf"|\b(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|[Mm]mes?|[Mm]lle|[Mm]r)\.?\s+{_NO_NAME}(?:(?:da|dos|ben|el)\s+)?[{_LOWER}]{{3,}}"
    rf"|\b(?:[Mm]onsieur|[Mm]adame|[Mm]mes?|[Mm]lle|[Mm]r|[Mm])\.?\s+(?:le|la|da|de|el)\s+(?:{{SURNAMES}})\b"
    rf"|(?<![\w.])[Mm]\.\s?{_NO_NAME}[{_LOWER}]{{3,}}"
    rf"|\b(?:nommée?|prénommée?|dénommée?|surnommée?|appelée?|dite?|s['’]appelle|nom de famille)\s*:?\s+[{_UPPER}][\w'’-]+"
    rf"|\b(?:nommée?|prénommée?|dénommée?|surnommée?|s['’]appelle|alias|nom de famille)\s*:?\s+(?!le\b|la\b|par\b)[{_LOWER}]{{3,}}"
    rf"|\b(?:[Vv]oisine?s?|[Ll]ocataires?|[Oo]ccupante?s?|[Gg]ardien(?:ne)?|[Ff]amille|[Ff]ils|[Ff]ille|[Ff]rères?"
    rf"|[Ss]œur|[Ss]oeur|[Cc]ousin|[Cc]opain|[Aa]mi|[Aa]ppartement de|[Ll]ogement de|[Cc]hez)\s+(?:d['’]|de\s+)?[{_UPPER}][\w'’-]+".replace(
        "{SURNAMES}", "goff|gall|guen|bihan|bris|roux|costa|silva|sousa|oliveira|amrani|idrissi"
    )
    # Adjectives and participles end otherwise than most surnames.
    + r"|\b[Ff]amille\s+(?!(?:nombreuses?|en|du|de|des|au|aux|a|est|qui|et|sans|avec|dans|ont|était|sur|entière|vit|habite|ne|n|s)\b)"
    rf"(?![{_LOWER}]+(?:ées?|ees?|euses?|ales?|antes?|entes?|elles?|ives?|aires?|iques?|ières?|ieres?|ieures?|ines|ie|ite|ises?|ites?)\b)"
    rf"[{_LOWER}]{{3,}}"
)
_INITIALLED = re.compile(rf"\b(?<!\.)[{_UPPER}]\.\s?(?P<word>[{_UPPER}][{_LOWER}]{{2,}}|[{_UPPER}]{{4,}})\b")
# Longer than the words between a kind of place and its name: "boulevard de la présidente ".
_BEFORE = 80
_SENTENCE_START = re.compile(r"(?:^|[.!?…:;\n]|-\s)\s*[\"«“(]?\s*$")
_CLAUSE_START = re.compile(
    r"(?:^|[.!?…:;,\n(«\"]|\b(?:et|que|qui|car|mais|hier|ce matin|ce soir|encore|avec|par|chez|selon|contre))\s*$"
)
# What a person does, after a name that is also another word: "pierre menace le gardien".
_ACTS = re.compile(
    r"\s+(?:[\w-]+\s+)?(?:a\s+(?:\w+\s+)?(?:frappé|frappe|menacé|menace|insulté|insulte|cassé|casse|volé|vole|crié|crie|agressé|jeté|brûlé)"
    r"|frappe|menace|insulte|crie|hurle|deale|vend|habite|squatte|refuse|fume|traîne|et\s+(?:sa|son|ses)|du\s+\d)"
)
_PLACE_WORDS = _words("places")
# Parts of a building bear numbers and letters, not a person's name: "dans le hall kevin crie".
_NAMED_PLACES = _PLACE_WORDS - _words("parts")
_LINK = (
    r"\.?[\s-]+(?:(?:de\s+la|de\s+l['’]|des|du|de|d['’]|les|le|la|l['’]|à|aux?)\s*)?"
    r"(?:(?:général|general|maréchal|marechal|docteur|dr|professeur|président|president|présidente|colonel|capitaine|lieutenant"
    r"|commandant|sergent|amiral|cardinal|abbé|abbe|père|pere|saint|sainte|st|ste)[\s-]+)?(?:(?:de|du)\s+)?"
)


_AFTER_PLACE = re.compile(rf"\b(?:{_any(_PLACE_WORDS)}){_LINK}$", re.IGNORECASE)
_COMPOUND = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
# A place and the two words after it, which may bear a person's name: "rue philippe de girard".
_STREETS = re.compile(
    rf"\b(?:{_any(_NAMED_PLACES)}){_LINK}{_COMPOUND}(?:\s+(?:(?:et|de|du|des|la|le|van|von)\s+)*{_COMPOUND})?",
    re.IGNORECASE,
)
_AFTER_SAINT = re.compile(r"\b(?:saint|sainte|st|ste|notre|nom de)[\s-]+$", re.IGNORECASE)
# Words with a capital letter that are no names of persons.
_NOT_NAMES = _words("other_capitals")
_ARTICLES = {"La", "Les", "LA", "LES"}
_FIRST_NAMES = _words("first_names")
_SURNAMES = _words("surnames")
# Names that are words too: they count beside another name, with a capital letter or where they do something.
_HOMONYMS = _words("homonyms")
_LISTED = (_FIRST_NAMES | _SURNAMES) - _NOT_NAMES
_EPONYMS = re.compile(
    r"\b(?:"
    + "|".join(
        re.escape(spelling).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]")
        for line in _lines("eponyms").splitlines()
        for spelling in sorted({line, plain(line).casefold()})
    )
    + r")\b"
)
