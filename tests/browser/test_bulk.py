"""Test in a browser that a lead cancels chosen facts together, after seeing what changes, and undoes it."""

from playwright.sync_api import expect

from accounts.enums import Role


def test_chosen_facts_are_cancelled_together_and_given_back(visitor):
    lead = visitor(Role.LEAD)
    page = lead.go("/faits/?residence=&fact_type=&page=1")
    boxes = page.locator("input[name=fact]")
    shown = boxes.count()
    page.get_by_role("button", name="Tout cocher").click()
    expect(page.locator("input[name=fact]:checked")).to_have_count(shown)
    page.get_by_role("button", name="Tout cocher").click()
    # A tick is no filter: the list is not asked for again, which would take the ticks away.
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type == "xhr" else None)
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Traiter les faits cochés").click()
    expect(page.get_by_label("Motif")).to_be_hidden()
    assert asked == []
    page.get_by_label("Déplacer").check()
    expect(page.get_by_label("Chercher une adresse ou une résidence")).to_be_visible()
    page.get_by_label("Annuler", exact=True).check()
    page.get_by_label("Motif").fill("Fichier importé deux fois")
    expect(page.get_by_label("Motif")).to_have_value("Fichier importé deux fois")
    lead.check()
    page.get_by_role("button", name="Voir ce qui change").click()
    expect(page.get_by_text("2 faits seront annulés")).to_be_visible()
    lead.check()
    page.get_by_role("button", name="Modifier").click()
    expect(page.get_by_label("Motif")).to_have_value("Fichier importé deux fois")
    page.get_by_role("button", name="Voir ce qui change").click()
    page.get_by_role("button", name="Annuler ces faits").click()
    expect(page.get_by_role("heading", name="2 faits annulés ensemble")).to_be_visible()
    lead.check()
    page.get_by_role("link", name="Défaire l’acte").click()
    expect(page.get_by_text("2 faits reviendront à leur état d’avant l’acte.")).to_be_visible()
    page.get_by_role("button", name="Défaire l’acte").click()
    expect(page.get_by_text("rendu à son état d’avant")).to_have_count(2)
