"""Test that levels are readable without colours, and that shapes and fields contrast with every background."""

import re
from itertools import pairwise

import pytest

from config.database import ROOT

CSS = (ROOT / "static/palier.css").read_text(encoding="utf-8")
ROOT_RULES = {
    "light": re.search(r':root, \[data-bs-theme="light"\] \{(.*?)\n\}', CSS, re.DOTALL)[1],
    "dark": re.search(r'\n\[data-bs-theme="dark"\] \{(.*?)\n\}', CSS, re.DOTALL)[1],
}
GRAPHICS = 3.0
TEXT = 4.5


def _colours(theme: str) -> dict[str, str]:
    found = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", ROOT_RULES["light"]))
    if theme == "dark":
        found |= dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", ROOT_RULES["dark"]))
    return found


def _rgb(colour: str) -> tuple[float, ...]:
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return tuple(int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4))


def _linear(colour: str) -> tuple[float, ...]:
    return tuple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _rgb(colour))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG has it, 0 to 1."""
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG has it, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


GROUNDS = [
    (theme, ground)
    for theme in ROOT_RULES
    for ground in ("--palier-paper", "--tblr-bg-surface", "--tblr-bg-surface-secondary")
]


@pytest.mark.parametrize("level", range(1, 5))
@pytest.mark.parametrize(("theme", "ground"), GROUNDS)
def test_a_shape_stands_out_by_its_fill_or_its_edge(theme, ground, level):
    colours = _colours(theme)
    fill, edge = colours[f"--level-{level}"], colours["--level-edge"]
    assert max(contrast(fill, colours[ground]), contrast(edge, colours[ground])) >= GRAPHICS


@pytest.mark.parametrize("level", range(1, 5))
def test_the_number_reads_on_its_shape(level):
    ink = "#ffffff" if level == 4 else "#16181f"
    assert contrast(ink, _colours("light")[f"--level-{level}"]) >= TEXT


@pytest.mark.parametrize(
    ("file", "selector", "edge"),
    [
        ("palier.css", r"\.level-hero svg > :first-child", r"var\(--level-edge\)"),
        # On the map a dark edge, and a white one around it: one of them shows on any ground.
        ("classification/markers.css", r"\.site-marker svg > :not\(text, \.site-edge\)", "#1b1e27"),
        ("classification/markers.css", r"\.site-edge", "#fff"),
    ],
)
def test_drawn_shapes_have_an_edge(file, selector, edge):
    css = (ROOT / "static" / file).read_text(encoding="utf-8")
    assert re.search(f"{selector} {{[^}}]*stroke: {edge}", css)


# Machado, Oliveira and Fernandes (2009), full severity, on linear RGB.
BLINDNESS = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}  # fmt: skip


def _shapes() -> dict[int, str]:
    markers = (ROOT / "static/classification/markers.js").read_text(encoding="utf-8")
    return {int(n): tag for n, tag in re.findall(r"(\d): '<(\w+ (?:d=\"M\S+ \S+)?)", markers)}


def test_each_level_and_an_interrupted_recording_have_a_shape_of_their_own():
    shapes = _shapes()
    assert sorted(shapes) == [0, 1, 2, 3, 4]
    assert len(set(shapes.values())) == 5


@pytest.mark.parametrize("sight", [*BLINDNESS, "greyscale"])
def test_colours_alone_would_not_do_for_everybody(sight):
    """Why shape and number go with the colour: some neighbours come too close for some eyes."""
    colours = _colours("light")
    seen = [_seen(colours[f"--level-{n}"], sight) for n in range(1, 5)]
    apart = min(max(abs(a - b) for a, b in zip(one, other, strict=True)) for one, other in pairwise(seen))
    assert apart > 0.02


def _seen(colour: str, sight: str) -> tuple[float, ...]:
    if sight == "greyscale":
        return (luminance(colour),)
    linear = _linear(colour)
    return tuple(sum(a * b for a, b in zip(row, linear, strict=True)) for row in BLINDNESS[sight])


@pytest.mark.parametrize(("theme", "ground"), GROUNDS)
def test_the_edge_of_a_field_shows(theme, ground):
    colours = _colours(theme)
    assert contrast(colours["--palier-field"], colours[ground]) >= GRAPHICS
