"""An import of facts is undone whole: the facts it recorded go, levels are as before, what changed since stays."""

import datetime as dt
import threading
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.models import SiteLevel
from core.jobs import JobError
from core.versions import version_of
from incidents.facts.services import Fact, cancel_incident, correct_incident, state_of
from incidents.models import FactType, Incident, Narrative
from sites.enums import ImportKind
from sites.imports.undo import services, tasks
from sites.models import ImportRun
from tests.factories import NarrativeFactory
from tests.flow import Told
from tests.imports import csv_file, import_as_lead
from tests.undoing import contents, undo_as_lead
from tests.waiting import hold_on, until_another_waits_for_this_transaction
from tests.world import plant

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


def test_a_fact_that_has_a_narrative_stays(world, facts):
    result = facts()
    with system_scope("seeding"):
        told = Incident.objects.filter(import_run=result.run).order_by("external_id")[0]
        NarrativeFactory(incident=told, text="Porte forcée")
    counts = undo_as_lead(result.run, world.a.lead)
    assert counts == {"removed": {"incidents_incident": 4}, "used": {"incidents_incident": 1}}
    with system_scope("seeding"):
        assert Narrative.objects.get(incident_id=told.pk).text == "Porte forcée"


def test_the_undoing_asked_for_by_somebody_who_leads_no_more_says_so(world, facts, monkeypatch):
    run = facts().run
    with acting_as(world.a.lead) as scope:
        assert services.ask(scope, ImportRun.objects.get(pk=run.pk), then=tasks.undo_import)
    told = []

    @contextmanager
    def running(job):
        try:
            yield Told()
        except JobError as error:
            told.append(str(error))
            raise

    monkeypatch.setattr(tasks, "running", running)
    tasks.undo_import(run.pk, world.b.lead.pk)
    assert told == [
        "La personne qui l’a demandé n’est plus référente de ce bailleur : rien n’a été enregistré."
    ]
    with system_scope("seeding"):
        assert Incident.objects.filter(import_run=run).count() == 5


@pytest.mark.parametrize("imported", ["created", "overwritten"])
def test_a_correction_under_way_while_the_import_is_undone_stays(committed_database, imported):
    side, corrected, errors = plant().a, threading.Event(), []
    with system_scope("seeding"):
        side.other.reference = "RA"
        side.other.save()
    day = timezone.localdate()

    def send(*rows):
        content = csv_file(HEADER, *rows)
        answers = {"fact_differs": "take"}
        return import_as_lead(
            content, side.lead, side.landlord, kind=ImportKind.INCIDENTS, answers=answers
        ).run

    run = send(f"F1;WEAPONS;{day};RA")
    if imported == "overwritten":
        run = send(f"F1;TAGS;{day};RA")

    def correct():
        try:
            with acting_as(side.lead) as scope:
                fact = Incident.objects.get(external_id="F1")
                said = Fact(place=fact.place, fact_type=FactType.objects.get(code="NOISE"), day=fact.day)
                correct_incident(
                    scope=scope, incident=fact, fact=said, version=version_of(fact, state_of(fact))
                )
                corrected.set()
                until_another_waits_for_this_transaction()
        except DatabaseError as error:
            errors.append(error)
        finally:
            corrected.set()
            connection.close()

    other = threading.Thread(target=correct)
    other.start()
    hold_on(corrected)
    counts = undo_as_lead(run, side.lead)
    other.join()
    assert (counts, errors) == ({"changed": {"incidents_incident": 1}}, [])
    with system_scope("seeding"):
        assert Incident.objects.get(external_id="F1").fact_type.code == "NOISE"
