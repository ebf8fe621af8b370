"""Write the map to a PMTiles archive, like an operator's extract of a real map."""

import functools
import gzip
import hashlib
import math
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from .features import Feature, features
from .plane import ORIGIN, degrees
from .town import the_plan

MAX_ZOOM = 14
_EXTENT = 4096
_FRAME = np.array([-96, -96, _EXTENT + 96, _EXTENT + 96])
# Half the side of the drawn square around the origin: of sea, in tiles of each zoom; of the territory, in degrees.
_SEA_TILES = 10
_AROUND = 0.08
_HERE = Path(__file__).parent


def write(path: Path) -> None:
    """Write the map to ``path``, replacing the old file at the end."""
    drawn = features(the_plan())
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        writer = Writer(file)
        for z in range(MAX_ZOOM + 1):
            tiles = _tiles(drawn, z)
            for _id, x, y in sorted((zxy_to_tileid(z, x, y), x, y) for x, y in tiles):
                writer.write_tile(_id, tiles[x, y])
        writer.finalize(_header(), {"name": "Territoire fictif", "vector_layers": _layers(drawn)})
    partial.replace(path)


def ensure(path: Path) -> None:
    """Write the archive, unless it was written by the present code."""
    stamp, digest = path.with_suffix(".stamp"), code_digest()
    if path.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path)
    stamp.write_text(digest)


def code_digest() -> str:
    """Return a digest of the code that draws the map."""
    digest = hashlib.sha256()
    for file in (*sorted(_HERE.glob("*.py")), _HERE.parent / "story.py"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _layers(drawn: Sequence[Feature]) -> list[dict[str, object]]:
    names = sorted({item.layer for item in drawn})
    return [{"id": name, "fields": {"kind": "String", "name": "String"}} for name in names]


def _header() -> dict[str, object]:
    west, south = (round((at - _AROUND) * 1e7) for at in ORIGIN)
    east, north = (round((at + _AROUND) * 1e7) for at in ORIGIN)
    return {
        "tile_type": TileType.MVT, "tile_compression": Compression.GZIP,
        "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
        "center_zoom": 13, "center_lon_e7": round(ORIGIN[0] * 1e7), "center_lat_e7": round(ORIGIN[1] * 1e7),
    }  # fmt: skip


def _mercator(coordinates: np.ndarray) -> np.ndarray:
    longitude, latitude = degrees(coordinates).T
    north = np.arcsinh(np.tan(np.radians(latitude))) / math.pi
    return np.column_stack(((longitude + 180) / 360, (1 - north) / 2))


def _tiles(drawn: Sequence[Feature], z: int) -> dict[tuple[int, int], bytes]:
    """Return the compressed tiles of a zoom: those of the territory, and of the sea around it."""
    shown = [item for item in drawn if item.from_zoom <= z]
    shapes = shapely.transform([item.shape for item in shown], lambda c: _mercator(c) * 2**z * _EXTENT)
    if z < MAX_ZOOM:
        shapes = shapely.simplify(shapes, 6)
    tree = shapely.STRtree(shapes)
    sea = _packed([item for item in shown if item.kind == "ocean"][:1], np.array([shapely.box(*_FRAME)]))
    tiles = {}
    for x, y in _around(z):
        west, north = x * _EXTENT, y * _EXTENT
        frame = _FRAME + np.array([west, north, west, north])
        found = np.sort(tree.query(shapely.box(*frame)))
        if len(found) == 1:
            tiles[x, y] = sea
        elif len(found):
            parts = shapely.clip_by_rect(shapes[found], *frame)
            parts = shapely.transform(parts, functools.partial(_within, corner=(west, north)))
            tiles[x, y] = _packed([shown[i] for i in found], parts)
    return tiles


def _within(coordinates: NDArray[np.float64], corner: tuple[float, float]) -> NDArray[np.float64]:
    """Return coordinates relative to the corner of a tile, rounded to its grid."""
    return np.rint(coordinates - corner)


def _around(z: int) -> Iterator[tuple[int, int]]:
    (x, y), end = (_mercator(np.zeros((1, 2)))[0] * 2**z).astype(int), 2**z
    across = range(max(x - _SEA_TILES, 0), min(x + _SEA_TILES + 1, end))
    return (
        (column, row)
        for column in across
        for row in range(max(y - _SEA_TILES, 0), min(y + _SEA_TILES + 1, end))
    )


def _packed(items: Sequence[Feature], parts: np.ndarray) -> bytes:
    layers: dict[str, list[dict[str, object]]] = defaultdict(list)
    for item, part in zip(items, shapely.orient_polygons(parts, exterior_cw=False), strict=True):
        if not part.is_empty:
            layers[item.layer].append({"geometry": part, "properties": item.properties})
    content = [{"name": name, "features": found} for name, found in sorted(layers.items())]
    options = {"y_coord_down": True, "extents": _EXTENT, "check_winding_order": False}
    return gzip.compress(mapbox_vector_tile.encode(content, default_options=options), mtime=0)
