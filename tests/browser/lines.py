"""Measure the lists of a page on a phone: lines one reads, 25 of them in a few screens, and no wider than the screen."""

from playwright.sync_api import Page

# 25 rows in 2,500 px; a row that has no page of its own has its buttons, one line more.
HIGH, HIGH_WITH_BUTTONS = 100, 150
_FIND = """([high, highWithButtons]) => [...document.querySelectorAll("main table")].flatMap((table) => {
  const rows = [...table.tBodies].flatMap((body) => [...body.rows]).filter((row) => row.checkVisibility());
  if (!rows.length || !table.matches(".table-mobile-md")) return [];
  const mean = rows.reduce((sum, row) => sum + row.getBoundingClientRect().height, 0) / rows.length;
  const buttons = table.tBodies[0].querySelector(".btn")?.checkVisibility();
  const said = (table.caption?.textContent || table.closest("section, .card")?.querySelector("h2, h3")?.textContent
    || document.querySelector("h1")?.textContent || "").trim().replace(/\\s+/g, " ");
  return mean > (buttons ? highWithButtons : high) ? [`${said}: ${rows.length} rows of ${Math.round(mean)} px`] : [];
})"""


def too_long(page: Page) -> list[str]:
    """Return the lists of the page whose rows are longer on average than two or three lines."""
    return page.evaluate(_FIND, [HIGH, HIGH_WITH_BUTTONS])
