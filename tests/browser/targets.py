"""Measure what is tapped on a page: 44 px high at least (WCAG 2.5.5), by the area that answers a finger.

Left out, as there: links inside a sentence, and what the browser or the map places (markers, options).
"""

from playwright.sync_api import Page

HIGH = 44
# A pixel may be lost to rounding at either edge.
_REACH = HIGH / 2 - 1.5
_FIND = """([reach]) => {
  const tapped = "a[href], button, summary, select, textarea, [role=button], [role=tab], "
    + "input:not([type=hidden], [type=range])";
  const own = (node) => [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE)
    .some((child) => /[\\p{L}\\p{N}]/u.test(child.textContent));
  const runsOn = (one) => {
    if (!one.matches("a[href], button.btn-link") || !getComputedStyle(one).display.startsWith("inline")) return false;
    const line = one.closest("p, li, dd, dt, td, th, caption, label, figcaption, .alert, .form-text, blockquote, span, div");
    return own(line) || (own(one.parentElement) && one.parentElement !== line);
  };
  // In a list on a phone the cells of a row are one line of text; the row's first link takes the row's own tap.
  const runsInRow = (one) => one.matches(".table-mobile-md td a:not(.btn)");
  const said = (one) => (one.getAttribute("aria-label") || one.textContent || one.name || "").trim().replace(/\\s+/g, " ");
  const answers = (one, x, y) => {
    const hit = document.elementFromPoint(x, y);
    return Boolean(hit) && (one.contains(hit) || [...(one.labels ?? [])].some((label) => label.contains(hit)));
  };
  const small = [];
  for (const one of document.querySelectorAll(tapped)) {
    if (!one.checkVisibility({ visibilityProperty: true, opacityProperty: false })) continue;
    if (one.closest(".leaflet-marker-pane, .leaflet-overlay-pane, .leaflet-control-attribution, .visually-hidden-focusable, .skip"))
      continue;
    if (one.matches(".visually-hidden") && !one.labels?.length) continue;
    if (runsOn(one) || runsInRow(one)) continue;
    const area = one.matches("[type=checkbox], [type=radio], .visually-hidden") && one.labels?.length
      ? [...one.labels].find((label) => label.checkVisibility()) ?? one : one;
    if (area.disabled) continue;
    area.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = area.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (box.height >= 2 * reach) continue;
    const [x, y] = [box.left + Math.min(box.width / 2, 40), box.top + box.height / 2];
    if (answers(one, x, y - reach) && answers(one, x, y + reach)) continue;
    small.push(`${Math.round(box.height)} px: ${one.tagName.toLowerCase()} ${said(one).slice(0, 60)} <${one.className}>`);
  }
  return [...new Set(small)];
}"""


def too_small(page: Page) -> list[str]:
    """Return what a finger would miss on the page as it is shown, with its height."""
    return page.evaluate(_FIND, [_REACH])
