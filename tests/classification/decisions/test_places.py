"""What becomes of decisions when the places that they are about are undone, split, merged or moved."""

import pytest
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from core.versions import version_of
from sites.models import Address, Residence
from sites.upkeep import merging, moving, services
from sites.upkeep.acts import state_of_residence
from sites.upkeep.ledger import ChangedSinceError
from tests import factories as f
from tests.deciding import decides, decision_now, residence_at, site_of
from tests.imports import csv_file, import_as_operator, plant_communes
from tests.sites.test_undo_stock import FIRST, HEADER, stock
from tests.undoing import undo_as_lead, undo_as_operator

WHY = "La rue voisine compte davantage que le hall."
SECOND = "B;U2;Deux;5 rue des Essais;75012;Paris;8;;"
ONE_STAYS = {"sites_address": 1, "sites_residence": 1}


def _called(reference) -> Residence:
    with system_scope("seeding"):
        residence = Residence.objects.get(reference=reference)
    evaluate([residence.pk])
    return residence


def test_a_residence_that_was_decided_about_stays_at_the_undoing_of_its_import(world):
    plant_communes()
    imported = stock(world, FIRST, SECOND)
    decides(world.a.lead, _called("U1"))
    assert undo_as_lead(imported.run, world.a.lead) == {"removed": ONE_STAYS, "used": ONE_STAYS}


def test_it_stays_at_the_undoing_of_an_import_of_the_operator(world):
    plant_communes()
    rows = (row.replace("B;", f"{world.a.landlord.name};", 1) for row in (FIRST, SECOND))
    imported = import_as_operator(csv_file(HEADER, *rows), "generic")
    decides(world.a.lead, _called("U1"))
    assert undo_as_operator(imported.run) == {"removed": ONE_STAYS, "used": ONE_STAYS}


def test_a_split_is_not_undone_over_a_decision_which_is_named_by_its_residence(world):
    plant_communes()
    stock(world, SECOND, SECOND.replace("5 rue", "7 rue"))
    held = _called("U2")
    with acting_as(world.a.lead) as lead:
        split = moving.split_residence(
            lead, residence=held, addresses=[Address.objects.get(label="7 rue des Essais")], name="Moitié",
            reference="U3", version=version_of(held, state_of_residence(held)),
        )  # fmt: skip
    decides(world.a.lead, _called("U3"))
    with acting_as(world.a.lead) as lead, pytest.raises(ChangedSinceError, match="Moitié – 1"):
        services.undo(lead, change=split)


def test_a_merged_residence_is_decided_about_anew_when_it_comes_back(world):
    one = residence_at(world.a.landlord, world.commune, 3, name="Une")
    two = residence_at(world.a.landlord, world.commune, 3, name="Deux")
    gone, stays = decides(world.a.lead, one, 4, WHY), decides(world.a.lead, two, 4, WHY)
    with acting_as(world.a.lead) as lead:
        shown = version_of(one, state_of_residence(one))
        merged = merging.merge_residences(lead, residence=one, into=two, version=shown, dwellings=None)
    ended = decision_now(gone)
    assert (ended.ending, ended.lapsed_level, ended.ended_on) == ("lapsed", None, timezone.localdate())
    assert decision_now(stays).ended_on is None
    with acting_as(world.a.lead) as lead:
        services.undo(lead, change=merged)
    assert (site_of(one).retained, site_of(two).retained) == (None, 4)
    decides(world.a.lead, one, 4, WHY)


def test_a_decision_follows_its_residence_into_another_commune(world):
    residence = residence_at(world.a.landlord, world.commune, 3)
    former = decides(world.a.lead, residence, 2, WHY)
    standing = decides(world.a.lead, residence, 4, WHY)
    with system_scope("seeding"):
        other = f.CommuneFactory()
    with acting_as(world.a.lead):
        Residence.objects.filter(pk=residence.pk).update(commune=other)
    evaluate([residence.pk])
    assert {decision_now(one).commune_id for one in (former, standing)} == {other.pk}
    assert (site_of(residence).retained, decision_now(standing).ended_on) == (4, None)
