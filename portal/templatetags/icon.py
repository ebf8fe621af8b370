"""Draw icons inside the page, from the outlines of the package @tabler/icons."""

from functools import cache
from xml.etree import ElementTree as ET

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_OUTLINES = "@tabler/icons/icons/outline"
_NAMESPACE = "{http://www.w3.org/2000/svg}"


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Return the outline called ``name`` as an SVG element hidden from screen readers.

    An icon only repeats the words beside it.

    Raises:
        FileNotFoundError: the package has no outline of that name.
    """
    source = settings.NODE_MODULES / _OUTLINES / f"{name}.svg"
    shapes = ET.fromstring(source.read_text(encoding="utf-8"))  # noqa: S314 - a pinned package's own file
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', _drawn(shapes))


def _drawn(shapes: ET.Element) -> SafeString:
    paths = (shape.get("d") for shape in shapes.iter(f"{_NAMESPACE}path") if shape.get("stroke") != "none")
    return format_html_join("", '<path d="{}"/>', ((path,) for path in paths))
