"""The workshop of a campaign is gone through by keyboard, and each of its pages is accessible."""

import re

from django.urls import reverse
from playwright.sync_api import expect

from accounts.scope import acting_as
from classification.campaigns.services import cancel
from tests.browser import axe
from tests.browser.bridge import ORIGIN
from tests.deciding import residence_at
from tests.workshops import contests, settles, shared_campaign


def _planted(world):
    """A shared campaign with a settled site, one that is not, and others."""
    made = [residence_at(world.a.landlord, world.commune, n, name=f"Les Tilleuls {n}") for n in (1, 2, 3, 4)]
    campaign = shared_campaign(world, name="Diagnostic d’automne")
    settled = contests(world.a.lead, campaign, made[3])
    settles(world.a.coordinator, settled, recommended=3)
    return campaign, made, settled, contests(world.a.coordinator, campaign, made[0])


def test_sites_are_opened_and_left_by_keyboard_and_the_focus_comes_back(world, sign_in, bridge):
    campaign, _made, _settled, _first = _planted(world)
    room, page = reverse("classification:workshop", args=[campaign.pk]), bridge.page
    bridge.open(sign_in(world.a.coordinator), room)
    items, panel = page.locator("[data-item]"), page.locator("#workshop-panel")
    expect(panel).to_be_hidden()
    page.keyboard.press("j")
    expect(items.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(items.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel).to_be_focused()
    expect(panel.get_by_role("heading", level=2)).to_have_text("Les Tilleuls 1")
    expect(page).to_have_url(re.compile(re.escape(ORIGIN + room) + r"[\w-]{32}/$"))
    # What is typed is typed, and moves nothing.
    panel.get_by_role("textbox").press_sequentially("jk")
    expect(panel.get_by_role("textbox")).to_have_value("jk")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(items.first).to_be_focused()
    expect(page).to_have_url(ORIGIN + room)
    page.get_by_role("button", name="Plein écran").click()
    page.wait_for_function("document.fullscreenElement?.id === 'workshop'")
    bridge.leave()


def test_what_the_workshop_cannot_show_opens_as_a_page_that_says_why(world, sign_in, bridge):
    campaign, made, _settled, _first = _planted(world)
    args = [campaign.pk, made[1].pk]
    site, page = reverse("classification:workshop_site", args=args), bridge.page
    client = sign_in(world.a.coordinator)
    bridge.wrongs.expect(403, "Error Code 403")
    bridge.open(client, site)
    page.locator("#workshop-panel").get_by_role("textbox").fill("Le hall pèse moins que les abords.")
    # Its session's token changed, as by a login beside it.
    client.handler.enforce_csrf_checks = True
    client.cookies.pop("csrftoken")
    page.locator("#workshop-panel").get_by_role("button", name="Contester le niveau").click()
    expect(page.get_by_role("heading", name="Ce formulaire n’a pas été accepté")).to_be_visible()
    client.handler.enforce_csrf_checks = False
    bridge.open(client, site)
    with acting_as(world.a.coordinator) as scope:
        cancel(scope, campaign, reason="Reportée au printemps.")
    page.locator("#workshop-panel").get_by_role("textbox").fill("Le hall pèse moins que les abords.")
    page.locator("#workshop-panel").get_by_role("button", name="Contester le niveau").click()
    expect(page).to_have_url(ORIGIN + reverse("classification:campaign", args=[campaign.pk]))
    expect(page.get_by_text("cette campagne a avancé")).to_be_visible()
    bridge.leave()


def test_each_page_is_accessible(world, sign_in, bridge):
    campaign, made, settled, _first = _planted(world)
    coordinator, lead, wrong = sign_in(world.a.coordinator), sign_in(world.a.lead), []
    for client, name, *args in (
        (coordinator, "workshop", campaign.pk),
        (coordinator, "workshop_site", campaign.pk, made[3].pk),
        (coordinator, "workshop_site", campaign.pk, made[1].pk),
        (coordinator, "contest_site", campaign.pk, made[1].pk),
        (coordinator, "contest_settle", settled.pk),
        (lead, "campaign_queue", campaign.pk),
        (lead, "decide_level", made[3].pk),
        (lead, "campaign", campaign.pk),
    ):
        path = reverse(f"classification:{name}", args=args)
        assert bridge.open(client, path) == 200, path
        wrong += [f"{name} {problem}" for problem in axe.problems(bridge.page, axe.DIAGONAL)]
        bridge.leave()
    assert wrong == []
