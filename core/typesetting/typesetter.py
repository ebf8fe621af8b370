"""Typeset a document: read JSON from standard input, write PDF/UA-1 to standard output.

This is a program of its own, without Django: see :mod:`core.typesetting.process`. The data is passed as a
JSON string that the template reads as data, so that nothing in it is evaluated.
"""

import sys
from pathlib import Path

import typst

# Templates import what they share from here: core/typesetting/paper.typ.
_ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    """Compile a template; the arguments are its path, and the time of the document in seconds since 1970."""
    pdf = typst.compile(
        sys.argv[1],
        root=str(_ROOT),
        sys_inputs={"data": sys.stdin.buffer.read().decode()},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(sys.argv[2]),
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
