"""Look at the aggregates of a plenary session as people open them: full, empty, withdrawn, on the phone and the desk."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.scope import acting_as, system_scope
from core.jobs import JobState
from partners.models import PlenaryRelease
from partners.plenary import services
from tests import plenary
from tests.browser import axe
from tests.campaigning import closed

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


def test_a_coordinator_reads_confirms_and_withdraws(world, sign_in, bridge, look):
    page, coordinator = bridge.page, sign_in(world.a.coordinator)
    town = plenary.town_of(world.a, world.commune)
    plenary.sites(town[0], world.commune, 2, in_priority_neighbourhood=True)
    closing = plenary.closing_of(world.a, town)
    bridge.open(coordinator, reverse("partners:plenary_releases"))
    expect(page.get_by_text("Rien n’a encore été diffusé")).to_be_visible()
    look()
    bridge.open(coordinator, reverse("classification:campaign", args=[closing.campaign_id]))
    page.get_by_role("link", name="Statistiques pour une séance").click()
    expect(page.get_by_role("heading", name="Sites par niveau")).to_be_visible()
    look()
    digest = page.locator("input[name=digest]").input_value()
    page.get_by_role("checkbox", name="J’ai relu ces tableaux").check()
    page.get_by_role("button", name="Diffuser ces statistiques").click()
    page.get_by_role("dialog").get_by_role("button", name="Diffuser ces statistiques").click()
    expect(page.get_by_text("Les statistiques attendent leur tour.")).to_be_visible()
    look()
    with system_scope("seeding"):
        asked = PlenaryRelease.objects.get()
    assert asked.digest == digest
    made = plenary.make(world.a, closing, asked.pk)
    bridge.open(coordinator, reverse("partners:plenary_release", args=[made.pk]))
    expect(page.get_by_text("peuvent être diffusées", exact=True)).to_be_visible()
    look()
    page.emulate_media(media="print")
    assert "CONFIDENTIEL" not in page.locator("body").inner_text()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Retirer").click()
    expect(page.get_by_role("button", name="Retirer")).to_be_visible()
    look()
    with acting_as(world.a.coordinator) as scope:
        services.withdraw(scope, made, reason="Faits placés à la mauvaise adresse.")
    bridge.open(sign_in(world.a.partner), reverse("partners:plenary_release", args=[made.pk]))
    expect(page.get_by_text("ne vous y fiez plus")).to_be_visible()
    look()
    bridge.leave()


def test_a_town_that_has_nothing_to_tell_and_a_job_that_failed(world, sign_in, bridge, look):
    coordinator = sign_in(world.a.coordinator)
    closing = closed(world.a)
    bridge.open(coordinator, reverse("partners:plenary_prepare", args=[closing.campaign_id]))
    expect(bridge.page.get_by_text("Rien ne peut être diffusé")).to_be_visible()
    expect(bridge.page.get_by_role("button", name="Diffuser ces statistiques")).to_have_count(0)
    look()
    failed = plenary.planted(world.b, JobState.FAILED)
    bridge.open(sign_in(world.b.coordinator), reverse("partners:plenary_release", args=[failed.pk]))
    expect(bridge.page.get_by_role("button", name="Abandonner cette demande")).to_be_visible()
    look()
    bridge.leave()
