"""Check a page with axe-core: WCAG 2.2 A and AA, and its rules of best practice."""

from dataclasses import dataclass
from functools import cache
from zlib import crc32

from playwright.sync_api import Page

from config.database import ROOT

WIDTHS = (320, 768, 1440)
_HEIGHT = 900
_ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# The document is the same at another width: these alone may answer otherwise, by what is shown, and by its place.
_PLACED = ["scrollable-region-focusable", "target-size"]
_LAYOUT = {"type": "rule", "values": ["color-contrast", "link-in-text-block", *_PLACED]}
# A tablet has the colours of the phone or of the desk, and measuring colours is most of the work.
_PLACES = {"type": "rule", "values": _PLACED}
# Colours are read once the theme, the charts and the map have been drawn with it.
_SETTLED = """async theme => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  while (document.documentElement.dataset.bsTheme !== theme) await frame();
  await frame();
  const ending = (animation) => animation.effect.getComputedTiming().endTime < Infinity;
  await Promise.allSettled(document.getAnimations().filter(ending).map((animation) => animation.finished));
}"""
# What a bar that sticks to the window covers, scrolling uncovers.
_RUN = """async rules => {
  const stuck = [...document.querySelectorAll("body *")].filter((e) => getComputedStyle(e).position === "sticky");
  for (const bar of stuck) bar.style.position = "static";
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"], preload: false});
  for (const bar of stuck) bar.style.position = "";
  return found.violations.flatMap(({id, nodes}) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 160)} (${node.failureSummary.slice(0, 200)})`));
}"""
# A level is told by a shape and a number, whatever its colour; a bare shape by the sentence it stands in.
_COLOUR_ALONE = """() => [1, 2, 3, 4].flatMap((n) => [...document.querySelectorAll(`.level-${n}`)].filter((level) => {
  const said = level.classList.contains("level-bare") ? level.parentElement : level;
  const words = `${said.textContent} ${level.getAttribute("aria-label") ?? ""}`;
  return !(level.querySelector(".level-shape, svg") && words.includes(n));
}).map((level) => `told by its colour alone: ${level.outerHTML.slice(0, 160)}`))"""
_WIDER = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth
  ? ["wider than its window"] : []"""
# One call for the three, since each goes through the driver.
_LOOK = f"""async ([theme, rules]) => {{
  await ({_SETTLED})(theme);
  return [...await ({_RUN})(rules), ...({_WIDER})()];
}}"""


@dataclass(frozen=True, slots=True)
class Look:
    """A page's width in CSS pixels, its theme, and the rules that may answer otherwise there."""

    width: int
    theme: str
    rules: dict[str, object]


# Each width once, and the colours in both themes: in one on the phone, in the other on the desk. The pages of one
# half have the themes that those of the other have not.
MATRICES = tuple(
    tuple(
        Look(width, theme, rules)
        for width, theme, rules in zip(WIDTHS, themes, (_ALL, _PLACES, _ALL), strict=True)
    )
    for themes in (("light", "light", "dark"), ("dark", "dark", "light"))
)
# Of a state of a page that the matrix has measured: what is new in it, on the smallest and on the largest.
DIAGONAL = (Look(WIDTHS[0], "dark", _ALL), Look(WIDTHS[-1], "light", _LAYOUT))
# Of a page that another role's run has measured in full.
GLANCE = (Look(320, "dark", _ALL),)


def matrix_of(view: str) -> tuple[Look, ...]:
    """Return the looks in which the page of a view is measured in full, the same in every run."""
    return MATRICES[crc32(view.encode()) % 2]


@cache
def _source() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def inject(page: Page) -> None:
    """Give the page axe: through the protocol, for its policy forbids a tag."""
    page.evaluate(_source())


def problems_as_it_stands(page: Page) -> list[str]:
    """What axe finds in the page at its present width and theme."""
    inject(page)
    return page.evaluate(_RUN, _ALL)


def problems(page: Page, looks: tuple[Look, ...]) -> list[str]:
    """What axe finds in each look of the page; levels told by colour alone; a page wider than its window."""
    inject(page)
    found = page.evaluate(_COLOUR_ALONE)
    for before, look in zip((None, *looks), looks, strict=False):
        page.set_viewport_size({"width": look.width, "height": _HEIGHT})
        if before is None or before.theme != look.theme:
            page.emulate_media(color_scheme=look.theme)
        wrongs = page.evaluate(_LOOK, [look.theme, look.rules])
        found += [f"{look.width} {look.theme} {wrong}" for wrong in wrongs]
    return found
