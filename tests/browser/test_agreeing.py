"""Follow in the browser what people agree to: a role, a mandate with its charter, and the communes of an agreement."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.scope import system_scope
from sites.models import AgreementTerms
from tests.browser import axe


@pytest.fixture
def look(bridge):
    """Return a function that fails on what axe finds on the page as it stands."""

    def at() -> None:
        assert axe.problems_as_it_stands(bridge.page) == [], bridge.page.url

    return at


def test_from_an_invitation_by_way_of_the_charter_into_the_circle(world, sign_in, bridge, look):
    coordinator, invited, page = sign_in(world.a.coordinator), sign_in(world.b.partner), bridge.page
    bridge.open(coordinator, reverse("partners:charter", args=[world.a.territory.pk]))
    look()
    page.get_by_role("link", name="Écrire la charte").click()
    text = page.get_by_label("Texte de la charte")
    text.fill("Article 1\nCe qui se dit ici y reste.\n\nArticle 2\nAucun nom.")
    expect(text).to_have_value(re.compile("Aucun nom"))
    look()
    page.get_by_role("button", name="Mettre en vigueur").click()
    expect(page.get_by_text("Version 1")).to_be_visible()
    look()
    bridge.open(coordinator, reverse("partners:mandate_create", args=[world.a.circle.pk]))
    page.get_by_label("Adresse e-mail").fill(world.b.partner.email)
    page.get_by_label("Nom et fonction").fill("Capitaine, commissariat B")
    page.get_by_label("Organisme").select_option(label=f"{world.b.police} (Police nationale)")
    expect(page.get_by_label("Nom et fonction")).to_have_value("Capitaine, commissariat B")
    look()
    page.get_by_role("button", name="Inviter").click()
    expect(page.get_by_text("Invitation en attente de réponse")).to_be_visible()
    expect(page.get_by_text("Capitaine, commissariat B").first).to_be_visible()
    look()
    bridge.open(invited, reverse("partners:circle", args=[world.b.circle.pk]))
    look()
    page.get_by_role("button", name=re.compile("Accepter")).click()
    page.get_by_role("link", name=re.compile("Lire et accepter")).click()
    expect(page.get_by_text("Ce qui se dit ici y reste.")).to_be_visible()
    look()
    page.get_by_role("button", name="J’ai lu la charte et je l’accepte").click()
    expect(page.get_by_role("link", name="Cellule A")).to_be_visible()
    bridge.open(coordinator, reverse("partners:circle", args=[world.a.circle.pk]))
    expect(page.get_by_text(world.b.partner.full_name).first).to_be_visible()
    bridge.leave()


def test_a_role_of_the_administrator_waits_for_the_lead_and_then_for_its_person(world, sign_in, bridge, look):
    page, today = bridge.page, reverse("classification:home")
    bridge.open(sign_in(world.admin), reverse("accounts:add_membership", args=[world.stranger.pk]))
    page.get_by_label("Organisme").select_option(label=str(world.a.landlord))
    page.get_by_label("Rôle").select_option(label="Référent sûreté")
    page.get_by_role("button", name="Proposer").click()
    expect(page.get_by_text("doit la donner")).to_be_visible()
    look()
    bridge.open(sign_in(world.a.lead), today)
    page.get_by_role("button", name=re.compile("Confirmer Sans rattachement")).click()
    expect(page.get_by_text("La proposition est confirmée")).to_be_visible()
    bridge.open(sign_in(world.stranger), reverse("accounts:offers"))
    page.get_by_role("button", name=re.compile("Accepter")).click()
    expect(page.get_by_text("Vous êtes désormais référent sûreté")).to_be_visible()
    bridge.leave()


def test_a_landlord_says_what_it_shares_where_a_territory_grew(world, sign_in, bridge, look):
    page, lead = bridge.page, sign_in(world.d.lead)
    bridge.open(lead, reverse("sites:agreement", args=[world.d.agreement.pk]))
    look()
    page.get_by_role("button", name="Partager les communes cochées").click()
    expect(page.get_by_role("link", name="Modifier les communes")).to_be_visible()
    page.get_by_role("link", name="Modifier les communes").click()
    page.get_by_label(re.compile("Ajoutée")).uncheck()
    expect(page.get_by_label(re.compile("Ajoutée"))).not_to_be_checked()
    look()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Les communes partagées sont enregistrées.")).to_be_visible()
    bridge.leave()
    with system_scope("seeding"):
        last = AgreementTerms.objects.filter(agreement=world.d.agreement).latest("pk")
    assert last.communes == [world.commune.pk]
