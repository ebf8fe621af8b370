"""Compile the French catalog: the texts of the sources, with no-break spaces where French typography has them.

They stand before ``: ; ? ! »``, after ``«`` and ``n°``, and between an hour and its ``h``.

The sources hold plain spaces, which are what a keyboard types and what a catalog is searched by. Run by the Makefile
with the interpreter of the build tools: it imports nothing of the product.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_LOCALE = Path(__file__).resolve().parent
_PLACES = re.compile(r" (?=[:;?!»])|(?<=«) |(?<=\bn°) (?=[\d%])|(?<=\d) (?=h\b)")


def spaced(text: str) -> str:
    r"""Return ``text`` with a no-break space wherever French typography has one.

    >>> spaced("Que faire ? « Rien » : attendre.")
    'Que faire\xa0? «\xa0Rien\xa0»\xa0: attendre.'
    >>> spaced("L’exemplaire n° %(n)s")
    'L’exemplaire n°\xa0%(n)s'
    """
    return _PLACES.sub("\xa0", text)


def french(sources: Catalog, plurals: Catalog) -> Catalog:
    """Return the texts of ``plurals``, and those of ``sources`` that typography changes."""
    made = Catalog(locale="fr")
    for message in plurals:
        if message.id and isinstance(message.string, tuple):
            made.add(message.id, tuple(map(spaced, message.string)), context=message.context)
    for message in sources:
        if isinstance(message.id, str) and message.id and spaced(message.id) != message.id:
            made.add(message.id, spaced(message.id), context=message.context)
    return made


def _read(language: str) -> Catalog:
    with (_LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


if __name__ == "__main__":
    with (_LOCALE / "fr" / "LC_MESSAGES" / "django.mo").open("wb") as file:
        write_mo(file, french(_read("en"), _read("fr")))
