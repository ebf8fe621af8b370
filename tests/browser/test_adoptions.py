"""Each page of the adoption of a grid, in each of its states, is accessible on the phone and on the desk, by day and by night."""

from django.urls import reverse

from accounts.scope import acting_as
from classification.grids import adopting
from core.opaque import written
from tests.browser import axe
from tests.governing import adopted, answered, grid, proposed


def _look(bridge, client, name: str, *args, query: str = "") -> list[str]:
    path = reverse(f"classification:{name}", args=args) + query
    assert bridge.open(client, path) == 200
    found = [f"{path} {problem}" for problem in axe.problems(bridge.page, axe.DIAGONAL)]
    bridge.leave()
    return found


def test_every_page_of_an_adoption(world, sign_in, bridge):
    coordinator, lead, partner = (
        sign_in(who) for who in (world.a.coordinator, world.a.lead, world.a.partner)
    )
    wrong = _look(bridge, coordinator, "adoption_create", world.a.territory.pk, query="?c12=2&o3=6")
    local = grid({"2.1": 2}, name="Brumeval 2026")
    wrong += _look(bridge, coordinator, "simulator", query="?c12=2")
    wrong += _look(bridge, coordinator, "grid_version", local.pk)
    wrong += _look(
        bridge,
        coordinator,
        "adoption_create",
        world.a.territory.pk,
        query=f"?grille={written('grid', local.pk)}",
    )
    refused = proposed(world.a, local, in_days=3)
    answered(world.c.lead, world.c.landlord, refused, accepts=False)
    first = proposed(world.a, in_days=5)
    wrong += _look(bridge, lead, "home") + _look(bridge, lead, "adoption", first.pk)
    wrong += _look(bridge, lead, "adoption_answer", first.pk)
    wrong += _look(bridge, coordinator, "adoption", first.pk) + _look(
        bridge, coordinator, "adoption_withdraw", first.pk
    )
    for side in (world.a, world.c, world.d):
        answered(side.lead, side.landlord, first)
    wrong += _look(bridge, coordinator, "adoption", first.pk) + _look(
        bridge, lead, "grid_version", first.grid_version_id
    )
    with acting_as(world.a.coordinator) as scope:
        adopting.withdraw(scope, first, reason="Un autre jour convient mieux.")
    adopted(world.b)
    for client in (coordinator, lead, partner):
        wrong += _look(bridge, client, "grid_versions")
    wrong += _look(bridge, coordinator, "adoption", refused.pk)
    assert wrong == []
