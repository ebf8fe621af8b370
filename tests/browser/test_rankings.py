"""The list of places to watch with its ranking, told, not told and too young, on the phone and on the desk."""

import pytest
from playwright.sync_api import expect

from accounts.scope import system_scope
from classification.models import Ranking, RankingState
from tests.browser import axe
from tests.watching import watched

FIGURES = {"quarters": 14, "places": 40, "tried": 10, "ranking": 64, "counts": 15}


@pytest.fixture
def ranked(world):
    """A function that plants a ranking of landlord A."""

    def plant(state, sites=(), **figures):
        with system_scope("evaluation"):
            Ranking.objects.all().delete()
            Ranking.objects.create(
                landlord=world.a.landlord, as_of="2026-11-28", state=state, sites=list(sites),
                figures=FIGURES | figures, pairs=[[world.a.landlord.pk, world.commune.pk]],
            )  # fmt: skip

    return plant


def test_a_ranking_is_read_on_every_screen(world, sign_in, bridge, ranked):
    watched(world.a)
    sites = [
        {"residence": one.pk, "expected": 12.4, "year": 31} for one in (world.a.residence, world.a.other)
    ]
    page, client = bridge.page, sign_in(world.a.lead)
    for state, told, said in (
        (RankingState.BETTER, sites, "en moyenne 6,4 de ses 10 premiers sites"),
        (RankingState.NO_BETTER, (), "Rien n’est donc classé"),
        (RankingState.YOUNG, (), "40 sites avec des faits"),
    ):
        ranked(state, told)
        assert bridge.open(client, "/a-surveiller/") == 200
        section = page.get_by_role("region", name="Classement pour le trimestre à venir – Bailleur A")
        expect(section).to_contain_text(said)
        expect(section.get_by_role("row")).to_have_count(3 if told else 0)
        assert axe.problems(page, axe.DIAGONAL) == []
        bridge.leave()
