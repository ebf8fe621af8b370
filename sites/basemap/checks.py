"""Check at start that the background map of the settings can be served."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .archive import BasemapError, archive


@register()
def basemap_is_served(**_options: object) -> list[CheckMessage]:
    """Refuse an archive that cannot be read, and an address of tiles without their numbers."""
    try:
        archive()
    except BasemapError as error:
        return [Error(str(error), id="sites.E001")]
    url = settings.MAP_TILES_URL
    named = all(name in url for name in ("{z}", "{x}", "{y}"))
    if url and not (named and urlsplit(url).scheme in {"http", "https"}):
        return [Error("MAP_TILES_URL must be a web address with {z}, {x} and {y}.", id="sites.E002")]
    return []
