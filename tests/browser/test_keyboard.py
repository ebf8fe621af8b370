"""The main paths by keyboard alone: everything can be reached, and the focus always shows."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from tests.browser.keyboard import Keyboard

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 800}
STILL = "m => [m.options.zoomAnimation, m.options.fadeAnimation, m.options.inertia].every((moves) => !moves)"
LONGEST = """() => Math.max(0, ...[...document.querySelectorAll("*")].flatMap((e) => {
  const {transitionDuration, animationDuration} = getComputedStyle(e);
  return `${transitionDuration},${animationDuration}`.split(",").map(parseFloat);
}))"""


@pytest.fixture
def at(visitor):
    """Return a function that gives a role's page and a keyboard before it."""

    def open_for(role, path, **options):
        page = visitor(role, **({"viewport": DESK} | options)).go(path)
        return page, Keyboard(page)

    return open_for


def test_the_first_key_skips_to_the_content(at):
    page, keys = at(Role.LEAD, "/residences/")
    keys.press("Tab")
    keys.sees_where()
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_in_viewport()
    keys.press("Enter")
    keys.sees_where()
    expect(page.locator("main")).to_be_focused()
    keys.press("Tab")
    expect(page.locator("main :focus")).to_have_count(1)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.LEAD, "/accueil/"),
        (Role.LEAD, "/faits/nouveau/"),
        (Role.LEAD, "/residences/"),
        (Role.COORDINATOR, "/tableau-de-bord/"),
        (Role.COORDINATOR, "/carte/"),
        (Role.PARTNER, "/"),
        (Role.ADMIN, "/comptes/"),
        (Role.DPO, "/journal/"),
    ],
)
def test_no_trap_and_no_hidden_step(role, path, at):
    """Tab leads to the last link of the page, its foot, and shows where it is all the way."""
    page, keys = at(role, path)
    keys.tab_to(page.locator(".page-foot a"))


def test_menu_of_a_phone(at):
    page, keys = at(Role.AGENT, "/faits/", viewport=PHONE)
    toggle = page.get_by_role("button", name="Menu")
    keys.tab_to(toggle)
    keys.press("Enter")
    expect(page.get_by_role("navigation", name="Navigation principale")).to_be_visible()
    keys.press("Tab")
    keys.sees_where()
    keys.press("Escape")
    expect(page.get_by_role("navigation", name="Navigation principale")).to_be_hidden()
    assert keys.is_at(toggle)


def test_search_from_anywhere(at):
    page, keys = at(Role.LEAD, "/methode/")
    keys.press("/")
    keys.sees_where()
    keys.type("rue")
    expect(page.get_by_role("option").first).to_be_visible()
    keys.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    with page.expect_navigation():
        keys.press("Enter")
    expect(page).to_have_url(re.compile("/residences/"))


def test_record_a_fact(at):
    page, keys = at(Role.AGENT, "/faits/nouveau/")
    keys.tab_to(page.locator("[name=place]:checked"))
    keys.press("ArrowDown")
    keys.sees_where()
    keys.tab_to(page.locator("[name=fact_type]").first)
    keys.press("Space")
    keys.tab_to(page.get_by_role("button", name="Enregistrer", exact=True))
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Fait enregistré")).to_be_visible()


def test_filter_sort_and_page_a_list(at):
    page, keys = at(Role.LEAD, "/faits/")
    keys.tab_to(page.locator("#filters > summary"))
    if not page.locator("#filter-form").is_visible():
        keys.press("Enter")
    keys.tab_to(page.locator("#filter-form select").first)
    keys.press("ArrowDown", "ArrowDown")
    page.wait_for_url("**/faits/?*")
    keys.sees_where()
    page.goto(page.url.split("?")[0])
    header = page.locator("thead a").nth(1)
    keys.tab_to(header)
    keys.press("Enter")
    expect(page.locator("th[aria-sort]")).to_have_count(1)
    page.wait_for_url("**tri=*")
    keys.sees_where()
    assert page.evaluate("document.activeElement.closest('thead') !== null")
    following = page.get_by_role("link", name="Page suivante")
    keys.tab_to(following)
    keys.press("Enter")
    page.wait_for_url("**page=2*")
    expect(page.locator("[aria-current=page]", has_text="2")).to_be_visible()
    keys.sees_where()


def test_back_after_filtering_brings_the_list_back(at):
    page, keys = at(Role.LEAD, "/residences/?level=4")
    level_4 = page.get_by_role("status").first.inner_text()
    page.locator("#filters > summary").focus()
    keys.press("Enter")
    keys.tab_to(page.locator("#filter-form input[value='2']"))
    keys.press("Space")
    expect(page.get_by_role("status").first).not_to_have_text(level_4)
    page.go_back()
    expect(page.get_by_role("status").first).to_have_text(level_4)
    expect(page.locator("#filter-form input[name=level][value='2']")).not_to_be_checked()


def test_a_site_of_the_map_opens_and_closes(at):
    page, keys = at(Role.COORDINATOR, "/carte/#17/45.0000/-30.0000")
    site = page.locator(".site-marker:not(.site-group)").first
    expect(site).to_be_visible()
    keys.tab_to(site)
    keys.press("Enter")
    expect(page.locator(".leaflet-popup a").first).to_be_focused()
    keys.sees_where()
    # The map has made room for the popup, and its markers have come again.
    expect(page.locator("#map-layout[data-incomplete]")).to_have_count(0)
    keys.press("Escape")
    expect(page.locator(".leaflet-popup")).to_be_hidden()
    expect(site).to_be_focused()
    keys.sees_where()


