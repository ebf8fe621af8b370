"""Look at what a circle by neighbourhood reads, and at the forms that say so before, as people open them."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser import axe
from tests.coarse import circle_of, publish_to, town_of
from tests.sharing import today

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def look(bridge):
    """Return a function that fails on what axe finds on the page as it stands, and on a page wider than its screen."""

    def at() -> None:
        for size in (DESK, PHONE):
            bridge.page.set_viewport_size(size)
            # A chart follows the width of the window a moment later.
            bridge.page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
            assert axe.problems_as_it_stands(bridge.page) == [], bridge.page.url

    return at


def test_a_circle_by_neighbourhood_from_its_form_to_its_page(world, sign_in, bridge, look):
    town, page = town_of(world), bridge.page
    coordinator = sign_in(town.a.coordinator)
    bridge.open(coordinator, reverse("partners:circle_create"))
    look()
    page.get_by_role("textbox", name="Nom").fill("Comité de pilotage")
    page.get_by_role("textbox", name="Objet").fill("Contrat de ville")
    page.get_by_role("radio", name="Au quartier").check()
    page.get_by_label("Début").fill(today().isoformat())
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Précision : au quartier")).to_be_visible()
    page.get_by_role("link", name="Changer la précision").click()
    expect(page.get_by_role("radio", name="Au quartier")).to_be_checked()
    look()
    given = circle_of(town.a, "neighbourhood")
    preview = reverse("partners:publish", args=[given.circle.pk])
    bridge.open(coordinator, f"{preview}?as_of={today().isoformat()}")
    expect(page.get_by_text("5 ou plus", exact=True)).to_be_visible()
    look()
    found = publish_to(town.a, given.circle)
    bridge.open(sign_in(given.member), reverse("partners:publication", args=[found.pk]))
    expect(page.get_by_text("Cette vue est au quartier")).to_be_visible()
    look()
    bridge.leave()
