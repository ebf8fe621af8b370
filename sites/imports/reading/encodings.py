"""Decide the encoding of a text file: what it states, UTF-8, else the default of the country.

A guess among the eight-bit encodings turns RÉSIDENCE ÉOLE into other letters in silence, so none is made:
Windows-1252 it is, and where that gives signs inside words, the encodings that give French letters there are
proposed beside it.
"""

import codecs
import re
from collections.abc import Iterator
from typing import IO, NamedTuple

from django.utils.translation import gettext_lazy as _

from .contract import BrokenFileError, Doubt

DEFAULT = "cp1252"
# The other encodings that French texts have been written in: old Macintosh and DOS programs.
_RARE = ("mac_roman", "cp850")
_BLOCK = 1024 * 1024
_MOST_SAMPLES, _SAMPLE_LENGTH = 5, 60
_FRENCH = frozenset("àâçéèêëîïôùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛÜŸŒÆ’‘“”«»°€–…\xa0")
# A capital inside a word is another encoding's letter.
_MIXED = re.compile(r"[a-zß-ÿ][À-ÞŒŸ]")
# What Windows-1252 has at 0x80 to 0x9F is punctuation, a few signs and letters that French texts hardly use, but
# for ’ ‘ – œ Œ Ÿ …; beside a letter it is mostly another encoding's accented letter. What an old Macintosh writes for
# "à" by itself, for ° and for the middle of "l’a" and "cœur" is ˆ, ¡, Õ and Ï there.
_SUSPECT = re.compile(
    rb"[A-Za-z][\x80-\x84\x86-\x90\x93-\x95\x97-\x9B\x9D\x9E]|[\x80-\x84\x86-\x90\x93-\x95\x97-\x9B\x9D\x9E][A-Za-z]|[\x81\x8D\x8F\x90\x9D]"
    rb"| \x88 |\xA1|[A-Za-z]\xD5[A-Za-z]|[A-Za-z]\xCF[a-z]"
)
_ENDS = (b"\n", b"\r", b";", b",", b"\t", b"|", b'"')
_WORD = re.compile(rb"[^\r\n;,\t|\"]*")


class Found(NamedTuple):
    """The encoding of a file, the doubt about it if any, and how many lines the file has."""

    encoding: str
    doubts: tuple[Doubt, ...]
    lines: int


# How a PDF, a picture and a text with its layout begin, which may hold no NUL.
_NO_TEXT = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")


def find(file: IO[bytes], chosen: str = "") -> Found:
    """Find the encoding of ``file``; one that a person chose is taken as it is.

    Raises:
        BrokenFileError: the file is no text, or no text in the encoding that it states.
    """
    file.seek(0)
    head = file.read(_BLOCK)
    wide = _utf16(head)
    if not wide and (b"\0" in head or head.startswith(_NO_TEXT)):
        raise BrokenFileError(_("Ce fichier n’est ni un CSV, ni un classeur, ni un fichier GeoJSON."))
    if chosen or wide:
        return Found(chosen or wide, (), _lines(file))
    place = _first_beyond_utf8(file)
    if place is None:
        return Found("utf-8-sig", (), _lines(file))
    _check_not_damaged(file, place)
    samples = list(_suspects(file))
    return Found(DEFAULT, _doubts(samples), _lines(file))


def _utf16(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # Without a mark: Latin letters leave every other byte empty.
    first, second = head[::2].count(0), head[1::2].count(0)
    if second > len(head) / 4 and not first:
        return "utf-16-le"
    return "utf-16-be" if first > len(head) / 4 and not second else ""


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _lines(file: IO[bytes]) -> int:
    return sum(block.count(b"\n") for block in _blocks(file))


def _first_beyond_utf8(file: IO[bytes]) -> int | None:
    """Return the offset of the first byte that is not UTF-8, in bytes; None in a UTF-8 file."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    for block in _blocks(file):
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return done - pending + error.start
        done += len(block)
    pending = len(decoder.getstate()[0])
    return done - pending if pending else None


def _check_not_damaged(file: IO[bytes], place: int) -> None:
    """Check that no accented letter in UTF-8 comes before ``place``: they rule out any other encoding.

    Raises:
        BrokenFileError: the text is UTF-8, damaged at ``place``.
    """
    line, left, ascii_only = 1, place, True
    for block in _blocks(file):
        part = block[:left]
        line += part.count(b"\n")
        ascii_only = ascii_only and part.isascii()
        left -= len(part)
    if not ascii_only:
        message = _("Le fichier est abîmé à la ligne %(line)d : un caractère y est illisible.")
        raise BrokenFileError(lambda: message % {"line": line})


def _suspects(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the first different cells that Windows-1252 probably does not explain."""
    seen: set[bytes] = set()
    for block in _blocks(file):
        for match in _SUSPECT.finditer(block):
            earliest = max(0, match.start() - _SAMPLE_LENGTH)
            start = max(earliest, 1 + max(block.rfind(mark, earliest, match.start()) for mark in _ENDS))
            cell = _WORD.match(block, start)
            word = cell[0][:_SAMPLE_LENGTH] if cell else b""
            if word and word not in seen:
                seen.add(word)
                yield word
            if len(seen) == _MOST_SAMPLES:
                return


def _doubts(samples: list[bytes]) -> tuple[Doubt, ...]:
    likely = [name for name in _RARE if samples and all(_is_french(word, name) for word in samples)]
    if not likely and not any(_undefined(word) for word in samples):
        return ()
    choices = (DEFAULT, *(likely or _RARE))
    return (Doubt("encoding", choices, tuple(_decoded(samples, name) for name in choices)),)


def _is_french(word: bytes, encoding: str) -> bool:
    text = word.decode(encoding, "replace")
    return not _MIXED.search(text) and all(letter.isascii() or letter in _FRENCH for letter in text)


def _undefined(word: bytes) -> bool:
    return "\ufffd" in word.decode(DEFAULT, "replace")


def _decoded(samples: list[bytes], encoding: str) -> tuple[str, ...]:
    return tuple(word.decode(encoding, "replace").strip() for word in samples)
