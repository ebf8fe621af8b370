"""Load import profiles: small TOML files that say which column is what, and that anyone can add.

A profile lives in the ``profiles`` folder of the app whose rows it describes. ``[columns]``
maps each field to the header to look for, to several to try, or to ``{ join = […], with = " " }``;
``[options]`` and other tables are the importer's own.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.dates import is_french
from sites.match_key import plain

from .reading import BrokenFileError

Values = dict[str, str]
# How much of a first line a message quotes: the longest title, and the most titles.
_TITLE, _TITLES = 30, 8
_KNOWN = ("label", "label_en", "columns", "options", "operator_only", "recognised_by")


@dataclass(frozen=True)
class Profile:
    """The description of one format of file.

    Attributes:
        name: the file's name without its ending, what the command line calls it.
        label: its name for people, in French.
        label_en: the same in English, where it differs.
        columns: field → the headers to try, or those to join.
        options: the importer's options.
        tables: any other table of the file.
        recognised_by: the fields whose columns tell that a file is of this format; all of them where none is named.
            A column that may be missing must not be among them, or the same rows would be read in two ways.
    """

    name: str
    label: str
    columns: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    operator_only: bool = False
    label_en: str = ""
    recognised_by: Sequence[str] = ()

    @property
    def title(self) -> str:
        """Its name for people, in the active language."""
        return self.label if is_french() else self.label_en or self.label

    def bind(self, header: list[str], required: tuple[str, ...]) -> Callable[[list[str]], Values]:
        """Return the function that reads the fields of a row under ``header``.

        Raises:
            BrokenFileError: required columns are missing, or a title that is looked for stands twice.
        """
        found = self._find(header)
        if twice := _twice(header, found.values()):
            raise BrokenFileError(partial(_which, twice))
        missing = [name for name in required if found.get(name) is None]
        if missing:
            titles = [_first(self.columns[name]) for name in missing if name in self.columns]
            raise BrokenFileError(partial(_without, titles, header))
        readers = [
            (name, _reader(place, _glue(self.columns[name])))
            for name, place in found.items()
            if place is not None
        ]
        return lambda cells: {name: read(cells) for name, read in readers}

    def titles(self, header: list[str]) -> dict[str, str]:
        """Return the title of the column of each field; the first of them for a field of several."""
        found = self._find(header)
        first = {name: place[0] if isinstance(place, list) else place for name, place in found.items()}
        return {name: header[place] for name, place in first.items() if place is not None}

    def known(self, header: list[str]) -> set[str]:
        """Return the fields that have a column in ``header``."""
        return {name for name, place in self._find(header).items() if place is not None}

    def _find(self, header: list[str]) -> dict[str, int | list[int] | None]:
        places = {name: position for position, name in reversed(list(enumerate(map(_bare, header))))}
        return {name: _position(places, wanted) for name, wanted in self.columns.items()}


@lru_cache
def load(folder: Path) -> dict[str, Profile]:
    """Load the profiles of a folder, by name, the product's own format first."""
    profiles = [_parse(path) for path in sorted(folder.glob("*.toml"))]
    return {p.name: p for p in sorted(profiles, key=lambda p: (p.name != "generic", p.label))}


def _parse(path: Path) -> Profile:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    known = {key: data.pop(key) for key in _KNOWN if key in data}
    return Profile(name=path.stem, tables=data, **known)


def _twice(header: list[str], places: Iterable[int | list[int] | None]) -> list[str]:
    """Return the titles of columns to be read that stand more than once: which is meant, nothing tells."""
    number = Counter(map(_bare, header))
    read = {
        place
        for found in places
        for place in (found if isinstance(found, list) else [found])
        if place is not None
    }
    return [header[place] for place in sorted(read) if number[_bare(header[place])] > 1]


def _which(titles: list[str]) -> str:
    quoted = ", ".join(_("« %(text)s »") % {"text": title[:_TITLE]} for title in titles[:_TITLES])
    return _(
        "Plusieurs colonnes de ce fichier ont le même titre : %(titles)s. Renommez celles qui ne servent pas."
    ) % {"titles": quoted}


def _without(titles: list[str], header: list[str]) -> str:
    quoted = _("« %(text)s »")
    message = _("Colonnes absentes de ce fichier : %(columns)s. Vérifiez le format choisi.")
    named = message % {"columns": ", ".join(quoted % {"text": title} for title in titles)}
    return f"{named} {_found_instead(header)}"


def _found_instead(header: list[str]) -> str:
    """Say which titles the first line holds, as far as it looks like titles rather than data."""
    titles = [name for name in header if name and len(name) <= _TITLE]
    titles = [name for name in titles if not any(c.isdigit() or c == "@" for c in name)]
    if not titles:
        return _("Les titres des colonnes doivent être sur la première ligne.")
    message = _("Sa première ligne, qui doit porter les titres, dit : %(titles)s.")
    return message % {"titles": ", ".join(titles[:_TITLES])}


def _bare(name: str) -> str:
    return "".join(c for c in plain(name) if c.isalnum())


def _first(wanted: Any) -> str:
    names = wanted["join"] if isinstance(wanted, dict) else wanted
    return names if isinstance(names, str) else names[0]


def _position(places: dict[str, int], wanted: Any) -> int | list[int] | None:
    if isinstance(wanted, dict):
        titles = [_bare(name) for name in wanted["join"]]
        return [places[title] for title in titles] if all(title in places for title in titles) else None
    names = [wanted] if isinstance(wanted, str) else wanted
    return next((places[_bare(name)] for name in names if _bare(name) in places), None)


def _reader(place: int | list[int], glue: str) -> Callable[[list[str]], str]:
    if isinstance(place, int):
        return itemgetter(place)
    if glue.isspace():
        return lambda cells: glue.join(filter(None, (cells[position] for position in place)))
    # Between two coordinates an empty one must show.
    return lambda cells: (
        glue.join(cells[position] for position in place) if any(cells[position] for position in place) else ""
    )


def _glue(wanted: Any) -> str:
    return wanted.get("with", ";") if isinstance(wanted, dict) else ";"
