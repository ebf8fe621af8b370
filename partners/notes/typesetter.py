"""Typeset a note: read JSON from standard input, write PDF/UA-1 to standard output.

This is a program of its own, without Django: see :mod:`partners.notes.rendering`. The data is passed as a
JSON string that the template reads as data, so that nothing in it is evaluated.
"""

import sys
from pathlib import Path

import typst

_TEMPLATE = Path(__file__).resolve().parent / "note.typ"


def main() -> None:
    """Compile the template; the only argument is the time of the document, in seconds since 1970."""
    pdf = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        sys_inputs={"data": sys.stdin.buffer.read().decode()},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(sys.argv[1]),
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
