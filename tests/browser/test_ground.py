"""The ground of an installation by keyboard: communes searched, addresses placed, and both taken back."""

import re

from playwright.sync_api import expect

from accounts.enums import Role


def test_communes_are_searched_chosen_and_removed_by_keyboard(visitor):
    admin = visitor(Role.ADMIN)
    page = admin.go("/territoires/")
    page.locator("main table tbody a").first.click()
    search = page.get_by_label("Communes", exact=True)
    chosen = page.locator(".communes-chosen button")
    # What is read at once is read of the page before, until the next one has come.
    expect(chosen).not_to_have_count(0)
    before = chosen.all_inner_texts()
    page.get_by_role("button", name=re.compile("^Retirer Brumeval")).press("Enter")
    expect(page.get_by_role("status").get_by_text("Brumeval est retirée.")).to_be_visible()
    search.press_sequentially("BRUMEV")
    option = page.locator("#communes-options [role=option]").first
    expect(option).to_contain_text("Brumeval")
    admin.check()
    search.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    search.press("Enter")
    expect(page.get_by_role("status").get_by_text("Brumeval est ajoutée.")).to_be_visible()
    expect(chosen).to_have_text(before)
    page.get_by_role("button", name="Annuler cet ajout").click()
    expect(chosen).to_have_count(len(before) - 1)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    # Whom it concerns is said first.
    page.get_by_role("button", name="Enregistrer le territoire").click()
    expect(page.get_by_text("1 commune retirée : Brumeval (00).")).to_be_visible()
    page.get_by_role("button", name="Revenir aux communes d’avant").click()
    expect(page.get_by_text("sont de nouveau celles d’avant")).to_be_visible()
    page.locator("main table tbody a").first.click()
    expect(chosen).to_have_text(before)


def test_a_pasted_position_is_moved_by_the_arrows_and_all_is_undone(visitor):
    lead = visitor(Role.LEAD)
    page = lead.go("/adresses/a-placer/ensemble/")
    page.get_by_label("Lignes collées").fill("1 rue des Alizés, 00100 Brumeval ; 45,0 ; -30,0")
    page.get_by_role("button", name="Placer ces adresses").click()
    expect(page.get_by_text("1 adresse placée", exact=False).first).to_be_visible()
    placement = page.url
    page.get_by_role("link", name="1 rue des Alizés").click()
    longitude = page.get_by_label("Longitude")
    expect(longitude).to_have_value("-30.0")
    marker = page.get_by_role("button", name="Repère de l’adresse")
    marker.focus()
    marker.press("ArrowRight")
    expect(longitude).not_to_have_value("-30.0")
    lead.check()
    page.get_by_role("button", name="Placer ici").click()
    expect(page.get_by_text("1 rue des Alizés est placée.")).to_be_visible()
    page.goto(placement)
    page.get_by_role("link", name="1 rue des Alizés").click()
    history = page.get_by_role("region", name="Positions précédentes").get_by_role("listitem")
    expect(history).to_have_count(2)
    # Back to the position of the placement, which can then be undone.
    history.first.get_by_role("button", name="Revenir à cette position").click()
    expect(page.get_by_text("a retrouvé sa position")).to_be_visible()
    page.goto(placement)
    page.get_by_role("button", name="Défaire").click()
    page.get_by_role("dialog").get_by_role("button", name="Défaire").click()
    expect(page.get_by_text("les positions d’avant sont revenues")).to_be_visible()
