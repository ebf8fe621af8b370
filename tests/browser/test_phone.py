"""On a phone a list is lines one reads, and whatever is tapped is as high as a finger; a wide screen keeps it centred."""

import re

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from tests.browser import lines, targets

PHONE = {"width": 360, "height": 740}
ROWS, HIGHEST = 25, 2500


def test_a_list_is_25_lines_in_the_length_of_a_few_screens(visitor):
    page = visitor(Role.LEAD, viewport=PHONE).go("/faits/?page=1")
    rows = page.locator("#rows tbody tr")
    assert rows.count() == ROWS
    high = page.evaluate("document.querySelector('#rows').getBoundingClientRect().height")
    assert high <= HIGHEST
    assert page.locator("#rows thead").is_hidden()
    page.get_by_role("button", name="Trier, imprimer, colonnes").click()
    expect(page.locator("#rows thead")).to_be_visible()
    expect(page.get_by_role("link", name="Imprimer", exact=True)).to_be_visible()
    box = rows.nth(3).bounding_box()
    assert box
    rows.nth(3).click(position={"x": box["width"] / 2, "y": box["height"] - 12})
    page.wait_for_url(re.compile(r"/faits/[\w-]{32}/$"))


# Each is wrong in one way, or right: a link in a sentence, a label around its box, a row that takes the tap of its link.
SHOWN = """<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width"><title>Essai</title>
<style>body { font: 16px/20px sans-serif } .high { display: inline-block; padding: 12px }
tr { display: block; position: relative; padding: 20px } .row::after { content: ""; position: absolute; inset: 0 }
label.high { min-height: 20px }</style><main><h1>Essai</h1>
<p>Une phrase avec <a href="#a">un lien</a> dedans.</p>
<p><a href="#b">Un lien seul</a></p><p style="margin-top: 60px"><a class="high" href="#c">Un lien haut</a></p>
<button style="height: 30px">Bas</button> <button style="height: 44px">Haut</button>
<label class="high"><input type="checkbox"> Une case et son libellé</label> <input type="checkbox" aria-label="Case nue">
<table class="table-mobile-md"><caption>Longue</caption><tbody><tr style="height: 130px"><td><a class="row" href="#d">Une ligne</a></td></tr></tbody></table>
<table class="table-mobile-md"><caption>Courte</caption><tbody><tr><td><a class="row" href="#e">Une ligne</a></td></tr></tbody></table>
</main></html>"""


def test_the_measure_tells_what_a_finger_misses_and_which_list_is_too_long(page):
    page.set_viewport_size(PHONE)
    page.set_content(SHOWN)
    missed = [" ".join(said.split(" <")[0].split()[2:]) for said in targets.too_small(page)]
    assert missed == ["a Un lien seul", "button Bas", "input Case nue"]
    assert lines.too_long(page) == ["Longue: 1 rows of 170 px"]


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
