"""Unpack a file sent in, and tell its format by its content."""

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, cast

from django.utils.translation import gettext_lazy as _

from . import process
from .contract import ENDINGS, BrokenFileError

_ZIP, _GZIP, _OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GEOJSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"")
# How an encrypted workbook names its content, in UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BLOCK = 64 * 1024
_EMPTY_ZIP = b"PK\x05\x06"


@dataclass
class Unpacked:
    """A file without its compression.

    Attributes:
        file: the open file; whoever unpacked closes it.
        format: "csv" (any text), "xlsx", "xlsb", "xls", "ods" or "geojson".
        members: the files of the archive it came in; empty without one.
        member: the file taken from it.
    """

    file: IO[bytes]
    format: str
    members: tuple[str, ...] = ()
    member: str = ""


def unpack(file: IO[bytes], member: str = "") -> Unpacked:
    """Return what ``file`` holds once unpacked; of an archive, the file called ``member``, else the first.

    The file given is closed unless it is the one returned.

    Raises:
        BrokenFileError: it is damaged, protected, too large, or holds another compressed file.
    """
    found = _format(file)
    if found == "gzip":
        return _plain(_replaced(file, lambda: _gunzipped(file)))
    if found != "zip":
        return Unpacked(file, found)
    members = _tables(process.answer(file, "inspect")["members"])
    name = _chosen(members, member)
    inner = _plain(_replaced(file, lambda: process.into_file(file, "extract", name)))
    return Unpacked(inner.file, inner.format, tuple(members), name)


def _plain(file: IO[bytes]) -> Unpacked:
    found = _format(file)
    if found in {"zip", "gzip"}:
        file.close()
        raise BrokenFileError(
            _("Ce fichier contient un autre fichier compressé : décompressez-le avant l’envoi.")
        )
    return Unpacked(file, found)


def _tables(members: dict[str, bool]) -> dict[str, bool]:
    """Return the files whose names are those of tables; all of them where none has such a name."""
    return {name: locked for name, locked in members.items() if name.lower().endswith(ENDINGS)} or members


def _replaced(file: IO[bytes], unpacked: Callable[[], IO[bytes]]) -> IO[bytes]:
    try:
        return unpacked()
    finally:
        file.close()


def _format(file: IO[bytes]) -> str:
    file.seek(0)
    head = file.read(_BLOCK)
    if head.startswith(_GZIP):
        return "gzip"
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return str(process.answer(file, "inspect")["format"])
    if head.startswith(_OLE):
        _refuse_encrypted(file)
        return "xls"
    return "geojson" if _GEOJSON.match(head) else "csv"


def _refuse_encrypted(file: IO[bytes]) -> None:
    file.seek(0)
    before = b""
    while block := file.read(_BLOCK):
        if _ENCRYPTED in before + block:
            raise BrokenFileError(_("Ce fichier est protégé par un mot de passe : envoyez-le sans."))
        before = block[-len(_ENCRYPTED) :]


def _gunzipped(file: IO[bytes]) -> IO[bytes]:
    file.seek(0)
    out = TemporaryFile()  # noqa: SIM115 - closed by the caller
    try:
        with gzip.open(file) as packed:
            _copy(cast("IO[bytes]", packed), out)
    except (EOFError, OSError, zlib.error) as error:
        out.close()
        raise BrokenFileError(_("Le fichier compressé est incomplet ou abîmé.")) from error
    except BrokenFileError:
        out.close()
        raise
    return out


def _copy(packed: IO[bytes], out: IO[bytes]) -> None:
    left = process.limit()
    while block := packed.read(_BLOCK):
        left -= len(block)
        if left < 0:
            raise BrokenFileError(process.TOO_LARGE)
        out.write(block)


def _chosen(members: dict[str, bool], member: str) -> str:
    if not members:
        raise BrokenFileError(_("L’archive est vide."))
    name = member or next(iter(members))
    if name not in members:
        message = _("L’archive ne contient pas de fichier « %(name)s ».")
        raise BrokenFileError(lambda: message % {"name": name})
    if members[name]:
        raise BrokenFileError(_("Ce fichier est protégé par un mot de passe : envoyez-le sans."))
    return name
