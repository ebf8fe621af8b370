"""Run the parser of workbooks and archives, and tell its failures."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from sites.imports.parsing import contract as parsing

from .contract import BrokenFileError

TOO_LARGE = _("Le fichier est trop grand une fois décompressé.")
# The formats of which a sheet is read whole.
_WHOLE = {"xls", "xlsb", "ods"}
_LONGEST_ANSWER = 16 * 1024**2
_PROGRAM = str(Path(parsing.__file__).with_name("__main__.py"))


_most: ContextVar[int | None] = ContextVar("most", default=None)


def limit() -> int:
    """Return the largest size in bytes of a file once unpacked."""
    return _most.get() or 8 * settings.UPLOAD_MAX_BYTES


@contextmanager
def unpacked_within(size: int) -> Iterator[None]:
    """Refuse a file read within the block, to its last row, that is larger than ``size`` bytes once unpacked."""
    token = _most.set(size)
    try:
        yield
    finally:
        _most.reset(token)


def answer(file: IO[bytes], command: str, *arguments: str) -> Any:
    """Return the JSON that ``command`` answers.

    Raises:
        BrokenFileError: the file is damaged, protected or too large.
    """
    with into_file(file, command, *arguments, most=_LONGEST_ANSWER) as out:
        return json.loads(out.read())


def into_file(file: IO[bytes], command: str, *arguments: str, most: int = 0) -> IO[bytes]:
    """Return an open temporary file with what ``command`` answers, from its start; ``most`` bounds its size in bytes.

    Raises:
        BrokenFileError: the file is damaged, protected or too large.
    """
    file.seek(0)
    out = TemporaryFile()  # noqa: SIM115 - closed by the caller
    try:
        line = _line(command, *arguments, most=most or limit())
        code = subprocess.call(line, stdin=file, stdout=out, stderr=subprocess.DEVNULL)  # noqa: S603 - a program of ours
        _raise_for(code, arguments)
    except BaseException:
        out.close()
        raise
    out.seek(0)
    return out


@contextmanager
def piped(file: IO[bytes], command: str, *arguments: str) -> Iterator[IO[str]]:
    """Yield the text of ``command``'s answer as it comes; its process ends with the block.

    Raises:
        BrokenFileError: at the end of the block, if the process failed.
    """
    file.seek(0)
    process = subprocess.Popen(  # noqa: S603 - a program of ours
        _line(command, *arguments, most=limit()),
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        with io.TextIOWrapper(process.stdout, "utf-8", newline="") as text:  # type: ignore[type-var]
            yield text
        _raise_for(process.wait(), arguments)
    finally:
        process.kill()
        process.wait()


def _line(command: str, *arguments: str, most: int) -> list[str]:
    return [sys.executable, "-I", _PROGRAM, command, *arguments, str(most)]


def _raise_for(code: int, arguments: tuple[str, ...]) -> None:
    if code == parsing.BROKEN:
        raise BrokenFileError(_("Ce fichier ne peut pas être lu : il est incomplet ou abîmé."))
    if code == parsing.LOCKED:
        raise BrokenFileError(_("Ce fichier est protégé par un mot de passe : envoyez-le sans."))
    if code == parsing.NOT_A_TABLE:
        raise BrokenFileError(_("Ce fichier GeoJSON ne contient pas d’objets (« FeatureCollection »)."))
    if code == parsing.TOO_MANY:
        message = _("Ce fichier contient plus de %(count)s feuilles ou fichiers : envoyez-en un seul.")
        raise BrokenFileError(
            lambda: message % {"count": number_format(parsing.MOST_PARTS, force_grouping=True)}
        )
    if code and _WHOLE.intersection(arguments):
        raise BrokenFileError(
            _("Ce classeur est trop grand pour être lu : enregistrez-le au format XLSX ou CSV.")
        )
    if code:
        raise BrokenFileError(TOO_LARGE)
