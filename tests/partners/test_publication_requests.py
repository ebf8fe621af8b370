"""A publication is made by a worker, of one moment; until it is complete nobody sees anything of it."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.scope import acting_as, system_scope
from core.jobs import LATE, JobError, JobState, Progress
from incidents.facts.services import Fact, record_incident
from incidents.models import FactType
from partners import snapshot
from partners.models import Publication, PublicationRequest, PublishedSite, SynthesisNote
from partners.notes.services import request_note
from partners.publications import freezing
from partners.publications.services import (
    abandon_publication,
    publish,
    request_publication,
    retry_publication,
)
from partners.publications.tasks import make_publication
from tests import factories as f
from tests.sharing import journal, publication_of, today
from tests.world import plant


@pytest.fixture
def committed(committed_database):
    """The planted world where what is written stays written, and a task is done at once after the commit."""
    return plant()


def _asked(side) -> PublicationRequest:
    with acting_as(side.coordinator) as scope:
        request, is_new = request_publication(scope, circle=side.circle, as_of=today())
    assert is_new
    return request


def _stored(request: PublicationRequest) -> PublicationRequest:
    with system_scope("jobs"):
        return PublicationRequest.objects.get(pk=request.pk)


def _sites() -> dict[str, int]:
    with system_scope("seeding"):
        return dict(PublishedSite.objects.values_list("name", "level"))


def test_a_worker_gives_what_was_asked_for_and_both_are_journaled(committed):
    request = _stored(_asked(committed.a))
    with system_scope("seeding"):
        publication = Publication.objects.get()
    assert (request.state, request.error, request.publication_id) == (JobState.DONE, "", publication.pk)
    assert (request.progress_done, request.progress_total) == (16, 16)
    assert (publication.as_of, publication.published_by_id) == (today(), committed.a.coordinator.pk)
    assert request.created_at <= publication.published_at <= request.finished_at
    assert _sites() == {"Résidence A": 3, "Résidence A bis": 1}
    assert journal(committed.a.coordinator) == [
        ("create", "partners.publicationrequest", committed.a.town.pk),
        ("publish", "partners.publication", committed.a.town.pk),
        ("publish", "partners.publication", committed.a.landlord.pk),
    ]
    make_publication(request.pk, committed.a.coordinator.pk)
    with system_scope("seeding"):
        assert list(Publication.objects.all()) == [publication]
    assert _stored(request).finished_at == request.finished_at


def _meanwhile(work) -> None:
    """Have another connection do ``work`` and commit."""

    def run() -> None:
        work()
        connections.close_all()

    other = threading.Thread(target=run)
    other.start()
    other.join()


def _isolation() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        return cursor.fetchone()[0]


def _between(monkeypatch, name: str, world, work) -> list[str]:
    """Have ``work`` done before the statements of ``snapshot.<name>``; return the isolation levels met there."""
    real, met = getattr(snapshot, name), []

    def changed(*args):
        if not met:
            _meanwhile(work)
        # A scope that nests is a savepoint of the same transaction.
        with system_scope("evaluation"):
            met.append(_isolation())
        return real(*args)

    monkeypatch.setattr(snapshot, name, changed)
    return met


def _recording(world):
    """Return what records a fact of level 3 at the quiet residence."""

    def record() -> None:
        with acting_as(world.a.lead) as scope:
            violence = FactType.objects.get(code="URBAN_VIOLENCE")
            record_incident(scope=scope, fact=Fact(place=world.a.other, fact_type=violence, day=today()))

    return record


def _adding(world):
    def add() -> None:
        with system_scope("seeding"):
            f.AddressFactory(residence=world.a.residence, label="99 rue Neuve")

    return add


@pytest.mark.parametrize(
    ("name", "meanwhile"), [("findings_by_residence", _recording), ("_addresses", _adding)]
)
def test_a_publication_is_of_one_moment(committed, monkeypatch, name, meanwhile):
    met = _between(monkeypatch, name, committed, meanwhile(committed))
    assert _stored(_asked(committed.a)).state == JobState.DONE
    assert met == ["repeatable read"]
    with system_scope("seeding"):
        sites = list(PublishedSite.objects.order_by("name"))
    assert [
        (site.name, site.facts_level, max([found["level"] for found in site.findings], default=1))
        for site in sites
    ] == [("Résidence A", 3, 3), ("Résidence A bis", 1, 1)]
    assert [address["label"] for site in sites for address in site.addresses] == ["1 rue A", "2 rue A"]


@pytest.mark.parametrize(
    ("name", "meanwhile"), [("findings_by_residence", _recording), ("_addresses", _adding)]
)
def test_a_note_is_of_one_moment(committed, monkeypatch, name, meanwhile):
    met = _between(monkeypatch, name, committed, meanwhile(committed))
    with acting_as(committed.a.coordinator) as scope:
        request_note(scope, territory=committed.a.territory, as_of=today())
    assert met == ["repeatable read"]
    with acting_as(committed.a.coordinator):
        note = SynthesisNote.objects.get()
    assert note.state == JobState.DONE
    levels = {row["level"]: (row["sites"], row["addresses"]) for row in note.content["figures"]["levels"]}
    assert levels == {4: (0, 0), 3: (1, 1), 2: (0, 0), 1: (1, 1)}


def test_what_is_to_be_still_does_not_begin_inside_another_transaction(world):
    with (
        acting_as(world.a.coordinator),
        pytest.raises(RuntimeError, match="needs a transaction of its own"),
        acting_as(world.a.coordinator, still=True),
    ):
        pytest.fail("It has read already.")


def test_nobody_sees_anything_of_it_before_it_is_complete(committed, monkeypatch):
    """Looked at from another connection while its sites are written."""
    seen = []
    real = freezing.write_entry

    def look() -> None:
        for person in (committed.a.coordinator, committed.a.partner, committed.a.lead):
            with acting_as(person):
                seen.append((Publication.objects.count(), PublishedSite.objects.count()))

    def late(*args, **details):
        _meanwhile(look)
        real(*args, **details)

    monkeypatch.setattr(freezing, "write_entry", late)
    _asked(committed.a)
    assert seen == [(0, 0)] * 3
    look()
    assert seen[3:] == [(1, 2)] * 3


def test_only_coordinators_of_the_territory_see_that_one_is_asked_for(world):
    _asked(world.a)
    with system_scope("seeding"):
        colleague = f.MembershipFactory(organisation=world.a.town, role="coordinator").user
    for person, number in (
        (world.a.coordinator, 1), (colleague, 1), (world.a.partner, 0), (world.a.lead, 0), (world.b.coordinator, 0),
        (world.admin, 0), (world.dpo, 0),
    ):  # fmt: skip
        with acting_as(person):
            assert PublicationRequest.objects.count() == number


@pytest.mark.unsent
def test_a_failure_leaves_nothing_and_says_why_and_can_be_tried_again(committed, monkeypatch):
    def broken(scope, state):
        message = "plus de place sur le disque"
        raise OSError(message)

    with monkeypatch.context() as patch:
        patch.setattr(freezing, "give", broken)
        request = _stored(_asked(committed.a))
    assert (request.state, _sites()) == (JobState.FAILED, {})
    assert "rien n’en a été enregistré" in request.problem
    assert "disque" not in request.error
    with acting_as(committed.a.coordinator) as scope:
        retry_publication(scope, PublicationRequest.objects.get())
    assert (_stored(request).state, len(_sites())) == (JobState.DONE, 2)


def test_a_worker_that_dies_once_it_is_given_leaves_it_done(committed, monkeypatch):
    def die(_progress) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Progress, "check_done", die)
        with pytest.raises(SystemExit):
            _asked(committed.a)
    with acting_as(committed.a.coordinator) as scope:
        request = PublicationRequest.objects.get()
        assert (request.state, request.publication.as_of) == (JobState.DONE, today())
        retry_publication(scope, request)
        make_publication(request.pk, committed.a.coordinator.pk)
        assert Publication.objects.count() == 1
        assert PublicationRequest.objects.get().state == JobState.DONE


@pytest.mark.unsent
def test_a_day_the_circle_was_given_meanwhile_is_not_given_again(committed, monkeypatch):
    real = freezing.give

    def give_first() -> None:
        with acting_as(committed.a.coordinator) as scope:
            real(scope, freezing.state_of(committed.a.circle, today()))

    def late(scope, state):
        _meanwhile(give_first)
        return real(scope, state)

    monkeypatch.setattr(freezing, "give", late)
    request = _stored(_asked(committed.a))
    assert (request.state, request.publication) == (JobState.FAILED, None)
    assert request.problem == "Cette cellule a déjà reçu les niveaux de ce jour."


@pytest.mark.unsent
@pytest.mark.parametrize("meanwhile", ["role ended", "account closed"])
def test_one_of_somebody_who_coordinates_no_more_fails_and_says_so(committed, monkeypatch, meanwhile):
    """Also where the account is closed while the levels are frozen."""
    with system_scope("seeding"):
        request = PublicationRequest.objects.create(
            circle=committed.a.circle, territory=committed.a.territory, as_of=today()
        )
        if meanwhile == "role ended":
            committed.a.coordinator.memberships.update(ends_on=today())
    frozen = freezing.state_of

    def state_of(*given):
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(_close, committed.a.coordinator).result()
        return frozen(*given)

    monkeypatch.setattr(freezing, "state_of", state_of)
    with pytest.raises(JobError, match="ne coordonne plus ce territoire"):
        make_publication(request.pk, committed.a.coordinator.pk)
    assert (_stored(request).state, _sites()) == (JobState.FAILED, {})


def _close(person) -> None:
    with system_scope("seeding"):
        User.objects.filter(pk=person.pk).update(is_active=False)
    connection.close()


def _client(user) -> Client:
    client = Client()
    with system_scope("seeding"):
        client.force_login(user)
    return client


def test_the_page_leads_from_the_request_to_what_was_published(committed):
    coordinator = _client(committed.a.coordinator)
    answer = coordinator.post(reverse("partners:publish", args=[committed.a.circle.pk]), {"as_of": today()})
    with system_scope("seeding"):
        request, publication = PublicationRequest.objects.get(), Publication.objects.get()
    asked = reverse("partners:publication_request", args=[request.pk])
    page = reverse("partners:publication", args=[publication.pk])
    assert answer.headers["Location"] == asked
    assert coordinator.get(asked).headers["Location"] == page
    polled = coordinator.get(asked, headers={"hx-request": "true"})
    assert (polled.status_code, polled.headers["HX-Redirect"]) == (200, page)
    assert "Les niveaux sont publiés à la cellule" in coordinator.get(page).text


def test_a_day_is_asked_for_once_whoever_clicks(
    world, sign_in, monkeypatch, django_capture_on_commit_callbacks
):
    queued = []
    monkeypatch.setattr(make_publication, "apply_async", lambda ids, **_: queued.append(ids))
    with system_scope("seeding"):
        colleague = f.MembershipFactory(organisation=world.a.town, role="coordinator").user
    url = reverse("partners:publish", args=[world.a.circle.pk])
    with django_capture_on_commit_callbacks(execute=True):
        answers = [
            sign_in(person).post(url, {"as_of": today()}, follow=True)
            for person in (world.a.coordinator, world.a.coordinator, colleague)
        ]
    with system_scope("seeding"):
        request = PublicationRequest.objects.get()
    page = reverse("partners:publication_request", args=[request.pk])
    assert [answer.redirect_chain for answer in answers] == [[(page, 302)]] * 3
    assert ["déjà demandée" in answer.text for answer in answers] == [False, True, True]
    assert all("La publication attend son tour." in answer.text for answer in answers)
    assert queued == [[request.pk, world.a.coordinator.pk]]
    assert journal(colleague) == []


def test_its_circle_leads_to_one_under_way_and_forgets_it_once_done(world, sign_in):
    request = _asked(world.a)
    link = reverse("partners:publication_request", args=[request.pk])
    circle = reverse("partners:circle", args=[world.a.circle.pk])
    coordinator = sign_in(world.a.coordinator)
    assert (link in coordinator.get(circle).text, "publication en cours" in coordinator.get(circle).text) == (
        True, True
    )  # fmt: skip
    assert link not in sign_in(world.a.partner).get(circle).text
    with system_scope("seeding"):
        PublicationRequest.objects.update(state=JobState.FAILED)
    assert "la publication a échoué" in coordinator.get(circle).text
    with system_scope("seeding"):
        given = publication_of(world.a)
        PublicationRequest.objects.update(state=JobState.DONE, publication=given)
    assert link not in coordinator.get(circle).text


def test_one_that_waits_too_long_says_so_and_can_be_asked_for_again(
    world, sign_in, monkeypatch, django_capture_on_commit_callbacks
):
    request, queued = _asked(world.a), []
    monkeypatch.setattr(make_publication, "apply_async", lambda ids, **_: queued.append(ids))
    url = reverse("partners:publication_request", args=[request.pk])
    retry = reverse("partners:publication_request_retry", args=[request.pk])
    page = sign_in(world.a.coordinator).get(url).text
    assert ("attend son tour" in page, 'hx-trigger="every 1s"' in page, retry in page) == (True, True, False)
    with time_machine.travel(timezone.now() + LATE + dt.timedelta(seconds=5)):
        late = sign_in(world.a.coordinator)
        page = late.get(url).text
        assert ("depuis plus de dix minutes" in page, 'hx-trigger="every 1s"' in page, retry in page) == (
            True, False, True
        )  # fmt: skip
        with django_capture_on_commit_callbacks(execute=True):
            late.post(retry)
        assert "attend son tour" in late.get(url).text
    assert queued == [[request.pk, world.a.coordinator.pk, "http://testserver"]]
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=world.a.town, role="dpo").user
    with acting_as(officer):
        entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.object_id) == ("update", str(request.pk))
    assert entry.detail == {"circle": world.a.circle.pk, "as_of": today().isoformat(), "retried": True}


def _abandon(client, request):
    page = reverse("partners:publication_request", args=[request.pk])
    url = reverse("partners:publication_request_abandon", args=[request.pk])
    offered = url in client.get(page).text
    return offered, client.post(url)


def test_one_that_failed_can_be_abandoned_and_the_day_asked_for_anew(world, sign_in):
    request, client = _asked(world.a), sign_in(world.a.coordinator)
    with acting_as(world.a.coordinator):
        PublicationRequest.objects.update(state=JobState.FAILED)
    offered, answer = _abandon(client, request)
    assert (offered, answer.status_code) == (True, 302)
    assert answer.url == reverse("partners:circle", args=[world.a.circle.pk])
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=world.a.town, role="dpo").user
    with acting_as(officer):
        entry = AuditEntry.objects.filter(object_id=str(request.pk)).latest("id")
    assert (entry.action, entry.detail) == (
        "cancel", {"circle": world.a.circle.pk, "as_of": today().isoformat()},
    )  # fmt: skip
    make_publication(request.pk, world.a.coordinator.pk)
    assert _asked(world.a).pk != request.pk


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.DONE])
def test_one_that_is_under_way_or_done_cannot_be_abandoned(world, sign_in, state):
    request, client = _asked(world.a), sign_in(world.a.coordinator)
    with acting_as(world.a.coordinator) as scope:
        if state == JobState.DONE:
            made = publish(scope, circle=world.a.circle, as_of=today())
            PublicationRequest.objects.update(state=state, publication=made)
    offered, answer = _abandon(client, request)
    assert (offered, answer.status_code) == (False, 302)
    assert answer.url == reverse("partners:publication_request", args=[request.pk])
    assert _stored(request).state == state


def test_one_that_a_worker_takes_up_meanwhile_is_not_abandoned(world):
    request = _asked(world.a)
    with acting_as(world.a.coordinator) as scope:
        PublicationRequest.objects.update(state=JobState.RUNNING)
        assert abandon_publication(scope, request) is False
        assert AuditEntry.objects.filter(object_id=str(request.pk), action="cancel").count() == 0
    assert _stored(request).state == JobState.RUNNING


def test_one_that_was_interrupted_shows_it(world, sign_in):
    request = _asked(world.a)
    with system_scope("seeding"):
        PublicationRequest.objects.update(state=JobState.RUNNING)
    page = sign_in(world.a.coordinator).get(reverse("partners:publication_request", args=[request.pk])).text
    assert "Le travail s’est interrompu ; rien n’en a été enregistré." in page
    assert "Relancer" in page


def test_publishing_at_once_is_one_transaction(world, monkeypatch):
    def broken(*args, **details):
        raise OSError

    monkeypatch.setattr(freezing, "write_entry", broken)
    with acting_as(world.a.coordinator) as scope, pytest.raises(OSError), transaction.atomic():  # noqa: PT011
        publish(scope, circle=world.a.circle, as_of=today())
    assert _sites() == {}
