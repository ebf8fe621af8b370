"""Read the background map: vector tiles of a PMTiles archive on this server's disk.

Tiles follow the schema of Protomaps or of OpenMapTiles; ``static/sites/basemap_style.js``
draws both. Beyond the archive's zooms the browser enlarges the tiles there are.
"""

import gzip
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, MagicNumberNotFound, SpecVersionUnsupported, TileType

MAX_ZOOM = 22


class BasemapError(Exception):
    """The error raised when the archive of the settings cannot be served; the message says why."""


class Archive(NamedTuple):
    """An open archive; ``version`` changes when the file does."""

    reader: Reader
    version: str
    max_zoom: int
    schema: str
    gzipped: bool


def archive() -> Archive | None:
    """Return the archive of the settings, opened once per state of the file; None when none is set.

    Raises:
        BasemapError: the file is missing, or holds no vector tiles this server can send.
    """
    if not settings.BASEMAP_PMTILES:
        return None
    path = Path(settings.BASEMAP_PMTILES)
    try:
        state = path.stat()
        return _opened(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        message = f"BASEMAP_PMTILES: {path} cannot be read ({error.strerror})."
        raise BasemapError(message) from error


def exists(z: int, x: int, y: int) -> bool:
    """Say whether these numbers are those of a tile of the world."""
    return 0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z


def packed_tile(source: Archive, z: int, x: int, y: int) -> bytes | None:
    """Return a tile, gzipped; None where the archive has none."""
    tile: bytes | None = source.reader.get(z, x, y)
    if tile is None or source.gzipped:
        return tile
    return gzip.compress(tile, mtime=0)


@lru_cache(maxsize=2)
def _opened(path: Path, modified_ns: int, size: int) -> Archive:
    try:
        with path.open("rb") as file:
            # The memory mapping outlives the open file, and is shared between processes.
            reader = Reader(MmapSource(file))
        header, metadata = reader.header(), reader.metadata()
    except (
        MagicNumberNotFound,
        SpecVersionUnsupported,
        ValueError,
        IndexError,
        EOFError,
        zlib.error,
    ) as error:
        message = f"BASEMAP_PMTILES: {path} is no PMTiles archive."
        raise BasemapError(message) from error
    if header["tile_type"] != TileType.MVT:
        message = f"BASEMAP_PMTILES: {path} holds no vector tiles."
        raise BasemapError(message)
    if header["tile_compression"] not in {Compression.GZIP, Compression.NONE}:
        message = f"BASEMAP_PMTILES: tiles of {path} must be gzipped, or not compressed at all."
        raise BasemapError(message)
    gzipped = header["tile_compression"] == Compression.GZIP
    version = f"{modified_ns:x}-{size:x}"
    return Archive(reader, version, header["max_zoom"], _schema(metadata), gzipped)


def _schema(metadata: dict[str, Any]) -> str:
    """Tell the schemas apart by a layer name that only one of them uses."""
    return "openmaptiles" if "transportation" in str(metadata) else "protomaps"
