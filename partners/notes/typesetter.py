"""Typeset a document: read JSON from standard input, write PDF/UA-1 to standard output.

This is a program of its own, without Django: see :mod:`partners.notes.rendering`. The data is passed as a
JSON string that the template reads as data, so that nothing in it is evaluated.
"""

import sys
from pathlib import Path

import typst


def main() -> None:
    """Compile a template; the arguments are its path and the time of the document, in seconds since 1970."""
    template = Path(sys.argv[1])
    pdf = typst.compile(
        str(template),
        root=str(template.parent),
        sys_inputs={"data": sys.stdin.buffer.read().decode()},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(sys.argv[2]),
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
