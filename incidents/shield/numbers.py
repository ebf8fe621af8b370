"""Find the numbers and addresses by which a person is reached or known: telephone, e-mail, account, plate, social security."""

import re
from collections.abc import Iterator

import phonenumbers
from stdnum.fr import nir

from .kinds import Kind, Passage


def numbers(text: str) -> Iterator[Passage]:
    """Yield the passages of a text that are numbers or addresses of a person."""
    digits = sum(map(str.isdigit, text))
    if digits >= _FEWEST_OF_A_PHONE:
        for match in _NIR.finditer(text):
            if nir.is_valid(match.group()):
                yield _passage(match, Kind.NIR)
        for number in phonenumbers.PhoneNumberMatcher(text, "FR", phonenumbers.Leniency.VALID):
            yield Passage(number.start, number.end, number.raw_string, Kind.PHONE)
    for kind, pattern in _PATTERNS + _LONG_NUMBERS if digits >= _FEWEST_OF_A_PHONE else _PATTERNS:
        for match in pattern.finditer(text):
            yield _passage(match, kind)


def _passage(match: re.Match[str], kind: Kind) -> Passage:
    return Passage(match.start(), match.end(), match.group(), kind)


# Below that number of digits, the patterns of long numbers are not tried.
_FEWEST_OF_A_PHONE = 8
# 2.349107742449 is a longitude.
_NIR = re.compile(
    r"\b(?![12]\.\d{6})[12][\s.-]?\d{2}[\s.-]?\d{2}[\s.-]?(?:\d{2}|2[ABab])[\s.-]?\d{3}[\s.-]?\d{3}[\s.-]?\d{2}\b"
)
# The number of a card, without its key, in the groups of the card; the month is one, or 20 and more.
_NIR_IN_GROUPS = (
    r"(?<![\d./-])[12]([\s.-])\d{2}\1(?:0[1-9]|1[0-2]|[2-9]\d)\1(?:\d{2}|2[AB])\1\d{3}\1\d{3}(?!\d)"
)
_NIR_AS_SAID = r"\b(?:s[ée]cu(?:rit[ée]\s+sociale)?|nir|insee|carte\s+vitale)\b[^\d\n]{0,30}[12](?:[\s.-]?[\dAB]){12,14}(?!\d)"
# What people type between two digits of a telephone number.
_GAP = r"[\s./_,;:*·–—-]"
_PAIRS = rf"(?<![\d.,/-])(?!\d\d([/.-])\d\d\1\d\d\s)[0Oo][1-9](?:{_GAP}{{1,3}}\d\d){{4}}(?!\d)"
_SAME_GAPS = rf"(?<![\d.,/-])[0Oo][1-9]({_GAP}{{1,3}})\d\d(?:\1\d\d){{3}}(?!\d)"
_THREES = rf"(?<![\d.,/-])[0Oo][67](?:{_GAP}?\d\d{_GAP}\d{{3}}{_GAP}\d{{3}}|{_GAP}?\d\d{_GAP}\d\d{_GAP}\d{{4}}|\d\d{_GAP}\d{{3}}{_GAP}\d{{3}}|{_GAP}\d{{3}}{_GAP}\d{{3}}{_GAP}\d\d)(?!\d)"
_APART = r"(?<!\d)[0Oo](?:\s\d){9}(?!\d)"
_ABROAD = rf"(?:\+|\b00)\d{{2,3}}(?:{_GAP}{{0,3}}\(0\))?(?:{_GAP}{{0,2}}\d){{8,9}}(?!\d)"
_DIGIT = (
    r"(?:z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?"
    r"|trente|quarante|cinquante|soixante|cent|et)"
)
_SPELLED = rf"\bz[ée]ro[\s-]+(?:un|deux|trois|quatre|cinq|six|sept|huit|neuf)(?:[\s-]+{_DIGIT}){{4,}}\b"

_LETTERS = "[A-HJ-NP-TV-Z]"
# "12 et 14" are two doors, and "le 120 de" is a number: small words beside three digits make no plate.
_SMALL_WORDS = "(?-i:le|la|de|et|en|ne|se|ce|sa|ma|ta|ça|es|as|je|me|te|by)"
_PLATE = (
    rf"\b(?!SS|{_SMALL_WORDS}\s){_LETTERS}{{2}}[\s./_-]?\d{{3}}[\s./_-]?(?!SS|(?<=\s){_SMALL_WORDS}\b){_LETTERS}{{2}}(?![^\W_])"
    rf"|(?<![\d/.-])(?!\d\d\s+et\s|\d+\s+(?-i:et)\s)\d{{2,4}}[\s-]{_LETTERS}{{2,3}}[\s-](?:\d{{2}}|2[AB])\b"
)

_AT = r"(?:@|\s@\s|\s*[(\[]\s*(?:at|@|arobase)\s*[)\]]\s*|\s+(?:at|arobase)\s+)"
_DOT = r"(?:\.|\s\.\s|\s*[(\[]\s*(?:dot|point|\.)\s*[)\]]\s*|\s+(?:dot|point)\s+)"
# The look-behind starts a match only at the first character of a word: otherwise a word of n letters would be
# scanned n times.
_EMAIL = rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}})+"

_NETWORK = r"(?:insta(?:gram)?|snap(?:chat)?|tik\s?tok|facebook|fb|twitter|telegram|discord|messenger|linkedin|youtube|twitch|signal|threads|bluesky)"
# A name that is written like an account: with a digit, a point or a bar within.
_ACCOUNT = r"(?=[\w.-]*[^\W\d]*[\d_.-])[^\W\d_][\w.-]+\w"
_SOCIAL = (
    r"(?<![\w.@])@(?!\s)[^\W\d_][\w.]{2,}"
    r"|\b(?:facebook|instagram|tiktok|snapchat|twitter|linkedin|youtube|discord|twitch|x|fb|t|wa)\.(?:com|me|gg|tv|fr)/\S+"
    rf"|\b{_NETWORK}\b\s*[:=]\s*[^\s,;]{{3,}}"
    rf"|\b(?:{_NETWORK}|pseudos?|compte)\b(?:\s+(?:est|c['’]est|de|du|sous|le|nom|pseudo|compte|snap|insta|{_NETWORK}))*\s*:?\s+{_ACCOUNT}"
    r"|\bpseudos?\b\s*[:=]\s*\S{3,}"
)

_LONG_NUMBERS = [
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.NIR, _NIR_IN_GROUPS),
        (Kind.NIR, _NIR_AS_SAID),
        (Kind.PHONE, _SAME_GAPS),
        (Kind.PHONE, _PAIRS),
        (Kind.PHONE, _THREES),
        (Kind.PHONE, _APART),
        (Kind.PHONE, _ABROAD),
    )
]
_PATTERNS = [
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.PHONE, _SPELLED),
        (Kind.EMAIL, _EMAIL),
        (Kind.SOCIAL, _SOCIAL),
        (Kind.PLATE, _PLATE),
    )
]
