"""A lead decides about levels by keyboard and by mouse, and who reads a level elsewhere is told."""

import re

from playwright.sync_api import expect

from accounts.enums import Role

QUEUE = "/residences/niveaux/"
WHY = "Les abords comptent davantage que le hall."


def test_levels_are_decided_by_keyboard(visitor):
    lead = visitor(Role.LEAD)
    page = lead.go(QUEUE)
    names = [row.get_attribute("aria-label") for row in page.locator("[data-row]").all()]
    assert len(names) >= 2
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("x")
    expect(page.locator("[data-row]").first.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("x")
    expect(page.locator("[data-row]").first.get_by_role("checkbox")).not_to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"1\sniveau confirmé\."))).to_be_visible()
    expect(page.locator("[data-row]").first).to_have_attribute("aria-label", names[1])
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("r")
    expect(page.get_by_role("heading", name="Décider du niveau")).to_be_visible()
    page.get_by_label("4 – tension installée").check()
    page.get_by_label("Motif").fill(WHY)
    with page.expect_navigation():
        page.get_by_role("button", name="Enregistrer la décision").click()
    expect(page.get_by_text(re.compile(r"niveau\s4 retenu"))).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()
    lead.check()

    coordinator = visitor(Role.COORDINATOR)
    page = coordinator.go("/residences/?decided=other")
    page.get_by_role("link", name=names[1], exact=True).click()
    expect(page.get_by_text(re.compile(r"retenu\s4\spar le bailleur"))).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()
    coordinator.check()

    page = lead.go(f"{QUEUE}?etat=ecarts")
    page.locator("[data-row]", has_text=names[1]).get_by_role("link", name="Revoir").click()
    page.get_by_role("link", name="La retirer").click()
    page.get_by_label("Motif du retrait").fill("Essai.")
    with page.expect_navigation():
        page.get_by_role("button", name="Retirer la décision").click()
    expect(page.get_by_text("est de nouveau au niveau proposé")).to_be_visible()
    lead.check()
