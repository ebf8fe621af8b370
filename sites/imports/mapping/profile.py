"""Read the rows of a file by a mapping, as the profile that an importer runs by."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from django.utils.translation import gettext as _
from pyproj import Transformer

from sites.imports.points import number
from sites.imports.profiles import Profile, Values
from sites.imports.reading import BrokenFileError
from sites.imports.run import Importer
from sites.match_key import plain

from .fields import DAY_PARTS, LAMBERT_93, WGS84, bare, titles_of

Mapping = dict[str, Any]
Reader = Callable[[list[str]], str]
# What stands between the columns of one field: a pair of coordinates is written with a semicolon.
_GLUE = {"point": ";"}


@dataclass(frozen=True)
class Mapped(Profile):
    """A profile that finds its columns by position and has some values for every row.

    Attributes:
        positions: field → its columns, by position from 0.
        constants: field → the text of every row.
        words: field → word, as ``plain`` writes it → the code that stands in its place, empty for none.
    """

    positions: dict[str, list[int]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)

    def bind(self, header: list[str], required: tuple[str, ...]) -> Callable[[list[str]], Values]:
        """Return the function that reads the fields of a row.

        Raises:
            BrokenFileError: the file has fewer columns than the mapping, or required fields have none.
        """
        known = self.known(header)
        if any(name not in known for name in required):
            raise BrokenFileError(
                partial(_, "Les colonnes de ce fichier ne sont plus celles qui ont été indiquées.")
            )
        readers = {name: _joined(places, _GLUE.get(name, " ")) for name, places in self.positions.items()}
        repair = partial(_repaired, to_wgs84=_to_wgs84(self.options.get("projection", LAMBERT_93)))
        words = {name: meant for name, meant in self.words.items() if name in readers}
        return lambda cells: repair(
            {**self.constants, **_meant(_read(readers, cells, self.constants), words)}
        )

    def titles(self, header: list[str]) -> dict[str, str]:
        """Return the title of the first column of each field; "" for a field that has one value for every row."""
        found = {name: header[places[0]] for name, places in self.positions.items()}
        if "day_number" in found:
            found.setdefault("day", found["day_number"])
        return dict.fromkeys(self.constants, "") | found

    def known(self, header: list[str]) -> set[str]:
        """Return the fields that have a column or a value for every row."""
        found = {name for name, places in self.positions.items() if max(places) < len(header)}
        day = {"day"} if found.issuperset(DAY_PARTS) else set()
        return found | day | set(self.constants)


def profile_of(mapping: Mapping, importer: Importer) -> Mapped:
    """Return the profile that reads a file as ``mapping`` says."""
    base = importer.profiles[mapping.get("base") or "generic"]
    positions = positions_of(mapping)
    columns = dict.fromkeys([*positions, *mapping.get("constants", {})], "")
    if positions.keys() >= set(DAY_PARTS):
        columns["day"] = ""
    return Mapped(
        name=base.name,
        label=base.label,
        columns=columns,
        options=base.options | mapping.get("options", {}),
        tables=base.tables | _source(mapping, importer) | _tables(base, mapping.get("values", {})),
        positions=positions,
        constants={name: text for name, text in mapping.get("constants", {}).items() if text},
        words={
            name: {plain(word): code for word, code in chosen.items()}
            for name, chosen in mapping.get("values", {}).items()
            if name != "type"
        },
    )


def positions_of(mapping: Mapping) -> dict[str, list[int]]:
    """Return the columns of each field, in their order."""
    found: dict[str, list[int]] = {}
    for position, name in sorted((int(key), name) for key, name in mapping.get("columns", {}).items()):
        found.setdefault(name, []).append(position)
    return found


def _source(mapping: Mapping, importer: Importer) -> dict[str, str]:
    """Return who gave the identifiers of the rows: the format that calls their column so, else the product's own.

    What other columns a file has says nothing of it: with one more, its rows are the same.
    """
    own = importer.profiles["generic"].tables.get("source")
    places = positions_of(mapping).get("external_id")
    if own is None or not places:
        return {"source": own} if own else {}
    title = bare(mapping["headers"][places[0]])
    named = (
        profile.tables["source"]
        for profile in importer.profiles.values()
        if title in titles_of(profile.columns.get("external_id", ()))
    )
    return {"source": next(named, own)}


def _tables(base: Profile, values: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Return the rules of the words: those chosen first, then those of the base, then the product's own names."""
    chosen = [
        {"type": word} | ({"code": code} if code else {}) for word, code in values.get("type", {}).items()
    ]
    return {"types": [*chosen, *base.tables.get("types", ())], "named": True} if chosen else {}


def _joined(places: list[int], glue: str) -> Reader:
    if len(places) == 1:
        [place] = places
        return lambda cells: cells[place]
    return lambda cells: glue.join(filter(None, (cells[place] for place in places)))


def _read(readers: dict[str, Reader], cells: list[str], constants: dict[str, str]) -> Values:
    """Return what the columns say; an empty cell leaves a field to its constant."""
    return {name: read(cells) or constants.get(name, "") for name, read in readers.items()}


def _meant(values: Values, words: dict[str, dict[str, str]]) -> Values:
    """Put the codes chosen for words in their places; a word without a choice stays."""
    for name, meant in words.items():
        values[name] = meant.get(plain(values[name]), values[name])
    return values


def _repaired(values: Values, to_wgs84: Callable[[str, str], tuple[str, str]] | None) -> Values:
    """Put a day together from its parts, and X and Y in degrees."""
    if values.keys() >= set(DAY_PARTS):
        day, month, year = (values.pop(name) for name in DAY_PARTS)
        if day or month or year:
            values["day"] = f"{year}-{month}-{day}" if month.isdigit() else f"{day} {month} {year}"
    if to_wgs84 and "x_l93" in values and "y_l93" in values:
        x, y = values.pop("x_l93"), values.pop("y_l93")
        if x or y:
            values["longitude"], values["latitude"] = to_wgs84(x, y)
    return values


@cache
def _to_wgs84(projection: str) -> Callable[[str, str], tuple[str, str]] | None:
    """Return the function that turns a written X and Y into degrees; None for those that readers know."""
    if projection == LAMBERT_93:
        return None
    if projection == WGS84:
        return lambda x, y: (x, y)
    return partial(_transformed, Transformer.from_crs(projection, WGS84, always_xy=True))


def _transformed(transformer: Transformer, x: str, y: str) -> tuple[str, str]:
    east, north = number(x), number(y)
    if east is None or north is None:
        # As written: the reader says of such a row that its point is not to be used.
        return x or "?", y or "?"
    longitude, latitude = transformer.transform(east, north)
    return f"{longitude:.7f}", f"{latitude:.7f}"
