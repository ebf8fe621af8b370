"""Two campaigns compared say of each site what the publications of the same days say: one rule of silence and reserve."""

import datetime as dt

from accounts.scope import acting_as, system_scope
from classification.campaigns.comparison import Move, changes
from classification.engine.services import evaluate
from classification.models import Closing
from partners.publications.evolution import compared
from tests import factories as f
from tests.campaigning import closed, opened
from tests.deciding import decides, residence_at
from tests.sharing import publication_of, today

THEN = dt.timedelta(80)


def _planted(world) -> None:
    """Sites that rose, fell, fell silent, stayed, and one whose fall a disruption nobody has seen leaves in doubt."""
    residence_at(world.a.landlord, world.commune, 3, name="En hausse")
    made = []
    for name, doubt, recent in (
        ("Muette", False, False),
        ("En baisse", False, True),
        ("Réserve", True, True),
    ):
        with system_scope("seeding"):
            residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name=name)
            door = f.AddressFactory(residence=residence)
            for back in range(8):
                f.IncidentFactory(
                    address=door, code="PETTY_DEALING", day=today() - dt.timedelta(92 + 3 * back)
                )
            if recent:
                f.IncidentFactory(address=door, code="LITTERING", day=today())
            if doubt:
                f.DisruptionFactory(address=door, extent="partial", seen_at=None, starts_on=today())
        made.append(residence.pk)
    evaluate(made)


def test_campaigns_and_publications_of_the_same_days_tell_the_same_moves(world):
    _planted(world)
    first = publication_of(world.a, as_of=today() - THEN)
    one = closed(world.a, opened(world.a, as_of=today() - THEN, deadline=today(), name="Avant"))
    decides(world.a.lead, world.a.residence, 2, "Vu sur place.")
    second = publication_of(world.a)
    other = closed(world.a, opened(world.a, name="Après"))
    with acting_as(world.a.coordinator):
        told = dict(compared(second.sites.all(), first).values_list("name", "change"))
        sides = [Closing.objects.select_related("campaign__grid_version").get(pk=c.pk) for c in (one, other)]
        found = {change.site.name: change.move for change in changes(*sides)}
    assert {Move.UP, Move.DOWN, Move.UNHEARD, Move.SAME} == set(found.values())
    assert {name: _way(change) for name, change in told.items()} == found


def _way(change: int | None) -> Move:
    if change is None:
        return Move.UNHEARD
    if change == 0:
        return Move.SAME
    return Move.UP if change > 0 else Move.DOWN
