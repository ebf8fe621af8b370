"""An import of facts is undone whole: the facts it recorded go, levels are as before, what changed since stays."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.models import SiteLevel
from core.versions import version_of
from incidents.facts.services import Fact, cancel_incident, correct_incident, state_of
from incidents.models import FactType, Incident
from sites.enums import ImportKind
from tests.imports import csv_file, import_as_lead
from tests.undoing import contents, undo_as_lead

HEADER = "identifiant;nature;jour;référence résidence"


@pytest.fixture
def facts(world):
    with system_scope("seeding"):
        world.a.other.reference = "RA"
        world.a.other.save()
    today = timezone.localdate()
    rows = [f"F{n};WEAPONS;{today - dt.timedelta(n)};RA" for n in range(5)]
    return lambda: import_as_lead(
        csv_file(HEADER, *rows), world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS
    )


def level(world):
    with system_scope("evaluation"):
        return SiteLevel.objects.get(residence=world.a.other, address=None).level


def test_after_the_undoing_every_table_is_as_before_and_so_are_the_levels(world, facts):
    before, low = contents(), level(world)
    result = facts()
    assert level(world) > low
    assert undo_as_lead(result.run, world.a.lead) == {"removed": {"incidents_incident": 5}}
    assert contents() == before
    assert level(world) == low


def test_facts_that_somebody_corrected_or_cancelled_since_stay(world, facts):
    result = facts()
    with acting_as(world.a.lead) as scope:
        first, second = Incident.objects.filter(import_run=result.run).order_by("external_id")[:2]
        state = state_of(first)
        corrected = Fact(place=first.place, fact_type=FactType.objects.get(code="NOISE"), day=first.day)
        correct_incident(scope=scope, incident=first, fact=corrected, version=version_of(first, state))
        cancel_incident(scope=scope, incident=second, reason="Doublon")
    counts = undo_as_lead(result.run, world.a.lead)
    assert counts == {"removed": {"incidents_incident": 3}, "changed": {"incidents_incident": 2}}
    with system_scope("seeding"):
        left = Incident.objects.filter(external_id__startswith="F").order_by("external_id")
        assert list(left.values_list("external_id", flat=True)) == ["F0", "F1"]


def test_the_file_of_an_undone_import_goes_in_again(world, facts):
    undo_as_lead(facts().run, world.a.lead)
    assert facts().counts == {"imported": {"by_reference": 5}}
