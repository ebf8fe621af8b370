"""Draw the background of a note's map, as an image in greys under the sites."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

from sites.basemap.geometry import KINDS, BasemapGeometry, Line, geometry_of
from sites.basemap.outlines import outlines_in

# Greys that remain distinct on a photocopy, all lighter than the lightest mark of a level.
_FILL = {"land": "#f6f7f5", "water": "#dbe4ea", "green": "#e7ede2"}
_STROKE = {
    "water": ("#dbe4ea", 40),
    "street": ("#e3e5e7", 9),
    "road": ("#cdd2d6", 22),
    "rail": ("#aab2b9", 12),
}
_BORDER = "#aab2b9"
_DASHED = {"rail": "90 60"}

Project = Callable[[float, float], str]


def background_picture(plan: dict[str, Any]) -> str:
    """Return an SVG of the base map under a note's map, with a margin of its longer side.

    Without a base map, it shows the outlines of the communes of the reader's territories; "" if there are none.

    The unit is the metre, as in ``plan``, which is the result of :func:`partners.notes.map.map_of`.
    """
    if "north" not in plan or not plan["width"]:
        return ""
    pad = max(plan["width"], plan["height"])
    east, north = plan["east_m"], plan["north_m"]
    box = (
        plan["west"] - pad / east,
        plan["north"] - (plan["height"] + pad) / north,
        plan["west"] + (plan["width"] + pad) / east,
        plan["north"] + pad / north,
    )

    def project(longitude: float, latitude: float) -> str:
        return f"{(longitude - plan['west']) * east:.0f} {(plan['north'] - latitude) * north:.0f}"

    found = geometry_of(*box)
    if found is None:
        return _outlined(outlines_in(*box), plan, pad, project)
    return _drawn(found, plan, pad, project)


def _outlined(communes: list[list[Line]], plan: dict[str, Any], pad: int, project: Project) -> str:
    if not communes:
        return ""
    svg = _canvas(plan, pad, "#ffffff")
    for rings in communes:
        path = {"d": _path(rings, project, "Z"), "fill": _FILL["land"], "fill-rule": "evenodd"}
        ET.SubElement(svg, "path", path | {"stroke": _BORDER, "stroke-width": "24"})
    return ET.tostring(svg, encoding="unicode")


def _canvas(plan: dict[str, Any], pad: int, ground: str) -> ET.Element:
    width, height = plan["width"] + 2 * pad, plan["height"] + 2 * pad
    frame = {"x": f"{-pad}", "y": f"{-pad}", "width": f"{width}", "height": f"{height}"}
    svg = ET.Element(
        "svg", {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"{-pad} {-pad} {width} {height}"}
    )
    ET.SubElement(svg, "rect", frame | {"fill": ground})
    return svg


def _drawn(found: BasemapGeometry, plan: dict[str, Any], pad: int, project: Project) -> str:
    svg = _canvas(plan, pad, _FILL["water" if found.sea else "land"])
    for kind in KINDS:
        _areas(svg, found.areas.get(kind, []), kind, project)
    for kind in KINDS:
        _lines(svg, found.lines.get(kind, []), kind, project)
    return ET.tostring(svg, encoding="unicode")


def _areas(svg: ET.Element, areas: list[list[Line]], kind: str, project: Project) -> None:
    for rings in areas if kind in _FILL else ():
        path = {"d": _path(rings, project, "Z"), "fill": _FILL[kind], "fill-rule": "evenodd"}
        ET.SubElement(svg, "path", path)


def _lines(svg: ET.Element, shapes: list[Line], kind: str, project: Project) -> None:
    if shapes and kind in _STROKE:
        colour, width = _STROKE[kind]
        drawn = {"d": _path(shapes, project), "fill": "none", "stroke": colour, "stroke-width": f"{width}"}
        ET.SubElement(svg, "path", drawn | {"stroke-dasharray": _DASHED.get(kind, "none")})


def _path(shapes: list[Line], project: Project, end: str = "") -> str:
    return "".join(f"M{'L'.join(project(*point) for point in shape)}{end}" for shape in shapes)
