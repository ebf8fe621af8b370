"""Read the GeoJSON files in which the State publishes outlines."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

_POLYGONS = {"Polygon", "MultiPolygon"}


class PublishedError(Exception):
    """The error of a file that cannot be taken; the message names the entry and the reason."""


def features_of(path: Path) -> list[Mapping[str, Any]]:
    """Return the entries of a GeoJSON collection.

    Raises:
        PublishedError: the file cannot be read, or is no collection with entries.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PublishedError(str(error)) from error
    except ValueError as error:
        message = f"{path} is not a JSON file."
        raise PublishedError(message) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        message = f"{path} is not a GeoJSON collection of features, or holds none."
        raise PublishedError(message)
    return features


def said(item: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Return the first property among ``names`` that an entry has, as text; empty if it has none."""
    properties = item.get("properties") or {}
    found = next((properties[name] for name in names if properties.get(name)), "")
    # Some tools publish a code as a list of one.
    return str(found[0] if isinstance(found, list) else found).strip()


def outline_of(entry: str, geometry: Mapping[str, Any] | None) -> BaseGeometry:
    """Return the polygons of an entry, valid and without heights.

    Args:
        entry: how the message names the entry.
        geometry: a GeoJSON geometry in longitudes and latitudes.

    Raises:
        PublishedError: it is no polygon, or its coordinates are no degrees.
    """
    if not geometry or geometry.get("type") not in _POLYGONS:
        message = f"{entry}: the outline is no polygon."
        raise PublishedError(message)
    try:
        outline = shapely.force_2d(shape(dict(geometry)))
    except (KeyError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        message = f"{entry}: the outline cannot be read."
        raise PublishedError(message) from error
    if outline.is_empty or not shapely.box(-180, -90, 180, 90).contains(shapely.box(*outline.bounds)):
        message = (
            f"{entry}: coordinates must be longitudes and latitudes (WGS 84). These are no degrees, perhaps metres"
            " (Lambert-93): take the WGS 84 edition of the file, or convert it to EPSG:4326."
        )
        raise PublishedError(message)
    return shapely.make_valid(outline)
