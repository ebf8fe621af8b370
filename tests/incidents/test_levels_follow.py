"""Whatever an import, its undoing or a placing by hand changes, the levels of all residences concerned follow at once."""

import datetime as dt

import pytest
import time_machine

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import Finding, SiteLevel
from incidents.identifiers import identifier
from incidents.models import Disruption, UnplacedFact
from incidents.unplaced import services
from sites.enums import ImportKind
from sites.match_key import match_key
from sites.models import Commune, Residence
from tests import factories as f
from tests.imports import csv_file, import_as_lead
from tests.undoing import undo_as_lead

FACTS = "identifiant;nature;jour;référence;adresse;code postal;longitude;latitude"
DISRUPTIONS = "identifiant;service;étendue;depuis le;référence;adresse"
OBSERVATIONS = "nature;fréquence;depuis le;confirmé le;référence;adresse"
_NOW = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _evaluated(world):
    with time_machine.travel(_NOW, tick=True):
        with system_scope("seeding"):
            Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
            Residence.objects.filter(pk=world.a.other.pk).update(reference="1002")
            Commune.objects.filter(pk=world.commune.pk).update(postcodes=["00100"])
        # The levels of the world are of the real day.
        _evaluate()
        yield


@pytest.fixture
def send(world):
    def run(kind, header, *rows, **options):
        return import_as_lead(
            csv_file(header, *rows), world.a.lead, world.a.landlord, kind=kind, **options
        ).run

    return run


def _evaluate():
    with system_scope("evaluation"):
        evaluate()


def _levels():
    with system_scope("seeding"):
        levels = SiteLevel.objects.values_list(
            "residence_id", "address_id", "level", "facts_level", "impact_level"
        )
        findings = Finding.objects.values_list(
            "residence_id", "address_id", "fact_type_id", "in_occasional", "observed"
        )
        return set(levels), set(findings)


@pytest.fixture
def followed():
    """A function that says that the levels are others than before, and those that a whole evaluation gives."""
    before = _levels()

    def check():
        nonlocal before
        now = _levels()
        assert now != before
        _evaluate()
        assert _levels() == now
        before = now

    return check


def test_a_fact_placed_by_hand_counts_at_once(world, send, followed):
    with system_scope("seeding"):
        home = f.AddressFactory(
            residence=world.a.residence, label="12 rue M", match_key=match_key("12 rue M"), longitude=2.39, latitude=48.84
        )  # fmt: skip
    _evaluate()
    send(ImportKind.INCIDENTS, FACTS, "n1;WEAPONS;2026-11-20;;;;2.3901;48.84")
    with acting_as(world.a.lead) as scope:
        assert services.place(scope, UnplacedFact.objects.get(external_id="n1"), home) == 1
    followed()


def test_both_residences_follow_a_fact_that_a_file_moves_and_the_undoing_moves_back(world, send, followed):
    send(ImportKind.INCIDENTS, FACTS, "m1;WEAPONS;2026-11-20;1001;;;;")
    followed()
    moved = send(
        ImportKind.INCIDENTS, FACTS, "m1;WEAPONS;2026-11-20;1002;;;;", answers={"fact_differs": "take"}
    )
    followed()
    undo_as_lead(moved, world.a.lead)
    followed()


def test_both_residences_follow_a_disruption_that_a_file_moves_and_the_undoing_moves_back(
    world, send, followed
):
    made = send(ImportKind.DISRUPTIONS, DISRUPTIONS, ";Ascenseur;totale;2026-11-01;1001;toute la résidence")
    followed()
    with system_scope("seeding"):
        known = identifier(Disruption.objects.get(import_run=made))
    row = f"{known};Ascenseur;totale;2026-11-01;1002;toute la résidence"
    moved = send(ImportKind.DISRUPTIONS, DISRUPTIONS, row, answers={"record_differs": "take"})
    followed()
    undo_as_lead(moved, world.a.lead)
    followed()


def test_an_observation_lapses_again_once_its_confirmation_is_undone(world, send, followed):
    row = "WEAPONS;quotidiens;2024-01-01;{};1002;toute la résidence"
    send(ImportKind.OBSERVATIONS, OBSERVATIONS, row.format("2024-01-02"))
    _evaluate()
    again = send(
        ImportKind.OBSERVATIONS, OBSERVATIONS, row.format("2026-11-20"), answers={"record_differs": "take"}
    )
    followed()
    undo_as_lead(again, world.a.lead)
    followed()
