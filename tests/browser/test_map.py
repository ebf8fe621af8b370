"""The map by mouse and by keyboard: view and filters in the address, errors that can be retried."""

import re

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from tests.browser.until import until

STATUS = re.compile(r"^\d+\ssites?\s:")


@pytest.fixture
def map_page(visitor):
    person = visitor(Role.COORDINATOR, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = person.go("/carte/")
    expect(page.locator("#map-status")).to_have_text(STATUS)
    return person


# Whether a level was decided, as the map says it of a residence.
DECIDED = re.compile(
    r"retenu\s+(\d\s+)?par le bailleur le|proposé, non validé|décidé par le bailleur le|proposé, non encore décidé"
)


def test_the_sites_of_the_first_view_are_asked_for_once(visitor):
    person = visitor(Role.COORDINATOR, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    asked = []
    person.page.on("request", lambda request: "/carte/donnees/" in request.url and asked.append(request.url))
    page = person.go("/carte/")
    expect(page.locator("#map-status")).to_have_text(STATUS)
    # A second request would follow the first at once.
    page.wait_for_timeout(400)
    assert len(asked) == 1


def test_a_filter_narrows_shows_as_a_tag_and_is_undone_by_the_back_button(map_page):
    page = map_page.page
    before = page.locator("#map-status").inner_text()
    page.locator("select[name=period]").select_option("28")
    page.locator("label.map-chip", has_text="Niveau 4").click()
    expect(page.locator("#map-sites .level-4").first).to_be_visible()
    expect(page.locator("#map-sites .level-1")).to_have_count(0)
    expect(page.locator("#map-sites").get_by_text("avec un tel fait").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?level=4&period=28#\d+/"))
    map_page.check()
    # The list knows levels, and no period.
    expect(page.get_by_role("link", name="Voir la liste")).to_have_attribute(
        "href", re.compile(r"/residences/\?level=4$")
    )
    page.get_by_role("button", name="Retirer le filtre 28 derniers jours").click()
    expect(page).to_have_url(re.compile(r"\?level=4#"))
    page.go_back()
    expect(page.locator("select[name=period]")).to_have_value("28")
    page.go_back()
    page.go_back()
    expect(page.locator("#map-status")).to_have_text(before)
    expect(page).to_have_url(re.compile(r"/carte/#"))


def test_a_period_is_written_as_people_write_days(map_page):
    page = map_page.page
    page.goto(f"{map_page.server}/carte/?period=dates&since=2026-03-01&until=2026-05-31")
    expect(page.locator("#map-active")).to_contain_text("du 1er mars 2026 au 31 mai 2026")
    page.get_by_label("Au", exact=True).fill("2026-02-01")
    expect(page.locator("#map-problem")).to_have_text("La fin de la période précède son début.")
    map_page.wrongs.expect(400)


def test_by_keyboard_a_marker_opens_closes_and_moves_the_map(map_page):
    page = map_page.page
    page.locator("label.map-chip", has_text="Niveau 4").click()
    expect(page.locator("#map-sites .level-1")).to_have_count(0)
    marker = page.locator(".site-marker:not(.site-group)").first
    marker.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup-content a")).to_be_focused()
    expect(page.locator(".leaflet-popup-content")).to_contain_text(DECIDED)
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    expect(marker).to_be_focused()
    here = page.url
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(here)
    zoom = int(page.url.split("#")[1].split("/")[0])
    page.keyboard.press("-")
    expect(page).to_have_url(re.compile(rf"#{zoom - 1}/"))


def test_pointing_at_a_site_of_the_list_lights_its_marker(map_page):
    page = map_page.page
    page.locator("#map-sites li").first.hover()
    expect(page.locator(".site-lit")).to_have_count(1)
    page.locator("#map-sites a").nth(1).focus()
    expect(page.locator(".site-lit")).to_have_count(1)


def test_an_empty_view_says_what_to_do(map_page):
    page = map_page.page
    page.goto(f"{map_page.server}/carte/#18/0/0")
    page.reload()
    expect(page.locator("#map-status")).to_have_text("Aucun site dans cette vue.")
    page.get_by_role("button", name="Voir tout le territoire").click()
    expect(page.locator("#map-status")).to_have_text(STATUS)


def test_a_failure_is_said_and_can_be_retried(map_page):
    page = map_page.page
    page.route(
        "**/carte/donnees/**",
        lambda route: route.fulfill(status=200, body="<html>", content_type="text/html"),
    )
    page.locator("label.map-chip", has_text="Niveau 3").click()
    expect(page.get_by_role("alert")).to_contain_text("n’ont pas pu être chargés")
    page.unroute("**/carte/donnees/**")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator("#map-problem")).to_be_empty()
    expect(page.locator("#map-sites .level-3").first).to_be_visible()


def test_priority_neighbourhoods_are_named_and_kept_in_the_address(map_page):
    page = map_page.page
    page.get_by_label("Quartiers prioritaires").check()
    outline = page.get_by_role("img", name=re.compile("Quartier prioritaire")).first
    expect(outline).to_be_attached()
    expect(page).to_have_url(re.compile(r"\?quartiers=1#"))
    outline.focus()
    expect(page.get_by_role("tooltip")).to_contain_text("Quartier prioritaire")


def test_neighbourhoods_are_those_of_the_last_view_in_whatever_order_they_come(map_page):
    page = map_page.page
    held = []

    def hold(route) -> None:
        held.append(route)

    page.route("**/quartiers-prioritaires.geojson*", hold)

    def answer(route, name: str) -> None:
        west, south, east, north = map(
            float, re.search(r"bbox=([^&]+)", route.request.url).group(1).split(",")
        )
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        feature = {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        route.fulfill(json={"type": "FeatureCollection", "features": [feature]})

    page.get_by_label("Quartiers prioritaires").check()
    page.wait_for_function("() => new URLSearchParams(location.search).has('quartiers')")
    until(page, lambda: held, "the view asks for its neighbourhoods")
    zooming = page.locator(".leaflet-control-zoom-out")
    # A view within what was asked for before asks for nothing.
    until(page, lambda: zooming.click() or len(held) > 1, "a wider view asks for its own")
    first, *_between, last = held
    answer(last, "de la dernière vue")
    outlines = page.get_by_role("img", name=re.compile("Quartier prioritaire"))
    expect(outlines).to_have_attribute("aria-label", "Quartier prioritaire de la dernière vue")
    with page.expect_response(first.request.url):
        answer(first, "de la première vue")
    page.wait_for_timeout(200)
    expect(outlines).to_have_attribute("aria-label", "Quartier prioritaire de la dernière vue")


# The names of towns, drawn over the markers, and the markers.
STACKED = """() => ["names", "marker"].map((name) => getComputedStyle(document.querySelector(`.leaflet-${name}-pane`)))
.map((style) => ({ above: Number(style.zIndex), taps: style.pointerEvents }))"""


def assert_sites_fill_the_map(page) -> None:
    box = page.locator("#map").bounding_box()
    sites = [marker.bounding_box() for marker in page.locator(".site-marker").all()]
    left, right = min(at["x"] for at in sites), max(at["x"] + at["width"] for at in sites)
    assert box["x"] < left
    assert right < box["x"] + box["width"]
    assert right - left > 0.6 * box["width"]
    assert all(box["y"] < at["y"] < box["y"] + box["height"] - at["height"] for at in sites)


def test_on_a_phone_one_of_map_and_list_is_shown(visitor):
    person = visitor(Role.LEAD, viewport={"width": 320, "height": 640}, color_scheme="dark")
    page = person.go("/carte/")
    expect(page.locator("#map-status")).to_have_text(STATUS)
    expect(page.locator("#map-sites li").first).to_be_hidden()
    assert_sites_fill_the_map(page)
    names, markers = page.evaluate(STACKED)
    assert names["above"] > markers["above"]
    assert names["taps"] == "none"
    page.get_by_role("button", name="Liste", exact=True).click()
    expect(page.locator("#map-sites li").first).to_be_visible()
    expect(page.locator("#map-pane")).to_be_hidden()
    page.get_by_role("button", name="Filtres").click()
    page.locator("summary", has_text="Nature de fait").click()
    expect(page.locator("details[open] > summary", has_text="Nature de fait")).to_be_visible()
    person.check()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(("width", "height", "share"), [(1280, 800, 0.5), (390, 844, 0.5), (320, 640, 0.45)])
def test_the_map_fills_most_of_the_window(visitor, width, height, share):
    page = visitor(Role.COORDINATOR, viewport={"width": width, "height": height}).go("/carte/")
    expect(page.locator("#map-status")).to_have_text(STATUS)
    box, beside = page.locator("#map").bounding_box(), page.locator(".map-list").bounding_box()
    side = page.locator("#side").bounding_box() if width > 992 else {"width": 0}
    free = width - side["width"] - (beside["width"] if width > 992 else 0)
    assert box["height"] >= share * height
    assert box["width"] >= 0.85 * free
    assert box["y"] + 0.8 * box["height"] <= height


def test_on_paper_the_whole_map_stands_with_its_legend_and_its_list(map_page):
    page = map_page.page
    shown = page.locator(".site-marker").count()
    expect(page.locator("#map-layout")).not_to_have_attribute("data-incomplete", "")
    # As the browser does on Ctrl+P: the page hears of it while it is still a screen.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".map-tools")).to_be_hidden()
    box = page.locator("#map").bounding_box()
    assert box["width"] >= 500
    assert box["height"] >= 400
    for level in "4321":
        expect(page.locator(".map-legend").get_by_text(f"Niveau {level}")).to_be_visible()
    legend = page.locator(".map-legend").bounding_box()
    assert box["x"] <= legend["x"]
    assert legend["x"] + legend["width"] <= box["x"] + box["width"]
    assert legend["y"] + legend["height"] <= box["y"] + box["height"] + 1
    inside = page.locator(".site-marker").evaluate_all(
        """(marks) => {
          const map = document.getElementById("map").getBoundingClientRect();
          return marks.map((mark) => mark.getBoundingClientRect()).filter(
            (at) => at.left >= map.left && at.right <= map.right && at.top >= map.top && at.bottom <= map.bottom).length;
        }"""
    )
    assert inside == shown > 0
    assert not page.locator(".map-paper-incomplete").is_visible()
    rows = page.locator("#map-paper-list tbody tr")
    assert rows.count() >= shown
    assert [
        text for text in rows.locator(".map-paper-decision").all_inner_texts() if not DECIDED.search(text)
    ] == []
    assert rows.locator(".map-paper-decision").count() == rows.count()


# What a print of the page would hold at the moment it is asked for.
PRINTING = """() => { window.print = () => {
  const [layout, markers] = [document.getElementById("map-layout"), document.querySelectorAll(".site-marker")];
  window.printed = { markers: markers.length, incomplete: layout.hasAttribute("data-incomplete") };
}; }"""


def test_the_button_prints_once_the_markers_of_the_view_have_come(map_page):
    page = map_page.page
    held = []

    def hold(route) -> None:
        held.append(route)

    page.evaluate(PRINTING)
    page.route("**/carte/donnees/**", hold)
    page.get_by_role("button", name="Imprimer").click()
    # The map on the paper's size asks for what it shows there, and longer than the plan takes to be drawn.
    page.wait_for_timeout(2500)
    assert page.evaluate("() => window.printed") is None
    page.emulate_media(media="print")
    assert page.locator(".map-paper-incomplete").is_visible()
    page.emulate_media(media="screen")
    for route in held:
        route.continue_()
    page.wait_for_function("() => window.printed")
    printed = page.evaluate("() => window.printed")
    assert not printed["incomplete"]
    assert printed["markers"] > 0
