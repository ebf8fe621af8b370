"""On a phone a list is lines one reads, and whatever is tapped is as high as a finger; a wide screen keeps it centred."""

import re

import pytest

from accounts.enums import Role

PHONE = {"width": 360, "height": 740}
ROWS, HIGHEST = 25, 2500
# Links inside a sentence keep their line; a row is tapped wherever it is touched.
TAPPED = """() => [...document.querySelectorAll(
  "main :is(button, summary, .btn, select, .page-link, input:not([type=hidden], [type=checkbox], [type=radio]))")]
.filter((one) => one.checkVisibility() && !one.closest(".leaflet-container"))
.map((one) => [one.textContent.trim() || one.name, one.getBoundingClientRect().height]).filter(([, high]) => high < 44)"""


def test_a_list_is_25_lines_in_the_length_of_a_few_screens(visitor):
    page = visitor(Role.LEAD, viewport=PHONE).go("/faits/?page=1")
    rows = page.locator("#rows tbody tr")
    assert rows.count() == ROWS
    high = page.evaluate("document.querySelector('#rows').getBoundingClientRect().height")
    assert high <= HIGHEST
    assert page.locator("#rows thead").is_hidden()
    page.get_by_role("button", name="Trier, imprimer, colonnes").click()
    assert page.locator("#rows thead").is_visible()
    assert page.get_by_role("link", name="Imprimer", exact=True).is_visible()
    box = rows.nth(3).bounding_box()
    assert box
    rows.nth(3).click(position={"x": box["width"] / 2, "y": box["height"] - 12})
    page.wait_for_url(re.compile(r"/faits/\d+/$"))


@pytest.mark.parametrize(
    "path", ["/faits/?page=1", "/residences/?page=1", "/perturbations/", "/constats/nouveau/"]
)
def test_what_is_tapped_is_as_high_as_a_finger(visitor, path):
    page = visitor(Role.LEAD, viewport=PHONE).go(path)
    assert page.evaluate(TAPPED) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.parametrize("width", [1920, 2560])
def test_the_content_stands_in_the_middle_of_a_wide_screen(visitor, width):
    page = visitor(Role.LEAD, viewport={"width": width, "height": 1000}).go("/residences/?page=1")
    left, right = page.evaluate(
        """() => { const [body, main] = ["page-body", "shell-main"].map((name) =>
        document.querySelector(`.${name}`).getBoundingClientRect());
        return [body.left - main.left, main.right - body.right]; }"""
    )
    assert abs(left - right) <= 1
    assert left > 100
