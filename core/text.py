"""Clean texts that people and files bring: remove characters that are invisible or that no typeface has."""

import unicodedata

# The characters of windows-1252 at the places of Unicode's C1 controls: found where a file was decoded wrongly.
_MISREAD = {byte: bytes([byte]).decode("cp1252", "ignore") or None for byte in range(0x80, 0xA0)}
_JOINERS = {"\u200c", "\u200d"}
# The Unicode categories a joiner may stand between: signs (emoji), their modifiers and marks, letters without case.
_JOINED = {"So", "Sk", "Mn", "Lo"}
_WHITE = {"\t", "\n", "\v", "\f", "\r", "\x85", "\u2028", "\u2029"}
_REMOVED = {"Cc", "Cf", "Co", "Cs"}
# Letters by their category that no typeface draws.
_BLANK_LETTERS = {"\u115f", "\u1160", "\u3164", "\uffa0"}
_NONCHARACTERS = range(0xFDD0, 0xFDF0)


def clean(text: str) -> str:
    r"""Return a name or a title in the form it is stored in: one line, single spaces, visible characters alone.

    Invisible and private characters, controls and marks of direction go; what windows-1252 had
    in place of controls comes back; accents are composed (NFC). Every letter and emoji stays.

    >>> clean("L\x92Orée \u202edu\tBois\ufeff")
    'L’Orée du Bois'
    """
    return " ".join(visible(text).split())


def letters_in(text: str) -> int:
    r"""Count the letters of ``text`` that can be seen.

    >>> letters_in("H.S. \u3164 2")
    2
    """
    return sum(character.isalpha() and character not in _BLANK_LETTERS for character in text)


def visible(text: str) -> str:
    """Return ``text`` without invisible characters, its spaces as they are; a line end becomes a space."""
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return text
    kept = unicodedata.normalize("NFC", text).translate(_MISREAD)
    kept = "".join(filter(None, map(_seen, kept)))
    return unicodedata.normalize("NFC", _without_loose_joiners(kept))


def _seen(character: str) -> str:
    if character in _WHITE:
        return " "
    if character in _JOINERS:
        return character
    code = ord(character)
    if code in _NONCHARACTERS or code & 0xFFFE == 0xFFFE:  # noqa: PLR2004 - the last two of each plane
        return ""
    return "" if unicodedata.category(character) in _REMOVED else character


def _without_loose_joiners(text: str) -> str:
    """Keep a joiner only between characters it can join: parts of an emoji, letters of some scripts."""
    if _JOINERS.isdisjoint(text):
        return text
    around = zip(text, f" {text}", f"{text[1:]} ", strict=False)
    return "".join(
        character
        for character, before, after in around
        if character not in _JOINERS or {unicodedata.category(before), unicodedata.category(after)} <= _JOINED
    )
