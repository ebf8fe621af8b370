"""Close a residence on a phone: the level is asked about first, the page says it is closed, and it is undone."""

from django.urls import reverse
from playwright.sync_api import expect

from accounts.scope import system_scope
from classification.models import SiteLevel
from tests.browser import axe


def _agree(page) -> None:
    """Agree to the changes of level, and wait for the page that the answer leads to."""
    page.get_by_role("button", name="Enregistrer et changer les niveaux").click()
    expect(page.get_by_role("region", name="Historique")).to_be_visible()


def _is_classified(home) -> bool:
    with system_scope("seeding"):
        return SiteLevel.objects.filter(residence=home, address=None).exists()


def test_a_residence_is_closed_after_asking_and_opened_again_by_undoing(bridge, world, sign_in):
    page, home, client = bridge.page, world.a.residence, sign_in(world.a.lead)
    page.set_viewport_size({"width": 360, "height": 780})
    bridge.open(client, reverse("classification:residence", args=[home.pk]))
    page.get_by_role("link", name="Gérer").click()
    expect(page.get_by_role("region", name="Ce qui est enregistré")).to_be_visible()
    assert axe.problems_as_it_stands(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("region", name="Ce qui est enregistré").get_by_role("link", name="Fermer").click()
    page.get_by_label("Motif").fill("Démolie au printemps")
    page.get_by_role("button", name="Fermer", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("ne serait plus classée")
    assert axe.problems_as_it_stands(page) == []
    assert _is_classified(home)
    _agree(page)
    assert not _is_classified(home)
    bridge.open(client, reverse("sites:manage", args=[home.pk]))
    expect(page.get_by_role("note")).to_contain_text("Fermée depuis le")
    page.get_by_role("region", name="Historique").get_by_role("link", name="Défaire").click()
    page.get_by_role("button", name="Défaire").click()
    _agree(page)
    assert _is_classified(home)
