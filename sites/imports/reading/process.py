"""Run the parser of workbooks and archives, and tell its failures."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import parser
from .contract import BrokenFileError


def limit() -> int:
    """Return the largest size in bytes of a file once unpacked."""
    return 8 * settings.UPLOAD_MAX_BYTES


def answer(file: IO[bytes], command: str, argument: str = "") -> Any:
    """Return the JSON that ``command`` answers.

    Raises:
        BrokenFileError: the file is damaged, protected or too large.
    """
    with into_file(file, command, argument) as out:
        return json.loads(out.read())


def into_file(file: IO[bytes], command: str, argument: str = "") -> IO[bytes]:
    """Return an open temporary file with what ``command`` answers, from its start.

    Raises:
        BrokenFileError: the file is damaged, protected or too large.
    """
    file.seek(0)
    out = TemporaryFile()  # noqa: SIM115 - closed by the caller
    try:
        code = subprocess.call(_line(command, argument), stdin=file, stdout=out, stderr=subprocess.DEVNULL)  # noqa: S603 - a program of ours
        _raise_for(code)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


@contextmanager
def piped(file: IO[bytes], command: str, argument: str = "") -> Iterator[IO[str]]:
    """Yield the text of ``command``'s answer as it comes; its process ends with the block.

    Raises:
        BrokenFileError: at the end of the block, if the process failed.
    """
    file.seek(0)
    process = subprocess.Popen(  # noqa: S603 - a program of ours
        _line(command, argument), stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        with io.TextIOWrapper(process.stdout, "utf-8", newline="") as text:  # type: ignore[type-var]
            yield text
        _raise_for(process.wait())
    finally:
        process.kill()
        process.wait()


def _line(command: str, argument: str) -> list[str]:
    return [sys.executable, "-I", parser.__file__, command, argument, str(limit())]


def _raise_for(code: int) -> None:
    if code == parser.BROKEN:
        raise BrokenFileError(_("Ce fichier ne peut pas être lu : il est incomplet ou abîmé."))
    if code == parser.LOCKED:
        raise BrokenFileError(_("Ce fichier est protégé par un mot de passe : envoyez-le sans."))
    if code:
        raise BrokenFileError(_("Le fichier est trop grand une fois décompressé."))
