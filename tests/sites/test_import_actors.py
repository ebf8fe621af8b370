"""An import is done once, in the name of whoever asked for it, wherever others stand meanwhile."""

import datetime as dt
from contextlib import nullcontext

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, Membership, User
from accounts.scope import acting_as, load_user, system_scope
from core.jobs import JobError, JobState
from incidents.models import Incident
from sites.imports import steps, tasks
from sites.imports.mapping.services import note_columns
from sites.models import ImportFile, ImportRun
from tests import factories as f
from tests.flow import OWN_FACTS, OWN_STOCK, Told, stored
from tests.imports import csv_file


@pytest.fixture
def colleague(world):
    with system_scope("seeding"):
        return f.MembershipFactory(organisation=world.a.landlord, role=Role.LEAD).user


@pytest.fixture
def worked(monkeypatch):
    """The worker's task, whose progress is written on no connection of its own."""
    monkeypatch.setattr(tasks, "running", lambda job: nullcontext(Told()))
    monkeypatch.setattr(tasks, "give_up_if_lost_again", lambda run, told: None)
    return tasks.run_import


def test_two_clicks_start_one_import(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    with acting_as(flow.person) as scope:
        run = ImportRun.objects.get(pk=flow.pk)
        assert steps.start_import(scope, run, answers={}, then=tasks.run_import) is True
        assert steps.start_import(scope, run, answers={}, then=tasks.run_import) is False
        assert steps.abandon(scope, run) is False


def test_columns_said_after_the_import_was_asked_for_change_nothing(flow):
    flow.send(csv_file(OWN_FACTS, "F2;Tag;19/11/2025;1001;;;"))
    flow.columns()
    flow.words()
    with acting_as(flow.person) as scope:
        late = ImportRun.objects.get(pk=flow.pk)
        flow.client.post(flow.url("start"), {})
        mapping = {**late.mapping, "columns": {}}
        assert not note_columns(scope, late, mapping=mapping)
    assert flow.run.mapping["columns"] != {}


def test_an_import_is_done_in_the_name_of_whoever_asked_for_it(flow, world, sign_in, colleague, worked):
    flow.send(csv_file(OWN_FACTS, f"F2;Tag;19/11/2025;{world.a.residence.reference};;;"))
    flow.columns()
    flow.words()
    sign_in(colleague).post(flow.url("start"), {})
    worked(flow.pk)
    with system_scope("seeding"):
        recorded = Incident.objects.filter(import_run=flow.pk)
        assert list(recorded.values_list("reported_by")) == [(colleague.pk,)]
    assert (flow.run.created_by_id, flow.run.actor_id) == (world.a.lead.pk, colleague.pk)


def test_differences_taken_over_are_signed_by_whoever_asked_for_the_import(
    flow, world, sign_in, colleague, worked
):
    day = timezone.localdate() - dt.timedelta(3)
    for kind in ("Tag", "Tapage"):
        flow.send(csv_file(OWN_FACTS, f"F2;{kind};{day:%d/%m/%Y};{world.a.residence.reference};;;"))
        flow.columns()
        if kind == "Tag":
            flow.words()
            flow.start()
    flow.words()
    sign_in(colleague).post(flow.url("start"), {"fact_differs": "take"})
    worked(flow.pk)
    with system_scope("seeding"):
        fact = Incident.objects.get(external_id="F2")
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(object_type="sites.importrun", object_id=str(flow.pk))
        assert list(
            entries.filter(action="update", detail={"facts": 1}).values_list("actor_id", "detail")
        ) == [(colleague.pk, {"facts": 1})]
    assert (fact.reported_by_id, fact.changed_by_id) == (world.a.lead.pk, colleague.pk)


def test_an_import_asked_for_by_somebody_who_leads_no_more_says_so_and_is_forgotten(
    flow, sign_in, colleague, worked
):
    flow.send(csv_file(OWN_FACTS, "F2;Tag;19/11/2025;1001;;;"))
    flow.columns()
    flow.words()
    sign_in(colleague).post(flow.url("start"), {})
    with system_scope("seeding"):
        membership = Membership.objects.filter(user=colleague)
        membership.update(starts_on=dt.date(2020, 1, 1), ends_on=timezone.localdate() - dt.timedelta(1))
    with pytest.raises(JobError, match="n’est plus référente"):
        tasks._perform(flow.pk, colleague, Told())
    worked(flow.pk)
    assert stored(ImportFile, "pk") == []
    assert stored(Incident, "import_run").count((flow.pk,)) == 0


def test_an_import_asked_for_from_an_account_closed_since_is_not_done(
    flow, sign_in, colleague, worked, world
):
    flow.send(csv_file(OWN_FACTS, f"F2;Tag;19/11/2025;{world.a.residence.reference};;;", "F3;Tag;hier;;;;"))
    flow.columns()
    flow.words()
    sign_in(colleague).post(flow.url("start"), {})
    with system_scope("seeding"):
        User.objects.filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(JobError, match="n’est plus référente"):
        tasks._perform(flow.pk, load_user(colleague.pk), Told())
    worked(flow.pk)
    assert stored(Incident, "import_run").count((flow.pk,)) == 0
    # What its preview told of the file is forgotten with it.
    assert (stored(ImportFile, "pk"), flow.run.report, flow.run.questions) == ([], None, [])


def test_a_message_that_comes_again_after_its_import_was_abandoned_does_nothing(flow, worked):
    flow.send(csv_file(OWN_STOCK, "1;A;1 rue X;75012;Paris;3"))
    flow.client.post(flow.url("abandon"))
    worked(flow.pk)
    assert stored(ImportRun, "pk") == []


def test_an_import_that_is_being_undone_is_not_imported_again(flow, worked):
    flow.send(csv_file(OWN_STOCK, "1;A;1 rue X;75012;Paris;3"))
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=flow.pk).update(stage="undo", state=JobState.QUEUED)
    worked(flow.pk)
    assert (flow.run.stage, flow.run.state) == ("undo", JobState.QUEUED)
    assert stored(ImportFile, "run_id") == [(flow.pk,)]


