"""Read the objects of a GeoJSON file as rows: a column for each property, and one for the point."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any, BinaryIO

import ijson

from sites.imports.parsing.cells import text
from sites.imports.parsing.contract import MAX_COLUMN, NotATableError, Sheet, TooLargeError

_POINT = "point"


def sheets(file: BinaryIO) -> Iterator[Sheet]:
    """Yield the one table of a FeatureCollection.

    Raises:
        NotATableError: it has no features.
        ValueError: it is no JSON.
    """
    try:
        titles, count = _columns(file)
    except ijson.JSONError as error:
        raise ValueError(str(error)) from error
    yield Sheet("", count + 1, merged=False, rows=partial(_rows, file, titles))


def _columns(file: BinaryIO) -> tuple[list[str], int]:
    """Return the names of all properties, in the order in which they first come, and the number of features."""
    names: dict[str, None] = {}
    count = 0
    for feature in _features(file):
        names.update(dict.fromkeys(_properties(feature)))
        count += 1
        if len(names) > MAX_COLUMN:
            raise TooLargeError
    if not count:
        raise NotATableError
    return list(names), count


def _rows(file: BinaryIO, titles: list[str]) -> Iterator[list[str]]:
    yield [*titles, _POINT]
    for feature in _features(file):
        properties = _properties(feature)
        yield [*(_cell(properties.get(title)) for title in titles), _point(feature)]


def _features(file: BinaryIO) -> Iterator[Any]:
    file.seek(0)
    return iter(ijson.items(file, "features.item", use_float=True))


def _properties(feature: Any) -> dict[str, Any]:
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def _cell(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else text(value)


def _point(feature: Any) -> str:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        return ""
    if geometry.get("type") != "Point":
        # A line or an area is no point; the row says that it had one.
        return json.dumps({"type": geometry.get("type")})
    return json.dumps({"type": "Point", "coordinates": geometry.get("coordinates")})
