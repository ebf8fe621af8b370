"""Typeset a template with data, in a process of its own."""

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from .typeface import showable

_TYPESETTER = Path(__file__).resolve().parent / "typesetter.py"
_TIMEOUT_S = 60


class TypesettingError(RuntimeError):
    """The error of a document that could not be typeset; the message is the typesetter's."""


def typeset(template: Path, data: dict[str, Any], at: dt.datetime) -> bytes:
    """Return the PDF that a template makes of ``data``, whatever its texts hold, dated ``at``.

    Raises:
        TypesettingError: it cannot be typeset.
    """
    # In a process of its own, the typesetter's cache, hundreds of megabytes for a hundred sheets, is freed
    # after each document, and a time limit can be enforced.
    done = subprocess.run(  # noqa: S603 - our own interpreter and our own files
        [sys.executable, "-I", str(_TYPESETTER), str(template), str(int(at.timestamp()))],
        input=json.dumps(showable(data)).encode(),
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise TypesettingError(done.stderr.decode(errors="replace"))
    return done.stdout
