"""Fetch image tiles from another server on behalf of browsers, so that it never learns who looks at what.

The other server learns which tiles are wanted, never by whom: nothing of the browser's request is passed
on. Tiles are cached on disk for a month.
"""

import hashlib

import httpx
from django.conf import settings
from django.core.cache import caches

MAX_BYTES = 512 * 1024
_TIMEOUT_S = 5.0
_KEPT_S = 30 * 24 * 3600
_TYPES = {"image/png", "image/jpeg", "image/webp"}


class TileUnavailableError(Exception):
    """The error raised when the tile server does not answer with an image."""


def image_tile(z: int, x: int, y: int) -> tuple[bytes, str] | None:
    """Return an image and its type; None where the tile server has none.

    Raises:
        TileUnavailableError: there is no answer, or it is not an image of a tile's size.
    """
    url = settings.MAP_TILES_URL
    for name, value in (("{z}", z), ("{x}", x), ("{y}", y)):
        url = url.replace(name, str(value))
    key = hashlib.sha256(url.encode()).hexdigest()
    kept = caches["tiles"].get(key)
    if kept is not None:
        return _unpacked(kept)
    fetched = _fetched(url)
    caches["tiles"].set(key, _packed(fetched), _KEPT_S)
    return fetched


def _packed(image: tuple[bytes, str] | None) -> bytes:
    """Return an image as its type, a line end and its bytes; empty for no image."""
    return image[1].encode() + b"\n" + image[0] if image else b""


def _unpacked(kept: bytes) -> tuple[bytes, str] | None:
    kind, _line_end, content = kept.partition(b"\n")
    return (content, kind.decode("ascii")) if kind else None


def _fetched(url: str) -> tuple[bytes, str] | None:
    """Fetch one image, None where the server has none; redirects, which may lead anywhere, are not followed."""
    try:
        with (
            httpx.Client(timeout=_TIMEOUT_S, trust_env=False, headers={"User-Agent": "Palier"}) as client,
            client.stream("GET", url) as answer,
        ):
            if answer.status_code in {httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND}:
                return None
            return _image(answer)
    except httpx.HTTPError as error:
        message = f"the tile server does not answer: {type(error).__name__}"
        raise TileUnavailableError(message) from error


def _image(answer: httpx.Response) -> tuple[bytes, str]:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if answer.status_code != httpx.codes.OK or kind not in _TYPES:
        message = f"the tile server answered {answer.status_code} {kind!r}"
        raise TileUnavailableError(message)
    content = b""
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > MAX_BYTES:
            message = "the tile server sent more than a tile image may hold"
            raise TileUnavailableError(message)
    return content, kind
