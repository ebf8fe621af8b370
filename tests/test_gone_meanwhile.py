"""Who records at a place whose import is undone meanwhile is told so, and nothing is written."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry
from accounts.scope import acting_as, system_scope
from accounts.tokens.services import digest
from core.jobs import JobError, JobState, running
from incidents.facts.services import BY_FORM, Fact, record_incident
from incidents.models import FactType, Incident, Narrative
from sites.models import Address, ImportRun, Residence
from tests.imports import csv_file, import_as_lead, plant_communes
from tests.undoing import undo_as_lead
from tests.versions import opened
from tests.world import TOKEN, plant, signed_in

STOCK = csv_file("référence;résidence;adresse;code postal;commune", "U1;Un;1 rue des Essais;75012;Paris")


@pytest.fixture
def undone(committed_database, monkeypatch):
    """Import a residence that is undone once the place of a fact has been found; return the side and the address."""
    side = plant().a
    plant_communes()
    run = import_as_lead(STOCK, side.lead, side.landlord).run
    with system_scope("seeding"):
        address = Address.objects.get(residence__reference="U1")

    def undo():
        try:
            undo_as_lead(run, side.lead)
        finally:
            connection.close()

    def meanwhile(_key):
        other = threading.Thread(target=undo)
        other.start()
        other.join()

    monkeypatch.setattr("incidents.facts.services.one_at_a_time", meanwhile)
    return side, address


def _nothing_was_written(side):
    with system_scope("seeding"):
        assert not Residence.objects.filter(reference="U1").exists()
        assert not Incident.objects.filter(residence__reference="U1").exists()
        assert not Narrative.objects.filter(text="Cris").exists()
    with acting_as(side.lead):
        assert not AuditEntry.objects.filter(action="create", object_type="incidents.incident").exists()


def test_the_form_answers_that_its_place_is_gone_and_keeps_what_was_typed(undone, monkeypatch):
    side, address = undone
    client = signed_in(side.lead)
    client.raise_request_exception = False
    with system_scope("seeding"):
        noise = FactType.objects.get(code="NOISE").pk
    answers = {
        "token": "0e6ee0b2-1f0e-4c8a-8f6e-3c3c3c3c3c3c", "place": f"a{address.pk}", "fact_type": str(noise),
        "day": timezone.localdate().isoformat(), "source": "staff", "narrative": "Cris",
    }  # fmt: skip
    answer = client.post(reverse("incidents:create"), answers)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert answer.headers["Cache-Control"] == "no-store"
    assert '<h1 class="h2">Supprimé entre-temps</h1>' in page
    assert all(f'name="{name}" value="{value}"' in page for name, value in answers.items())
    _nothing_was_written(side)
    monkeypatch.undo()
    again = client.post(reverse("incidents:create"), answers)
    assert (again.status_code, set(again.context["form"].errors)) == (422, {"place"})
    assert list(again.context["messages"]) == []


def test_the_page_speaks_the_language_of_the_person(undone):
    side, address = undone
    with system_scope("seeding"):
        side.lead.language = "en"
        side.lead.save()
        noise = FactType.objects.get(code="NOISE").pk
    client = signed_in(side.lead)
    client.raise_request_exception = False
    answers = {"token": "0e6ee0b2-1f0e-4c8a-8f6e-3c3c3c3c3c3c", "place": f"a{address.pk}", "source": "staff"}
    answers |= {"fact_type": str(noise), "day": timezone.localdate().isoformat()}
    page = client.post(reverse("incidents:create"), answers).content.decode()
    assert '<h1 class="h2">Deleted in the meantime</h1>' in page


def test_what_was_said_to_be_recorded_is_not_when_the_commit_fails(committed_database, monkeypatch):
    """Most foreign keys are looked at when the transaction ends, after the page has been made."""
    side = plant().a
    monkeypatch.setattr(
        "incidents.facts.services.records_changed",
        lambda *_residences, **_since: Incident.objects.filter(pk=side.incidents[0].pk).update(
            import_run=2**40
        ),
    )
    client = signed_in(side.lead)
    client.raise_request_exception = False
    url = reverse("incidents:cancel", args=[side.incidents[0].pk])
    answer = client.post(url, {"reason": "Doublon"} | opened(client, url))
    assert answer.status_code == 409
    with system_scope("seeding"):
        assert Incident.objects.get(pk=side.incidents[0].pk).cancelled_at is None
    assert list(client.get(reverse("incidents:list")).context["messages"]) == []


def test_a_program_is_told_in_a_problem_document(undone):
    side, address = undone
    with system_scope("seeding"):
        ApiToken.objects.create(
            organisation=side.landlord, name="essai", rights=["write", "read", "narratives"], digest=digest(TOKEN), created_by=side.lead,
            expires_on=timezone.localdate() + timezone.timedelta(1),
        )  # fmt: skip
    body = {"external_id": "x-1", "fact_type": "NOISE", "residence": "U1", "address": address.label}
    body |= {"day": timezone.localdate().isoformat(), "narrative": "Cris"}
    answer = Client(headers={"Authorization": f"Bearer {TOKEN}"}).post(
        "/api/v1/incidents/", body, content_type="application/json"
    )
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank", "title": "Conflict", "status": 409,
        "detail": "Ce sur quoi portait cet envoi vient d’être supprimé, par exemple parce qu’un import a été annulé.",
    }  # fmt: skip
    _nothing_was_written(side)


def test_a_job_says_that_what_it_was_about_is_gone(undone):
    side, address = undone
    with system_scope("seeding"):
        run = ImportRun.objects.create(kind="incidents", profile="generic", filename="essai.csv")

    def work():
        with running(run), acting_as(side.lead) as scope:
            noise = FactType.objects.get(code="NOISE")
            fact = Fact(place=address, fact_type=noise, day=timezone.localdate(), narrative="Cris")
            record_incident(scope=scope, fact=fact, external_source=BY_FORM, external_id="once")

    with pytest.raises(JobError):
        work()
    with system_scope("jobs"):
        run = ImportRun.objects.get(pk=run.pk)
    said = (
        "Ce sur quoi portait ce travail a été supprimé entre-temps, par exemple parce qu’un import a été annulé ;"
        " rien n’a été enregistré. Recommencez."
    )
    assert (run.state, run.problem) == (JobState.FAILED, said)
    _nothing_was_written(side)
