"""Each page of a campaign, in each of its states, is accessible on the phone and on the desk, by day and by night."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from tests.browser import axe
from tests.campaigning import asked, closed, drafted, opened, proposed
from tests.deciding import decides, residence_at


def _look(bridge, client, name: str, *args, query: str = "") -> list[str]:
    path = reverse(f"classification:{name}", args=args) + query
    assert bridge.open(client, path) == 200
    found = [f"{path} {problem}" for problem in axe.problems(bridge.page, axe.DIAGONAL)]
    bridge.leave()
    return found


def test_every_page_of_a_campaign(world, sign_in, bridge):
    coordinator, lead = sign_in(world.a.coordinator), sign_in(world.a.lead)
    wrong = _look(bridge, coordinator, "campaigns") + _look(bridge, lead, "campaigns")
    wrong += _look(bridge, coordinator, "campaign_create", world.a.territory.pk)
    for level in (1, 2, 3, 4):
        decides(
            world.a.lead, residence_at(world.a.landlord, world.commune, level, name=f"Les Tilleuls {level}")
        )
    first = opened(world.a, as_of=timezone.localdate() - dt.timedelta(1), name="Diagnostic d’été")
    closed(world.a, first)
    draft = drafted(world.a, name="Diagnostic d’automne")
    wrong += _look(bridge, coordinator, "campaign", draft.pk) + _look(
        bridge, coordinator, "campaign_edit", draft.pk
    )
    wrong += _look(bridge, coordinator, "campaign", first.pk) + _look(bridge, lead, "campaign", first.pk)
    wrong += _look(bridge, coordinator, "campaign_correct", first.pk)
    running = opened(world.a, name="Diagnostic d’hiver")
    wrong += _look(bridge, coordinator, "campaign", running.pk) + _look(
        bridge, lead, "campaign_queue", running.pk
    )
    proposed(running)
    wrong += _look(bridge, coordinator, "campaigns") + _look(bridge, lead, "campaign", running.pk)
    wrong += _look(bridge, coordinator, "campaign", running.pk)
    wrong += _look(bridge, lead, "campaign_queue", running.pk)
    wrong += _look(bridge, lead, "campaign_queue", running.pk, query="?etat=retenus")
    wrong += _look(bridge, coordinator, "campaign_deadline", running.pk)
    wrong += _look(bridge, coordinator, "campaign_cancel", running.pk)
    asked(world.a, running)
    wrong += _look(bridge, coordinator, "campaign", running.pk)
    wrong += _look(bridge, coordinator, "campaign_comparison", running.pk)
    wrong += _look(bridge, lead, "campaign_comparison", running.pk, query="?mouvement=partis&tri=nom")
    wrong += _look(bridge, lead, "campaign_comparison", first.pk)
    assert wrong == []


def test_the_numbers_of_a_comparison_are_in_sight_on_a_desk(world, sign_in, bridge):
    residence_at(world.a.landlord, world.commune, 3, name="Les Tilleuls")
    closed(world.a, opened(world.a, as_of=timezone.localdate() - dt.timedelta(1), name="Diagnostic d’été"))
    residence_at(world.a.landlord, world.commune, 1, name="Les Ormes")
    running = opened(world.a, name="Diagnostic d’hiver")
    proposed(running)
    client, page = sign_in(world.a.coordinator), bridge.page
    for width in (1024, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        bridge.open(client, reverse("classification:campaign_comparison", args=[running.pk]))
        rows = page.locator(".flow-rows")
        assert rows.evaluate("shown => shown.scrollWidth - shown.clientWidth") <= 0, width
    bridge.leave()
