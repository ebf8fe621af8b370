"""Draw the icons of the installed product from its mark: ``python -m tests.icons`` writes them."""

import re
from pathlib import Path

import typst

ROOT = Path(__file__).parent.parent
MARK = ROOT / "static/mark.svg"
FOLDER = ROOT / "static/icons"
# Size in pixels, and whether the device cuts its own shape out of it.
ICONS = {
    "icon-192.png": (192, False),
    "icon-512.png": (512, False),
    "maskable-192.png": (192, True),
    "maskable-512.png": (512, True),
    "apple-180.png": (180, True),
}
# A device shows at least a circle of four fifths of a maskable icon; the steps reach the corners of their square.
_SAFE = 0.72


def drawn(name: str) -> bytes:
    """Return an icon as PNG."""
    size, masked = ICONS[name]
    mark = MARK.read_text(encoding="utf-8")
    svg = _filled(mark) if masked else mark
    page = "#set page(width: 72pt, height: 72pt, margin: 0pt, fill: none)\n"
    page += f'#image(bytes("{_quoted(svg)}"), format: "svg", width: 72pt)'
    return typst.compile(page.encode(), format="png", ppi=float(size))


def _filled(mark: str) -> str:
    """Return the mark on a ground without corners, its drawing within the part that is always shown."""
    ground, rest = re.split(r"(?<=/>)", mark, maxsplit=1)
    drawing = rest.strip().removesuffix("</svg>")
    edge = 16 * (1 - _SAFE)
    square = ground.replace(' rx="8"', "")
    return f'{square}<g transform="translate({edge} {edge}) scale({_SAFE})">{drawing}</g></svg>'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for icon in ICONS:
        (FOLDER / icon).write_bytes(drawn(icon))