def test_the_list_beside_the_map_keeps_the_focus_when_it_is_drawn_again(at):
    page, keys = at(Role.COORDINATOR, "/carte/#17/45.0000/-30.0000")
    for inside in ("a", "button"):
        site = page.locator(f"#map-sites li:last-child {inside}")
        expect(site).to_be_visible()
        keys.tab_to(site)
        with page.expect_response(lambda answer: "/carte/donnees/" in answer.url):
            page.evaluate("window.maps[0].panBy([2, 0], { animate: false })")
        expect(page.locator("#map-layout[data-incomplete]")).to_have_count(0)
        expect(site).to_be_focused()
        keys.sees_where()


def test_slide_over_the_published_states(at):
    page, keys = at(Role.PARTNER, "/publications/")
    page.goto(page.url.removesuffix("/publications/") + _first_publication(page))
    slider = page.locator("#state")
    keys.tab_to(slider)
    said = page.locator("#state-said")
    before = said.inner_text()
    keys.press("ArrowLeft", "ArrowRight", "ArrowLeft")
    expect(said).not_to_have_text(before)
    keys.sees_where()


def _first_publication(page):
    return page.locator("main a[href^='/publications/']").first.get_attribute("href")


def test_publish_to_a_circle(at):
    page, keys = at(Role.COORDINATOR, "/cellules/")
    keys.tab_to(page.locator("main a[href^='/cellules/']:not([href$='nouvelle/'])").first)
    keys.press("Enter")
    keys.tab_to(page.get_by_role("link", name="Publier les niveaux"))
    keys.press("Enter")
    # Today's state may have been published by another test.
    day = page.get_by_label("Niveaux au")
    keys.tab_to(day)
    day.fill((dt.date.fromisoformat(day.input_value()) - dt.timedelta(1)).isoformat())
    keys.tab_to(page.get_by_role("button", name="Voir ce qui sera publié"))
    keys.press("Enter")
    publish = re.compile("Publier à")
    keys.tab_to(page.get_by_role("button", name=publish))
    keys.press("Enter")
    keys.tab_to(page.get_by_role("dialog").get_by_role("button", name=publish))
    keys.press("Enter")
    # A worker makes it, beside what other tests have asked of it.
    expect(page).to_have_url(re.compile(r"/publications/[\w-]{32}/$"), timeout=40_000)


def test_download_a_copy(at):
    page, keys = at(Role.PARTNER, "/notes/")
    keys.tab_to(page.get_by_role("link", name=re.compile("PDF")).first)
    with page.expect_download() as waiting:
        keys.press("Enter")
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")


def test_escape_answers_no_and_gives_the_focus_back(at):
    page, keys = at(Role.LEAD, "/conventions/")
    page.locator("main a[href^='/conventions/']:not([href$='nouvelle/'])").first.click()
    end = page.locator("main").get_by_role("button", name="Terminer la convention")
    expect(end).to_be_visible()
    keys.tab_to(end)
    keys.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Ne rien changer")).to_be_focused()
    keys.press("Tab")
    keys.sees_where()
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    assert keys.is_at(end)
    keys.sees_where()


def test_what_is_asked_again_at_once_is_still_answered(at):
    page, _keys = at(Role.LEAD, "/conventions/")
    page.locator("main a[href^='/conventions/']:not([href$='nouvelle/'])").first.click()
    end = page.locator("main").get_by_role("button", name="Terminer la convention")
    expect(end).to_be_visible()
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.route("**/terminer/", lambda route: route.abort())
    end.click()
    end.evaluate("end => { document.querySelector('#confirm [value=no]').click(); end.click(); }")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    with page.expect_request("**/terminer/"):
        dialog.locator("[value=yes]").click()
    assert sent == ["POST"]


def test_account_menu_language_and_theme(at):
    page, keys = at(Role.DPO, "/journal/")
    summary = page.locator("#account-menu > summary")
    keys.tab_to(summary)
    keys.press("Enter")
    keys.tab_to(page.locator("[name=theme]:checked"))
    keys.press("ArrowRight", "ArrowRight")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    keys.sees_where()
    keys.press("ArrowLeft", "ArrowLeft")
    keys.press("Escape")
    expect(summary).to_be_focused()
    for name, heading in (("English", "Journal"), ("Français", "Journal")):
        keys.press("Enter") if name == "English" else page.locator("#account-menu > summary").press("Enter")
        keys.tab_to(page.get_by_role("button", name=name))
        with page.expect_navigation():
            keys.press("Enter")
        expect(page.locator("html")).to_have_attribute("lang", "en-GB" if name == "English" else "fr")
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()


@pytest.mark.parametrize("path", ["/carte/", "/residences/", "/tableau-de-bord/", "/publications/"])
def test_nothing_moves_when_motion_is_reduced(path, at):
    page, _keys = at(Role.COORDINATOR, path, reduced_motion="reduce")
    assert page.evaluate(LONGEST) < 0.01
    if path == "/carte/":
        page.wait_for_function("window.maps?.length")
        assert page.evaluate(f"({STILL})(maps[0])")
        assert page.evaluate("maps[0].panBy([40, 0]) && maps[0]._panAnim?._inProgress") is not True
