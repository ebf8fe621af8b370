"""On paper, every confidential page bears its mark, the day and its reader on each sheet, and no button."""

import io
import os
from pathlib import Path

from playwright.sync_api import Page
from pypdf import PdfReader

from accounts.enums import Role
from demo.accounts import DEMO_ACCOUNTS
from tests.browser import lines, targets
from tests.browser.conftest import Visitor
from tests.browser.pages import PAGES, view_of

MARK = "CONFIDENTIEL – CELLULE RESTREINTE · TLP:AMBER+STRICT"
# The pages that say nothing of any place.
PUBLIC = {"new-factor", "new-application", "new-passkey"}
PHONE = {"width": 360, "height": 740}
# As wide as a sheet between its margins.
SHEET = {"width": 703, "height": 1000}
# A folder to keep the sheets in, to be looked at.
_KEPT = os.environ.get("PALIER_PAPER")


def sheets(page: Page, name: str) -> list[str]:
    """Print the page and return the text of each sheet, with plain spaces."""
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    if _KEPT:
        (Path(_KEPT) / f"{name}.pdf").write_bytes(pdf)
    return [" ".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(pdf)).pages]


def buttons_left(page: Page) -> list[str]:
    """Return the words of buttons, and the names of the fields of filters, that the paper would show.

    A page wider than its sheet, which the browser would shrink, is told with them.
    """
    page.emulate_media(media="print")
    wide = page.viewport_size
    page.set_viewport_size(SHEET)
    shrunk = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.set_viewport_size(wide)
    shown = page.evaluate(
        """() => [...document.querySelectorAll(
            "button, .btn, input[type=submit], main [download], main form[method=get] :is(input, select)"
        )].filter((one) => one.checkVisibility()).map((one) => one.textContent.trim() || one.name)"""
    )
    page.emulate_media(media="null")
    return [*shown, *([f"{shrunk} px too wide"] if shrunk > 0 else [])]


def test_every_page_bears_its_mark_and_reader_on_paper_and_is_in_reach_of_a_finger_on_a_phone(visitor):
    wrong, seen = {}, set()
    for role in PAGES:
        person = visitor(role)
        account = next(account for account in DEMO_ACCOUNTS if account.role == role)
        wrong |= wrong_on_paper(person, role, f"{account.full_name}, {account.organisation}", seen)
    assert wrong == {}
    assert len(seen) > 40


def wrong_on_paper(person: Visitor, role: Role, reader: str, seen: set[str]) -> dict[str, object]:
    """Print each page that nobody printed before; return what is wrong, by page."""
    wrong: dict[str, object] = {}
    for name, where in PAGES[role].items():
        page = person.go(person.find(where))
        view = view_of(page.url)
        if view in seen:
            continue
        seen.add(view)
        if name not in PUBLIC and (bare := bare_on_paper(page, f"{role}-{name}", reader)):
            wrong[f"{role}-{name}"] = bare
        if missed := missed_on_a_phone(page):
            wrong[f"{role}-{name} on a phone"] = missed
    return wrong


def bare_on_paper(page: Page, name: str, reader: str) -> object:
    """Return the numbers of the sheets that lack the mark or the reader, or the buttons that stand on them."""
    bare = [
        number
        for number, text in enumerate(sheets(page, name), 1)
        if MARK not in text or f"Imprimé par {reader}, le " not in text
    ]
    return bare or buttons_left(page)


def missed_on_a_phone(page: Page) -> list[str]:
    """Return what a finger would miss on the open page, and its lists that are no lines one reads."""
    wide = page.viewport_size
    page.set_viewport_size(PHONE)
    missed = [*targets.too_small(page), *lines.too_long(page)]
    page.set_viewport_size(wide)
    return missed


def test_a_list_prints_all_its_rows_and_says_when_it_has_more(visitor):
    person = visitor(Role.COORDINATOR)
    page = person.go("/faits/?page=1")
    assert "Lignes 1 à 25 seulement" in " ".join(sheets(page, "cut"))
    page.evaluate("window.print = () => { window.printed = true }")
    page.get_by_role("link", name="Imprimer", exact=True).click()
    page.wait_for_url("**impression=1**")
    rows = page.locator("#rows tbody tr").count()
    text = " ".join(sheets(page, "all"))
    assert rows > 100
    assert text.count("Lignes 1 à 500 seulement") == (rows == 500)


def test_the_heads_of_columns_stand_over_their_cells_where_boxes_are_left_out(visitor):
    page = visitor(Role.LEAD, viewport=SHEET).go("/faits/?page=1")
    page.emulate_media(media="print")
    left = page.evaluate(
        """() => ["thead tr", "tbody tr"].map((row) =>
        [...document.querySelector(`#rows ${row}`).children].filter((cell) => cell.checkVisibility())
        .map((cell) => Math.round(cell.getBoundingClientRect().left)))"""
    )
    assert left[0] == left[1]
    assert len(left[0]) > 5
    assert not page.locator("#rows .choose").first.is_visible()


def test_paper_is_white_whatever_the_screen(visitor):
    page = visitor(Role.AGENT, color_scheme="dark").go("/mes-faits/")
    themes = page.evaluate(
        """() => ["", "beforeprint", "afterprint"].map((event) => {
            if (event) window.dispatchEvent(new Event(event));
            return document.documentElement.dataset.bsTheme;
        })"""
    )
    assert themes == ["dark", "light", "dark"]