def test_a_person_has_so_many_files_waiting_and_no_more(flow, settings):
    settings.IMPORT_FILES_WAITING = 2
    content = csv_file(OWN_STOCK, "P1;Les Essais;1 rue des Essais;75012;Paris;24")
    flow.through(content)
    flow.send(content)
    flow.columns()
    flow.send(content)
    sent = {"organisation": flow.landlord.pk, "file": SimpleUploadedFile("outil.csv", content)}
    refused = flow.client.post(reverse("sites:import_create"), sent)
    assert refused.status_code == 422
    assert (
        "2 de vos fichiers attendent déjà, le plus qui se puisse : importez-les ou abandonnez-les."
        f' <a href="{reverse("sites:imports")}">Voir les imports</a>' in refused.text
    )
    assert len(stored(ImportRun, "pk")) == 3
    flow.client.post(flow.url("abandon"))
    flow.send(content)
    assert len(stored(ImportRun, "pk")) == 3


def test_a_page_opened_before_the_import_went_on_leads_to_where_it_is(flow):
    flow.send(csv_file(OWN_STOCK, "P1;Nom;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    flow.start()
    before = flow.run.counts
    for name in ("start", "abandon", "reading", "columns", "words"):
        answer = flow.client.post(flow.url(name), {"header_row": 1}, follow=True)
        assert answer.redirect_chain[-1][0] == flow.url("detail"), name
        told = [str(message) for message in answer.context["messages"]]
        assert told == ["Cet import a avancé depuis l’ouverture de la page : voici où il en est."], name
    for name in ("columns", "words"):
        assert flow.client.get(flow.url(name)).headers["Location"] == flow.url("detail"), name
    assert (flow.run.stage, flow.run.state, flow.run.counts) == ("import", JobState.DONE, before)


def test_an_import_that_somebody_else_started_meanwhile_is_not_started_twice(flow, monkeypatch):
    flow.send(csv_file(OWN_STOCK, "P1;Nom;1 rue des Essais;75012;Paris;24"))
    flow.columns()
    # Both pages find the run waiting; the other one is quicker.
    monkeypatch.setattr(steps, "_go_on", lambda *_args, **_options: False)
    answer = flow.client.post(flow.url("start"), follow=True)
    assert "voici où il en est" in answer.text
    assert flow.run.stage == "preview"
