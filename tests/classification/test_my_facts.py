"""What became of the facts that a person entered: counted or not and why, the level they give, read, answered."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from incidents.facts.services import cancel_incident
from incidents.models import FactReply
from tests import factories as f
from tests.versions import opened

MINE = reverse("classification:my_facts")
UNREAD = "pas encore lu"


def _text(answer) -> str:
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).replace("\xa0", " ").replace("\u202f", " ")
    return " ".join(plain.split())


@pytest.fixture
def address(world):
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Les Charmes")
        return f.AddressFactory(residence=residence, label="4 rue des Charmes")


def _enter(world, address, code, days=0, **values):
    with system_scope("seeding"):
        made = f.IncidentFactory(
            address=address, code=code, day=timezone.localdate() - dt.timedelta(days), reported_by=world.a.agent,
            **values,
        )  # fmt: skip
        evaluate([address.residence_id])
    return made


def test_each_fact_says_whether_it_counts_and_which_level_it_gives(world, sign_in, address):
    makes = _enter(world, address, "URBAN_VIOLENCE")
    lesser = _enter(world, address, "LITTERING", 3)
    old = _enter(world, address, "NOISE", 366)
    span = _enter(world, address, "TAGS", 9, span_end=timezone.localdate() - dt.timedelta(5))
    gone = _enter(world, address, "DAMAGE", 1)
    with acting_as(world.a.lead) as scope:
        cancel_incident(scope=scope, incident=gone, reason="Doublon")
    page = sign_in(world.a.agent).get(MINE)
    told = {one.fact.pk: (one.level, one.alone, one.makes, one.too_old) for one in page.context["mine"]}
    assert told == {
        gone.pk: (None, None, False, False),
        span.pk: (1, 1, False, False),
        old.pk: (None, None, False, True),
        lesser.pk: (1, 1, False, False),
        makes.pk: (3, 3, True, False),
    }
    said = _text(page)
    assert [said.count(words) for words in (
        "Compte, donne le niveau 3",
        "Compte, niveau 1 (résidence : 3)",
        "Trop ancien pour compter",
        "Annulé, ne compte plus : Doublon",
        UNREAD,
    )] == [1, 2, 1, 1, 5]  # fmt: skip


def test_only_what_the_person_entered_by_hand_is_theirs(world, sign_in, address):
    mine = _enter(world, address, "NOISE")
    _enter(world, address, "NOISE", 1, external_source="file", external_id="1")
    with system_scope("seeding"):
        f.IncidentFactory(address=address, reported_by=world.a.lead)
    assert [one.fact.pk for one in sign_in(world.a.agent).get(MINE).context["mine"]] == [mine.pk]
    assert "Vous n’avez encore saisi aucun fait" in sign_in(world.b.agent).get(MINE).text


def test_a_lead_who_opens_the_fact_has_read_it_and_their_answer_is_told(world, sign_in, address):
    fact = _enter(world, address, "NOISE")
    agent, lead = sign_in(world.a.agent), sign_in(world.a.lead)
    page = reverse("incidents:detail", args=[fact.pk])
    form = reverse("incidents:answer", args=[fact.pk])
    assert ("Répondre" in agent.get(page).text, UNREAD in _text(agent.get(MINE))) == (False, True)
    assert form in lead.get(page).text
    assert UNREAD not in _text(agent.get(MINE))
    lead.get(page)
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(object_type="incidents.incident", object_id=str(fact.pk))
        assert list(entries.values_list("action", flat=True)) == ["read"]
    sent = {"answer": "Serrurier demandé pour jeudi"} | opened(lead, form)
    assert lead.post(form, {"answer": "Voir avec Mme Durand", "version": sent["version"]}).status_code == 422
    assert lead.post(form, sent).status_code == 302
    assert "Réponse : Serrurier demandé pour jeudi" in _text(agent.get(MINE))
    assert "Serrurier demandé pour jeudi" in agent.get(page).text
    assert lead.post(form, sent | {"answer": "Autre"}).status_code == 409
    assert lead.post(form, {"answer": ""} | opened(lead, form)).status_code == 302
    assert "Réponse :" not in _text(agent.get(MINE))


def test_the_answer_and_its_taking_back_are_in_the_journal(world, sign_in, address):
    fact = _enter(world, address, "NOISE")
    lead, form = sign_in(world.a.lead), reverse("incidents:answer", args=[fact.pk])
    for answer in ("Serrurier demandé", ""):
        lead.post(form, {"answer": answer} | opened(lead, form))
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(detail__reply=True, object_id=str(fact.pk)).order_by("pk")
        assert list(entries.values_list("action", flat=True)) == ["read", "update", "cancel"]


def test_nobody_answers_a_fact_of_a_file_their_own_or_of_another(world, sign_in, address):
    lead = sign_in(world.a.lead)
    with system_scope("seeding"):
        own = f.IncidentFactory(address=address, reported_by=world.a.lead)
        imported = f.IncidentFactory(
            address=address, reported_by=world.a.agent, external_source="file", external_id="1"
        )
    for fact in (own, imported):
        assert lead.get(reverse("incidents:detail", args=[fact.pk])).status_code == 200
        assert lead.get(reverse("incidents:answer", args=[fact.pk])).status_code == 404
    with system_scope("seeding"):
        assert not FactReply.objects.exists()


def test_a_coordinator_reads_neither_the_reading_nor_the_answer(world, sign_in):
    fact = _enter(world, world.a.address, "NOISE")
    with system_scope("seeding"):
        FactReply.objects.create(incident=fact, answer="Serrurier demandé", answered_at=timezone.now())
    page = sign_in(world.a.coordinator).get(reverse("incidents:detail", args=[fact.pk]))
    assert (page.status_code, "Serrurier" in page.text) == (200, False)
    for who in (world.a.coordinator, world.b.lead, world.a.partner, world.admin):
        with acting_as(who):
            assert not FactReply.objects.exists()
    with acting_as(world.a.agent):
        assert FactReply.objects.filter(pk=fact.pk).update(answer="Autre") == 0


def test_the_page_asks_as_much_for_many_facts_as_for_one(world, sign_in, address):
    agent = sign_in(world.a.agent)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            agent.get(MINE)
        return len(seen)

    _enter(world, address, "NOISE")
    one = queries()
    for code in ("TAGS", "LITTERING", "DAMAGE"):
        _enter(world, world.a.address, code)
    assert queries() == one
