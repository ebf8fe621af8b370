"""Test the accessibility of states that the demonstration does not show: empty, in progress, failed."""

import pytest
from django.db import OperationalError
from django.urls import reverse

from accounts.enums import OrganisationKind, Role
from accounts.scope import system_scope
from core.jobs import JobState
from partners.models import PublicationRequest, SynthesisNote
from sites.models import ImportRun
from tests import factories as f
from tests.browser import axe
from tests.imports import csv_file, import_as_lead
from tests.sharing import draft_of, today

EMPTY = {
    Role.AGENT: ["incidents:create", "incidents:list", "incidents:observations"],
    Role.LEAD: [
        "home", "classification:residences", "classification:map", "incidents:list", "sites:imports",
        "sites:to_place", "sites:agreements", "partners:publications", "partners:notes",
    ],
    Role.COORDINATOR: ["home", "classification:residences", "partners:circles", "partners:notes"],
    Role.PARTNER: ["home", "partners:notes"],
    Role.DPO: ["accounts:journal"],
}  # fmt: skip


@pytest.fixture
def look(bridge):
    """Return a function that opens a path and says what is wrong in any look of it."""

    def at(client, path: str, status: int = 200) -> list[str]:
        assert bridge.open(client, path) == status
        found = [f"{path} {problem}" for problem in axe.problems(bridge.page, axe.DIAGONAL)]
        bridge.leave()
        if status >= 400:
            bridge.wrongs.expect(status)
        return found

    return at


@pytest.mark.parametrize("role", EMPTY)
def test_nothing_yet(role, db, sign_in, look):
    municipal = role in {Role.COORDINATOR, Role.PARTNER}
    kind = OrganisationKind.MUNICIPALITY if municipal else OrganisationKind.LANDLORD
    with system_scope("seeding"):
        newcomer = f.MembershipFactory(role=role, organisation=f.OrganisationFactory(kind=kind)).user
        if role == Role.COORDINATOR:
            f.TerritoryFactory(organisation=newcomer.memberships.get().organisation)
    client = sign_in(newcomer)
    assert [problem for name in EMPTY[role] for problem in look(client, _path(client, name))] == []


def _path(client, name: str) -> str:
    path = reverse(name)
    answer = client.get(path)
    return answer.headers["Location"] if answer.status_code == 302 else path


def _import(world, **values) -> int:
    with system_scope("seeding"):
        run = ImportRun.objects.create(
            organisation=world.a.landlord, kind="stock", profile="generic", filename="essai.csv", **values
        )
    return run.pk


def _rejected(world) -> int:
    rows = [f"F{n:03d};Divers;2024-03-14;{n} rue X" for n in range(3)]
    content = csv_file("identifiant;nature;jour;adresse", *rows)
    run = import_as_lead(content, world.a.lead, world.a.landlord, kind="incidents").run
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=run.pk).update(state=JobState.DONE)
    return run.pk


_ASKED = {
    "state": JobState.DONE,
    "stage": "preview",
    "counts": {"asked": {"residence_renamed": 2}, "imported": {"new_residence": 1}},
    "analysis": {"examples": {"asked": {"residence_renamed": [[2, "R1 · 1 rue X"], [3, "R1 · 1 rue X"]]}}},
    "questions": [{
        "kind": "residence_renamed", "rows": 2,
        "examples": [{"lines": [2, 3], "subject": "R1", "file": "Les Épreuves", "known": "Les Essais"}],
    }],
}  # fmt: skip
IMPORTS = {
    "waiting": _import,
    "under way": lambda world: _import(world, state=JobState.RUNNING, progress_done=1, progress_total=3),
    "previewed, with a question": lambda world: _import(world, **_ASKED),
    "failed": lambda world: _import(world, state=JobState.FAILED, error="Le fichier est abîmé"),
    "rejected": _rejected,
}


@pytest.mark.parametrize("state", IMPORTS)
def test_an_import(state, world, sign_in, look):
    path = reverse("sites:import_detail", args=[IMPORTS[state](world)])
    assert look(sign_in(world.a.lead), path) == []


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.FAILED, JobState.DONE])
def test_a_note(state, world, sign_in, look):
    if state == JobState.DONE:
        note = draft_of(world.a)
    else:
        with system_scope("seeding"):
            note = SynthesisNote.objects.create(
                territory=world.a.territory, as_of=today(), state=state, error="Sans place"
            )
    assert look(sign_in(world.a.coordinator), reverse("partners:note", args=[note.pk])) == []


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.FAILED])
def test_a_publication(state, world, sign_in, look):
    with system_scope("seeding"):
        asked = PublicationRequest.objects.create(
            circle=world.a.circle, territory=world.a.territory, as_of=today(), state=state, error="Sans place"
        )
    coordinator = sign_in(world.a.coordinator)
    assert look(coordinator, reverse("partners:publication_request", args=[asked.pk])) == []
    assert look(coordinator, reverse("partners:circle", args=[world.a.circle.pk])) == []


def test_not_there_and_not_yours(world, sign_in, look):
    client = sign_in(world.a.lead)
    foreign = reverse("classification:residence", args=[world.b.residence.pk])
    assert look(client, "/nulle-part/", 404) + look(client, foreign, 404) == []
    assert look(client, reverse("accounts:organisations"), 403) == []


@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (ValueError, 500)])
def test_out_of_order(error, status, world, sign_in, look, monkeypatch):
    client = sign_in(world.a.lead)
    client.raise_request_exception = False

    def broken(*args, **kwargs):
        raise error

    monkeypatch.setattr("classification.residence.views.get_object_or_404", broken)
    path = reverse("classification:residence", args=[world.a.residence.pk])
    assert look(client, path, status) == []
