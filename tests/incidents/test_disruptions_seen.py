"""A disruption that an agent enters counts at once, and is marked until a security lead has seen it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import level_of
from core.versions import version_of
from incidents.models import Disruption
from incidents.ongoing import services as ongoing
from incidents.ongoing.correcting import cancel, correct, restore
from incidents.ongoing.seeing import mark_seen
from incidents.ongoing.states import STATED, state_of
from tests import factories as f

LIST = reverse("incidents:disruptions")
SEE = reverse("incidents:see_disruptions")
HOME = reverse("classification:home")


def _enter(person, place, **stated):
    with acting_as(person) as scope:
        values = {"service": "lift", "extent": "total", "starts_on": timezone.localdate()} | stated
        return ongoing.record_disruption(scope=scope, place=place, **values)


@pytest.fixture
def place(world):
    """An address of a quiet residence, without any record."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Calme")
        return f.AddressFactory(residence=residence)


@pytest.fixture
def unseen(world, place):
    return _enter(world.a.agent, place)


def _mark(record):
    with system_scope("seeding"):
        now = Disruption.objects.get(pk=record.pk)
    return (now.seen_at is not None, now.seen_by_id)


def _shown(*records):
    """What the list sends of the chosen disruptions, each as it shows it."""
    with system_scope("seeding"):
        held = [Disruption.objects.get(pk=record.pk) for record in records]
        versions = {f"version-{one.pk}": version_of(one, state_of(one)) for one in held}
    return {"disruption": [one.pk for one in held]} | versions


def _correct(person, record, **changed):
    with acting_as(person) as scope:
        record = Disruption.objects.get(pk=record.pk)
        stated = {name: getattr(record, name) for name in STATED[Disruption]} | changed
        version = version_of(record, state_of(record))
        return correct(scope=scope, record=record, place=record.place, version=version, **stated)


def test_what_an_agent_enters_counts_at_once_and_awaits_the_lead(world, place, unseen):
    with system_scope("evaluation"):
        assert level_of(place.residence_id, None) == 4
    assert (_mark(unseen), _mark(_enter(world.a.lead, place, recurs_daily=True))) == (
        (False, None),
        (True, world.a.lead.pk),
    )


def test_the_lead_marks_it_on_its_page(world, sign_in, unseen):
    page = reverse("incidents:disruption", args=[unseen.pk])
    agent, lead = sign_in(world.a.agent), sign_in(world.a.lead)
    assert ["À voir :" in client.get(page).text for client in (agent, lead)] == [True, True]
    assert [f'action="{SEE}"' in client.get(page).text for client in (agent, lead)] == [False, True]
    shown = lead.post(SEE, _shown(unseen) | {"next": page}, follow=True)
    assert (shown.redirect_chain, _mark(unseen)) == ([(page, 302)], (True, world.a.lead.pk))
    assert ("À voir :" in shown.text, "Vue par le référent sûreté" in shown.text) == (False, True)


def test_the_lead_marks_the_chosen_ones_of_the_list_alone(world, sign_in, place, unseen):
    other, seen = (
        _enter(world.a.agent, place, service="lighting"),
        _enter(world.a.lead, place, recurs_daily=True),
    )
    client = sign_in(world.a.lead)
    listed = f"{LIST}?par_page=50"
    page = client.get(listed)
    boxes = [f'name="disruption" value="{one.pk}" form="see"' for one in (unseen, other, seen)]
    assert [page.text.count(box) for box in boxes] == [1, 1, 0]
    assert f'name="next" value="{listed}"' in page.text
    done = client.post(SEE, _shown(unseen) | {"next": listed}, follow=True)
    assert (done.redirect_chain, _mark(unseen)[0], _mark(other)[0]) == ([(listed, 302)], True, False)
    none = client.post(SEE, {"next": listed}, follow=True)
    assert ("Cochez au moins une perturbation" in none.text, _mark(other)[0]) == (True, False)
    client.post(SEE, _shown(other))
    assert 'name="disruption"' not in client.get(LIST).text
    assert 'data-label="Choisir"' not in client.get(LIST).text


