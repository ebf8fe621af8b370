"""Test the page on which a person resolves two concurrent corrections of a fact, with and without scripts."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.scope import acting_as, system_scope
from core.versions import version_of
from incidents.facts.services import Fact, correct_incident, state_of
from incidents.models import Incident
from tests.browser import axe
from tests.browser.bridge import Bridge

TYPED = "Vitre du hall brisée"


def _meanwhile(world) -> None:
    with acting_as(world.a.agent) as scope:
        incident = Incident.objects.get(pk=world.a.incidents[0].pk)
        version = version_of(incident, state_of(incident))
        fact = Fact(
            place=world.a.address, fact_type=incident.fact_type, day=incident.day - dt.timedelta(3),
            place_kind="roof", narrative="Porte de cave forcée,\nserrure arrachée.", complaint_filed=True,
        )  # fmt: skip
        assert correct_incident(scope=scope, incident=incident, fact=fact, version=version)


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def conflict(request, world, sign_in, browser):
    """The page of a conflict on a lead's phone, after an agent's change."""
    context = browser.new_context(
        locale="fr-FR", timezone_id="Europe/Paris", service_workers="block",
        java_script_enabled=request.param, viewport={"width": 390, "height": 780},
    )  # fmt: skip
    bridge = Bridge(context.new_page())
    page = bridge.page
    bridge.open(sign_in(world.a.lead), reverse("incidents:edit", args=[world.a.incidents[0].pk]))
    page.get_by_label("Précisions").fill(TYPED)
    _meanwhile(world)
    page.get_by_role("button", name="Enregistrer la correction").click()
    expect(page.get_by_role("heading", name="Modifié entre-temps")).to_be_visible()
    yield page
    context.close()


def _stored(world) -> dict:
    with system_scope("seeding"):
        return state_of(Incident.objects.get(pk=world.a.incidents[0].pk))


def test_a_conflict_is_shown_field_by_field_and_decided_with_the_keyboard(conflict, world):
    page, before = conflict, world.a.incidents[0]
    expect(page.get_by_role("alert").first).to_contain_text(f"{world.a.agent.full_name} a enregistré")
    day = page.get_by_role("group", name="Jour")
    expect(day.get_by_label("Ce qui est enregistré maintenant")).to_be_checked()
    told = page.get_by_role("group", name="Précisions")
    expect(told.get_by_label("Ce que vous avez saisi")).to_be_checked()
    expect(told).to_contain_text("Changé des deux côtés.")
    told.get_by_label("Ce que vous avez saisi").focus()
    page.keyboard.press("ArrowDown")
    expect(told.get_by_label("Ce qui est enregistré maintenant")).to_be_checked()
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Enregistrer ce choix").press("Enter")
    expect(page.get_by_text("Fait corrigé.")).to_be_visible()
    now = _stored(world)
    assert (now["day"], now["narrative"], now["place_kind"]) == (before.day - dt.timedelta(3), TYPED, "roof")


def test_typing_goes_on_with_what_was_chosen(conflict, world):
    page = conflict
    page.get_by_role("button", name="Reprendre la saisie").click()
    expect(page.get_by_label("Précisions")).to_have_value(TYPED)
    expect(page.get_by_label("Lieu précis")).to_have_value("roof")
    page.get_by_label("Précisions").fill("Vitre remplacée")
    page.get_by_role("button", name="Enregistrer la correction").click()
    expect(page.get_by_text("Fait corrigé.")).to_be_visible()
    assert _stored(world)["narrative"] == "Vitre remplacée"


def test_what_is_recorded_can_be_left(conflict, world):
    page = conflict
    page.get_by_role("link", name="Laisser ce qui est enregistré").click()
    expect(page.get_by_text("serrure arrachée")).to_be_visible()
    assert _stored(world)["narrative"] == "Porte de cave forcée,\nserrure arrachée."


@pytest.mark.parametrize("conflict", [True], indirect=True, ids=["script"])
def test_a_conflict_is_accessible_at_every_width(conflict):
    assert axe.problems(conflict, axe.MATRICES[0]) == []
