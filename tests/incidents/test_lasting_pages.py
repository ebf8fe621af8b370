"""The pages of one disruption or standing observation: read, corrected, cancelled, taken back, and in the lists."""

import datetime as dt
import html
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from incidents.models import Disruption, FactType, StandingObservation
from incidents.ongoing.correcting import cancel
from incidents.ongoing.states import state_of
from tests import factories as f
from tests.agreeing import agreed
from tests.versions import opened, planted

NAMES = ["disruption", "observation"]
MODELS = {"disruption": Disruption, "observation": StandingObservation}
REASON = "Saisie sur la mauvaise adresse"


def _text(answer):
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).replace("\xa0", " ").replace("\u202f", " ")
    return " ".join(plain.split())


@pytest.fixture
def record(world, request):
    """A record of side A that its lead entered, of a residence that has no other."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Calme")
        address = f.AddressFactory(residence=residence)
        return _plant(request.param, address, created_by=world.a.lead)


def _plant(name, address, **values):
    start = timezone.localdate() - dt.timedelta(3)
    if name == "disruption":
        return f.DisruptionFactory(address=address, extent="total", starts_on=start, **values)
    kind = FactType.objects.filter(gravity=4).first()
    made = f.StandingObservationFactory(address=address, since=start, fact_type=kind, **values)
    f.ConfirmationFactory(observation=made, day=timezone.localdate())
    return made


def _name(record):
    return "disruption" if isinstance(record, Disruption) else "observation"


def _page(record, act=""):
    return reverse(f"incidents:{act}{_name(record)}", args=[record.pk])


def _answers(record, **changed):
    if isinstance(record, Disruption):
        said = {"service": record.service, "extent": record.extent, "starts_on": record.starts_on.isoformat()}
    else:
        said = {
            "fact_type": record.fact_type_id,
            "frequency": record.frequency,
            "since": record.since.isoformat(),
        }
    return said | {"place": f"a{record.address_id}"} | changed


def _lower(record):
    return {"extent": "limited"} if isinstance(record, Disruption) else {"frequency": 1}


def _stored(record):
    with system_scope("seeding"):
        return type(record).objects.get(pk=record.pk)


@pytest.mark.parametrize("record", NAMES, indirect=True)
def test_a_correction_says_how_the_level_moves_and_its_history_is_shown(world, sign_in, record):
    client = sign_in(world.a.lead)
    with acting_as(world.a.lead):
        from classification.engine.services import evaluate

        evaluate([record.residence_id])
    url = _page(record, "edit_")
    sent = _answers(record, **_lower(record)) | opened(client, url)
    page = agreed(client, url, sent, follow=True)
    after = 2 if isinstance(record, Disruption) else 3
    assert page.redirect_chain == [(_page(record), 302)]
    said = _text(page)
    assert said.count(f"La résidence passe du niveau 4 au niveau {after}.") == 1
    before, now = (
        ("Totale ou durable", "Limitée, quelques heures au plus")
        if isinstance(record, Disruption)
        else ("quotidiens", "ponctuels")
    )
    assert said.count(f"{before} → {now}") == 1
    assert said.count(f"par {world.a.lead}") >= 2


@pytest.mark.parametrize("record", NAMES, indirect=True)
def test_a_cancelled_record_is_shown_to_the_landlord_with_its_reason_and_taken_back(world, sign_in, record):
    client = sign_in(world.a.lead)
    sent = {"reason": REASON} | planted(record, state_of)
    page = agreed(client, _page(record, "cancel_"), sent, follow=True)
    said = _text(page)
    assert (said.count(f": {REASON}. "), said.count("ne compte plus.")) == (1, 1)
    assert client.get(_page(record, "edit_")).status_code == 404
    assert client.get(_page(record, "cancel_")).status_code == 404
    said = _text(agreed(client, _page(record, "restore_"), follow=True))
    assert (said.count("compte de nouveau"), len(re.findall("Rétablie? le", said)), said.count(REASON)) == (
        1,
        1,
        1,
    )
    assert _stored(record).cancelled_at is None


def test_an_agent_does_not_take_back_a_leads_cancellation_of_what_they_entered(world, sign_in):
    with system_scope("seeding"):
        mine = f.DisruptionFactory(address=world.a.address, created_by=world.a.agent)
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=mine, reason=REASON)
    agent = sign_in(world.a.agent)
    assert _page(mine, "restore_") not in agent.get(_page(mine)).text
    assert agent.post(_page(mine, "restore_")).status_code == 403
    assert _stored(mine).cancelled_at is not None


@pytest.mark.parametrize("record", NAMES, indirect=True)
def test_a_cancelled_record_is_in_the_list_under_its_filter_alone(world, sign_in, record):
    listed = reverse(f"incidents:{_name(record)}s")
    lead = sign_in(world.a.lead)
    link = f'href="{_page(record)}"'
    assert [lead.get(listed, {"state": state}).text.count(link) for state in ("", "cancelled")] == [1, 0]
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=record, reason=REASON)
    states = ("", "on", "ended", "cancelled")
    assert [lead.get(listed, {"state": state}).text.count(link) for state in states] == [0, 0, 0, 1]
    files = [lead.get(listed, {"state": state, "export": "csv"}).getvalue().decode() for state in states]
    assert [file.count(REASON) for file in files] == [0, 0, 0, 1]
    coordinator = sign_in(world.a.coordinator)
    assert [coordinator.get(listed, {"state": state}).text.count(link) for state in states] == [0] * 4


@pytest.mark.parametrize("record", NAMES, indirect=True)
def test_a_coordinator_reads_what_and_where_and_nothing_of_a_cancelled_record(world, sign_in, record):
    client = sign_in(world.a.coordinator)
    page = client.get(_page(record))
    assert page.status_code == 200
    assert [word in page.text for word in ("Historique", str(world.a.lead), "corriger/", "annuler/")] == [
        False
    ] * 4
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=record, reason=REASON)
    assert client.get(_page(record)).status_code == 404


@pytest.mark.parametrize("record", NAMES, indirect=True)
def test_a_stale_correction_is_answered_with_both_sides(world, sign_in, record):
    client, url = sign_in(world.a.lead), _page(record, "edit_")
    sent = _answers(record, **_lower(record)) | opened(client, url)
    other = {"recurs_daily": True} if isinstance(record, Disruption) else {"frequency": 2}
    with system_scope("seeding"):
        type(record).objects.filter(pk=record.pk).update(**other)
    answer = client.post(url, sent)
    assert answer.status_code == 409
    rows = {row.name: (row.mine, row.theirs) for row in answer.context["rows"]}
    assert rows == (
        {"extent": (True, False), "recurs_daily": (False, True)}
        if isinstance(record, Disruption)
        else {"frequency": (True, True)}
    )
    [name] = other
    assert getattr(_stored(record), name) == other[name]


@pytest.mark.parametrize("record", NAMES, indirect=True)
def test_a_correction_of_what_was_cancelled_meanwhile_keeps_what_was_typed(world, sign_in, record):
    client, url = sign_in(world.a.lead), _page(record, "edit_")
    sent = _answers(record, **_lower(record)) | opened(client, url)
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=record, reason=REASON)
    answer = client.post(url, sent)
    assert (answer.status_code, _text(answer).count("Annulé entre-temps")) == (422, 1)
    again = client.post(_page(record, "cancel_"), {"reason": "Autre"}, follow=True)
    assert (_text(again).count("le premier motif est gardé"), _stored(record).cancel_reason) == (1, REASON)


@pytest.mark.parametrize("name", NAMES)
def test_an_agent_is_offered_what_they_may_do_and_refused_the_rest(world, sign_in, name):
    with system_scope("seeding"):
        mine = _plant(name, world.a.address, created_by=world.a.agent)
        leads = _plant(name, world.a.address, created_by=world.a.lead)
    client = sign_in(world.a.agent)
    acts = ("edit_", "cancel_")
    for record, offered in ((mine, True), (leads, False)):
        page = client.get(_page(record)).text
        assert [_page(record, act) in page for act in acts] == [offered] * 2
        statuses = [client.get(_page(record, act)).status_code for act in acts]
        assert statuses == [200 if offered else 403] * 2
        assert _page(record, "end_") in page
    page = agreed(
        client,
        _page(mine, "cancel_"),
        {"reason": REASON} | opened(client, _page(mine, "cancel_")),
        follow=True,
    )
    assert (page.status_code, _stored(mine).cancel_reason) == (200, REASON)


def test_the_reason_of_a_cancellation_names_nobody(world, sign_in):
    client = sign_in(world.a.lead)
    url = reverse("incidents:cancel_disruption", args=[world.a.disruption.pk])
    answer = client.post(url, {"reason": "Signalé par M. Dupont au 06 12 34 56 78"})
    assert (answer.status_code, _stored(world.a.disruption).cancelled_at) == (422, None)


def test_an_end_entered_by_mistake_is_corrected(world, sign_in):
    client, record = sign_in(world.a.lead), world.a.observation
    client.post(_page(record, "end_"), {"on": timezone.localdate().isoformat()})
    assert _stored(record).ended_on == timezone.localdate()
    url = _page(record, "edit_")
    client.post(url, _answers(record) | {"ended_on": ""} | opened(client, url))
    assert _stored(record).ended_on is None


def test_an_observation_is_confirmed_from_its_page(world, sign_in):
    with system_scope("seeding"):
        made = f.StandingObservationFactory(address=world.a.address)
        f.ConfirmationFactory(observation=made, day=timezone.localdate() - dt.timedelta(30))
    client = sign_in(world.a.lead)
    page = client.post(_page(made, "confirm_"), {"next": _page(made)} | planted(made, state_of), follow=True)
    assert page.redirect_chain == [(_page(made), 302)]
    assert (_page(made, "confirm_") + '"' in page.text, made.confirmations.count()) == (False, 0)
    with system_scope("seeding"):
        assert made.confirmations.count() == 2


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("keeps", ["typed", "theirs"])
def test_an_end_that_a_colleague_gave_meanwhile_is_shown_beside_ones_own(world, sign_in, name, keeps):
    record, today = getattr(world.a, name), timezone.localdate()
    column = "ends_on" if name == "disruption" else "ended_on"
    theirs, mine = today - dt.timedelta(1), today
    lead, agent, url = sign_in(world.a.lead), sign_in(world.a.agent), _page(record, "end_")
    sent = {"on": mine.isoformat()} | opened(lead, url)
    agreed(agent, url, {"on": theirs.isoformat()} | opened(agent, url))
    answer = agreed(lead, url, sent)
    assert (answer.status_code, getattr(_stored(record), column)) == (409, theirs)
    [row] = answer.context["rows"]
    assert (row.name, row.mine, row.theirs, answer.context["who"]) == ("on", True, True, str(world.a.agent))
    decided = {"on": mine.isoformat(), "version": answer.context["version"], "keeps-on": keeps}
    agreed(lead, url, decided, follow=True)
    assert getattr(_stored(record), column) == (mine if keeps == "typed" else theirs)


@pytest.mark.parametrize("record", NAMES, indirect=True)
def test_what_is_recorded_already_is_told_and_recorded_once(world, sign_in, record):
    url = reverse(f"incidents:create_{_name(record)}")
    answer = agreed(sign_in(world.a.agent), url, _answers(record), follow=True)
    assert answer.redirect_chain == [(_page(record), 302)]
    assert "déjà enregistré à l’identique. Rien n’a été enregistré une seconde fois." in _text(answer)
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=_stored(record), reason=REASON)
    for _twice in range(2):
        agreed(sign_in(world.a.agent), url, _answers(record))
    with system_scope("seeding"):
        found = type(record).objects.filter(residence=record.residence_id).order_by("pk")
        assert [one.cancelled_at is None for one in found] == [False, True]


@pytest.mark.parametrize("record", NAMES, indirect=True)
def test_what_is_taken_back_at_a_closed_place_is_not_said_to_count(world, sign_in, record):
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=_stored(record), reason=REASON)
    with system_scope("seeding"):
        type(record.address).objects.filter(pk=record.address_id).update(closed_on=timezone.localdate())
    answer = agreed(sign_in(world.a.lead), _page(record, "restore_"), follow=True)
    assert f"Rétabli, mais {record.address} est fermée : plus rien n’y compte." in _text(answer)
    assert "compte de nouveau" not in _text(answer)


def test_a_lead_takes_any_confirmation_but_the_first_back_on_the_page(world, sign_in):
    today = timezone.localdate()
    with system_scope("seeding"):
        stated = f.StandingObservationFactory(address=world.a.address)
        first, wrong = (
            f.ConfirmationFactory(observation=stated, day=today - dt.timedelta(n), confirmed_by=world.a.agent)
            for n in (40, 1)
        )
    url = reverse("incidents:withdraw_confirmation", args=[stated.pk])
    lead, agent = sign_in(world.a.lead), sign_in(world.a.agent)
    page = reverse("incidents:observation", args=[stated.pk])
    assert [url in client.get(page).text for client in (lead, agent)] == [True, False]
    for client, sent in ((agent, wrong), (lead, first)):
        agreed(client, f"{url}?confirmation={sent.pk}")
    with system_scope("seeding"):
        assert set(stated.confirmations.all()) == {first, wrong}
    answer = agreed(lead, f"{url}?confirmation={wrong.pk}", {"next": page}, follow=True)
    assert ("Confirmation annulée" in _text(answer), answer.redirect_chain) == (True, [(page, 302)])
    with system_scope("seeding"):
        assert set(stated.confirmations.all()) == {first}