def test_the_lead_marks_those_of_the_list_at_once(world, sign_in, place, unseen):
    other, seen = (
        _enter(world.a.agent, place, service="lighting"),
        _enter(world.a.lead, place, recurs_daily=True),
    )
    client = sign_in(world.a.lead)
    shown = client.get(LIST, {"state": "unseen"})
    assert sorted(shown.context["shown_to_see"]) == sorted([unseen.pk, other.pk])
    links = [
        f'href="{reverse("incidents:disruption", args=[record.pk])}"' for record in (unseen, other, seen)
    ]
    assert [link in shown.text for link in links] == [True, True, False]
    assert (client.get(HOME).context["found"].to_see.total, client.get(LIST).context["to_see"]) == (2, 2)
    before = _mark(seen)
    client.post(SEE, _shown(unseen, other, seen))
    assert (_mark(unseen)[0], _mark(other)[0], _mark(seen)) == (True, True, before)
    assert client.get(HOME).context["found"].to_see.total == 0
    empty = client.get(LIST, {"state": "unseen"})
    assert empty.context["table"].paginator.count == 0
    assert ("Tout est vu" in empty.text, "Rien ne correspond" in empty.text) == (True, False)
    assert "Rien ne correspond" in client.get(LIST, {"place": "licorne"}).text


def test_each_mark_is_an_entry_of_the_journal_and_a_second_one_is_none(world, unseen):
    with acting_as(world.a.lead) as scope:
        assert mark_seen(scope=scope, disruptions=[unseen.pk]) == 1
        assert mark_seen(scope=scope, disruptions=[unseen.pk]) == 0
        entries = AuditEntry.objects.filter(object_type="incidents.disruption", object_id=str(unseen.pk))
        told = [(e.action, e.actor_id, e.detail.get("seen", False)) for e in entries.order_by("at")]
    assert told == [("create", world.a.agent.pk, False), ("update", world.a.lead.pk, True)]


def test_nobody_marks_what_they_do_not_lead(world, unseen):
    with system_scope("seeding"):
        foreign = f.DisruptionFactory(address=world.b.address, seen_at=None)
    for person in (world.a.agent, world.a.coordinator, world.b.lead, world.admin):
        with acting_as(person) as scope:
            assert mark_seen(scope=scope, disruptions=[unseen.pk]) == 0
    with acting_as(world.a.lead) as scope:
        assert mark_seen(scope=scope, disruptions=[foreign.pk]) == 0
    assert (_mark(unseen), _mark(foreign)) == ((False, None), (False, None))


def test_ids_that_are_none_mark_nothing(world, sign_in, unseen):
    answer = sign_in(world.a.lead).post(SEE, {"disruption": ["", "x", "²", "9" * 30, "-1"]})
    assert (answer.status_code, _mark(unseen)) == (302, (False, None))


def test_what_an_agent_corrects_is_to_be_seen_again_and_what_the_lead_corrects_is_seen(world, unseen):
    with acting_as(world.a.lead) as scope:
        mark_seen(scope=scope, disruptions=[unseen.pk])
    assert _correct(world.a.agent, unseen, extent="partial")
    assert _mark(unseen) == (False, None)
    assert _correct(world.a.lead, unseen, extent="limited")
    assert _mark(unseen) == (True, world.a.lead.pk)


def test_an_end_and_a_cancellation_taken_back_leave_the_mark(world, unseen):
    with acting_as(world.a.lead) as scope:
        mark_seen(scope=scope, disruptions=[unseen.pk])
    with acting_as(world.a.agent) as scope:
        ongoing.end_disruption(scope=scope, disruption=unseen, on=timezone.localdate())
        cancel(scope=scope, record=unseen, reason="Erreur")
        restore(scope=scope, record=unseen)
    assert _mark(unseen) == (True, world.a.lead.pk)


def test_what_is_cancelled_is_not_to_be_seen(world, sign_in, unseen):
    with acting_as(world.a.agent) as scope:
        cancel(scope=scope, record=unseen, reason="Erreur")
    client = sign_in(world.a.lead)
    assert client.get(HOME).context["found"].to_see.total == 0
    empty = client.get(LIST, {"state": "unseen"})
    assert empty.context["table"].paginator.count == 0
    assert ("Tout est vu" in empty.text, "Rien ne correspond" in empty.text) == (True, False)
    assert "Rien ne correspond" in client.get(LIST, {"place": "licorne"}).text


def test_the_mark_is_on_the_list_and_on_the_page_of_the_residence(world, sign_in, place, unseen):
    client = sign_in(world.a.lead)
    residence = reverse("classification:residence", args=[place.residence_id])
    link = f'href="{reverse("incidents:disruption", args=[unseen.pk])}">à voir par le référent sûreté'
    assert (link in client.get(residence).text, ">à voir<" in client.get(LIST).text) == (True, True)
    client.post(SEE, _shown(unseen))
    assert (link in client.get(residence).text, ">à voir<" in client.get(LIST).text) == (False, False)


def test_a_disruption_that_ended_long_ago_may_still_be_seen(world, place):
    ago = timezone.localdate() - dt.timedelta(300)
    ended = _enter(world.a.agent, place, starts_on=ago, ends_on=ago)
    with acting_as(world.a.lead) as scope:
        assert mark_seen(scope=scope, disruptions=[ended.pk]) == 1
