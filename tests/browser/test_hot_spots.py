"""Hot spots on the map: switched on by keyboard, told by shape and words, kept in the address, listed, printed, and why there are none."""

import re

import pytest
from playwright.sync_api import expect

from classification.models import SignalKind
from tests.browser import axe
from tests.watching import watched

TYPES = [
    {"label_fr": "Tapages, dont nocturnes", "label_en": "Noise"},
    {"label_fr": "Tags", "label_en": "Tags"},
]
NOT_A_FORECAST = re.compile(r"Regroupement significatif, pas une prévision")


def _hot(side, residence=None, **figures):
    told = {"around": 40, "places": 3, "z": 4.1, "types": TYPES} | figures
    return watched(side, residence, SignalKind.HOT, **told)


@pytest.fixture
def at(world, sign_in, bridge):
    """A function that opens the map as a person, and returns its page once the sites have come."""

    def opened(person, query=""):
        bridge.page.set_viewport_size({"width": 1280, "height": 800})
        assert bridge.open(sign_in(person), f"/carte/{query}") == 200
        expect(bridge.page.locator("#map-layout")).not_to_have_attribute("data-incomplete", "")
        return bridge.page

    yield opened
    bridge.leave()


def test_switched_on_by_keyboard_it_is_drawn_listed_and_kept_in_the_address(world, at):
    _hot(world.a)
    page = at(world.a.coordinator)
    expect(page.locator(".hot-spot")).to_have_count(0)
    expect(page.locator("#map-hot")).to_be_hidden()
    box = page.get_by_role("checkbox", name="Regroupements")
    expect(box).not_to_be_checked()
    expect(box).to_have_accessible_description(NOT_A_FORECAST)
    box.focus()
    page.keyboard.press("Space")
    ring = page.get_by_role("button", name="Regroupement significatif – Résidence A")
    expect(ring).to_have_count(1)
    expect(page.locator("#map-hot-status")).to_have_text(
        re.compile("1\\sregroupement significatif dans cette vue, pas une")
    )
    listed = page.get_by_role("region", name="Regroupements significatifs")
    expect(listed.get_by_role("link", name="Résidence A")).to_be_visible()
    expect(listed).to_contain_text(
        re.compile(r"à moins de\s300\sm \(surtout\s: tapages, dont nocturnes\s; tags\)")
    )
    expect(page).to_have_url(re.compile(r"\?regroupements=1#"))
    page.go_back()
    expect(box).not_to_be_checked()
    expect(page.locator(".hot-spot")).to_have_count(0)
    expect(page.locator("#map-hot-status")).to_be_empty()
    expect(listed).to_have_count(0)


def test_a_link_opens_with_it_and_a_ring_says_why_by_keyboard(world, at):
    _hot(world.a)
    page = at(world.a.lead, "?regroupements=1")
    expect(page.get_by_role("checkbox", name="Regroupements")).to_be_checked()
    ring = page.locator(".hot-spot")
    ring.focus()
    page.keyboard.press("Enter")
    popup = page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text(NOT_A_FORECAST)
    expect(popup).to_contain_text(re.compile(r"40\soccurrences en\s91\sjours dans les\s3\srésidences"))
    expect(popup.get_by_role("link", name="Résidence A")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".leaflet-popup")).to_have_count(0)
    expect(ring).to_be_focused()
    page.locator("#map-hot-sites a").first.focus()
    expect(page.locator(".hot-lit")).to_have_count(1)
    assert axe.problems(page, axe.DIAGONAL) == []


def test_on_paper_they_have_their_rings_and_their_table(world, at):
    _hot(world.a)
    page = at(world.a.lead, "?regroupements=1")
    expect(page.locator(".hot-spot")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.locator("#map-paper-hot")).to_contain_text("Résidence A")
    expect(page.locator(".hot-spot")).to_be_visible()
    expect(page.locator("#map-hot-note")).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("checkbox", name="Regroupements").uncheck()
    expect(page.locator(".hot-spot")).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator("#map-paper-hot")).to_be_hidden()
    expect(page.locator("#map-hot-note")).to_be_hidden()
    page.emulate_media(media="screen")


def test_where_there_is_none_it_says_why(world, at):
    page = at(world.a.lead, "?regroupements=1")
    status = page.locator("#map-hot-status")
    expect(status).to_have_text(re.compile("^Aucun regroupement significatif dans cette vue"))
    expect(page.locator("#map-hot")).to_be_hidden()
    page = at(world.a.lead, "?regroupements=1&level=4")
    expect(status).to_have_text(re.compile(r"moins de\s10\sfaits saisis en\s91\sjours"))


def test_an_agent_has_no_such_layer(world, at):
    _hot(world.a)
    page = at(world.a.agent, "?regroupements=1")
    expect(page.get_by_role("checkbox", name="Quartiers prioritaires")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Regroupements")).to_have_count(0)
    expect(page.locator(".hot-spot")).to_have_count(0)


def test_on_a_phone_the_list_has_them(world, at):
    _hot(world.a)
    page = at(world.a.lead, "?regroupements=1")
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("#map-hot-status")).to_be_visible()
    page.get_by_role("button", name="Liste", exact=True).click()
    expect(page.locator("#map-hot-sites li")).to_be_visible()
