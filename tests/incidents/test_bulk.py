"""Many facts cancelled, moved or retyped at once: shown first, done as one act, undone as one."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate, levels_of
from core.opaque import written
from incidents.bulk import views
from incidents.facts import list_views
from incidents.facts.services import cancel_incident
from incidents.foreseen import AGREED
from incidents.models import BulkAct, FactType, Incident
from tests import factories as f

BULK = reverse("incidents:bulk")
REASON = "Fichier importé deux fois"


@pytest.fixture
def places(world):
    """Two quiet residences of landlord A, each with an address."""
    with system_scope("seeding"):
        made = [
            f.AddressFactory(
                residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name=name),
                label=f"1 rue {name}",
            )
            for name in ("Les Aulnes", "Les Buis")
        ]
        evaluate([address.residence_id for address in made])
    return made


@pytest.fixture
def facts(places):
    """Two facts that make the first place a level 3, the second of them at the residence as a whole."""
    with system_scope("seeding"):
        day = timezone.localdate()
        made = [
            f.IncidentFactory(address=places[0], code="URBAN_VIOLENCE", day=day, place_kind="lobby"),
            f.IncidentFactory(
                residence=places[0].residence, address=None, code="URBAN_VIOLENCE", day=day - dt.timedelta(1)
            ),
        ]
        evaluate([places[0].residence_id])
    return made


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


def _sent(facts, act, **answers):
    return {"fact": [fact.pk for fact in facts], "act": act, "q": "", **answers}


def _key(answer):
    return {AGREED: re.search(rf'name="{AGREED}" value="([^"]*)"', answer.text)[1]}


def _moves(answer):
    return [(move.place, move.before, move.after) for move in answer.context["moves"]]


def _stored(facts, *names):
    with system_scope("seeding"):
        rows = {fact.pk: fact for fact in Incident.objects.filter(pk__in=[fact.pk for fact in facts])}
    return [tuple(getattr(rows[fact.pk], name) for name in names) for fact in facts]


def _levels(places):
    with system_scope("seeding"):
        found = levels_of([place.residence_id for place in places])
    return [found[place.residence_id, None] for place in places]


def _done(lead, sent):
    """Do an act, and return it."""
    page = lead.post(BULK, sent | _key(lead.post(BULK, sent)), follow=True)
    return BulkAct(pk=page.context["act"].pk)


def _url(name, act):
    return reverse(f"incidents:{name}", args=[act.pk])


def _acts(places, code="LITTERING"):
    return {
        "cancel": ({"reason": REASON}, [3, 1], [1, 1]),
        "move": ({"place": f"a{places[1].pk}"}, [3, 1], [1, 3]),
        "retype": ({"fact_type": FactType.objects.get(code=code).pk}, [3, 1], [1, 1]),
    }


@pytest.mark.parametrize("act", ["cancel", "move", "retype"])
def test_an_act_is_shown_first_then_done_and_undone_as_one(world, lead, places, facts, act):
    answers, before, after = _acts(places)[act]
    columns = ("residence_id", "address_id", "fact_type_id", "cancelled_at", "cancel_reason", "place_kind")
    sent, former = _sent(facts, act, **answers), _stored(facts, *columns)
    shown = lead.post(BULK, sent)
    assert (shown.status_code, _levels(places), _stored(facts, *columns)) == (200, before, former)
    told = {place: (was, will) for place, was, will in _moves(shown)}
    assert told["Les Aulnes"] == (3, 1)
    assert ("Les Buis" in told) == (act == "move")
    assert ("1 rue Les Buis" in told) == (act == "move")

    done = lead.post(BULK, sent | _key(shown), follow=True)
    with system_scope("seeding"):
        made = BulkAct.objects.get()
    assert done.redirect_chain == [(_url("bulk_act", made), 302)]
    assert "Les Aulnes passe du niveau 3 au niveau 1." in done.text.replace("\xa0", " ")
    assert (made.facts, made.made_by_id, _levels(places)) == (
        [one.pk for one in facts],
        world.a.lead.pk,
        after,
    )
    assert _stored(facts, *columns) != former
    given = answers.get("fact_type")
    [title] = re.findall(r'<h1 class="page-title">(.*?)</h1>', done.text)
    assert ("&nbsp;: " in title, title.endswith(str(FactType.objects.filter(pk=given).first()))) == (
        act == "retype",
    ) * 2
    with system_scope("seeding"):
        assert [fact.events.count() for fact in facts] == [1, 1]

    page = _url("undo_bulk_act", made)
    shown = lead.get(page)
    assert (_levels(places), ("Les Aulnes", 1, 3) in _moves(shown)) == (after, True)
    undone = lead.post(page, _key(shown), follow=True)
    assert (_levels(places), _stored(facts, *columns)) == (before, former)
    assert undone.text.count("rendu à son état d’avant") == 2
    again = lead.post(page, _key(shown), follow=True)
    assert ("déjà défait" in again.text, _url("undo_bulk_act", made) in again.text) == (True, False)

    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(object_type="incidents.incident", detail__act=made.pk)
        told = sorted(entries.values_list("object_id", "action"))
        acts = AuditEntry.objects.filter(object_type="incidents.bulkact", object_id=str(made.pk))
        assert sorted(acts.values_list("action", flat=True)) == ["cancel", "create"]
    first = "cancel" if act == "cancel" else "update"
    assert told == sorted((str(fact.pk), action) for fact in facts for action in (first, "update"))


def test_what_changed_since_stays_at_the_undoing_and_is_told(world, lead, places, facts):
    made = _done(lead, _sent(facts, "move", place=f"a{places[1].pk}"))
    with acting_as(world.a.lead) as scope:
        cancel_incident(scope=scope, incident=facts[1], reason="Fait démenti")
    shown = lead.get(_url("undo_bulk_act", made))
    assert (len(shown.context["tried"].made.changed), shown.context["tried"].made.left) == (1, [facts[1].pk])
    page = lead.post(_url("undo_bulk_act", made), _key(shown), follow=True)
    assert "1 fait est resté tel quel" in page.text.replace("\xa0", " ")
    assert [cell for cell in ("modifié depuis", "rendu à son état d’avant") if cell in page.text] == [
        "modifié depuis", "rendu à son état d’avant",
    ]  # fmt: skip
    assert _stored(facts, "address_id") == [(places[0].pk,), (places[1].pk,)]
    with system_scope("seeding"):
        assert BulkAct.objects.get().kept == [facts[1].pk]


def test_an_act_whose_facts_have_all_changed_since_is_not_undone(world, lead, places, facts):
    made = _done(lead, _sent(facts, "move", place=f"a{places[1].pk}"))
    for fact in facts:
        with acting_as(world.a.lead) as scope:
            cancel_incident(scope=scope, incident=fact, reason="Fait démenti")
    page = lead.get(_url("undo_bulk_act", made), follow=True)
    assert "Rien à défaire" in page.text
    with system_scope("seeding"):
        assert BulkAct.objects.get().undone_at is None


def test_what_changes_between_the_preview_and_the_word_is_shown_anew(world, lead, places, facts):
    sent = _sent(facts, "cancel", reason=REASON)
    key = _key(lead.post(BULK, sent))
    with acting_as(world.a.lead) as scope:
        cancel_incident(scope=scope, incident=facts[1], reason="Doublon")
    answer = lead.post(BULK, sent | key)
    assert (answer.status_code, "Voici ce qui changerait maintenant" in answer.text) == (409, True)
    assert _stored(facts, "cancel_reason") == [("",), ("Doublon",)]
    assert lead.post(BULK, sent | _key(answer)).status_code == 302
    assert _stored(facts, "cancel_reason") == [(REASON,), ("Doublon",)]


def test_another_act_than_the_one_shown_is_not_done(lead, places, facts):
    key = _key(lead.post(BULK, _sent(facts, "cancel", reason=REASON)))
    other = _sent(facts, "retype", fact_type=FactType.objects.get(code="LITTERING").pk)
    assert lead.post(BULK, other | key).status_code == 409
    assert _stored(facts, "cancelled_at") == [(None,), (None,)]


def test_all_that_the_filter_shows_are_chosen_and_no_more_than_an_act_takes(
    world, lead, places, facts, monkeypatch
):
    query = f"residence={written('residence', places[0].residence_id)}"
    listed = lead.get(f"{reverse('incidents:list')}?{query}").text
    assert f"{BULK}?tous=1&amp;{query}" in listed
    page = lead.get(f"{BULK}?tous=1&{query}")
    assert [fact.pk for fact in page.context["facts"]] == [fact.pk for fact in facts]
    monkeypatch.setattr(views, "MOST", 1)
    refused = lead.get(f"{BULK}?tous=1&{query}", follow=True)
    assert "Un acte groupé porte sur 1 faits au plus" in refused.text
    assert refused.redirect_chain == [(f"{reverse('incidents:list')}?{query}", 302)]
    assert "Cochez au moins un fait" in lead.get(BULK, follow=True).text
    monkeypatch.setattr(list_views, "MOST", 1)
    longer = lead.get(f"{reverse('incidents:list')}?{query}").text
    assert (f"{BULK}?tous=1" in longer, "filtrez-la à 1 faits au plus" in longer) == (False, True)


@pytest.mark.parametrize(
    ("act", "answers", "field"),
    [
        ("cancel", {}, "reason"),
        ("cancel", {"reason": "Signalé par Mme Durand"}, "reason"),
        ("move", {}, "place"),
        ("retype", {}, "fact_type"),
        ("", {}, "act"),
    ],
)
def test_an_act_says_what_it_needs(lead, facts, act, answers, field):
    answer = lead.post(BULK, _sent(facts, act, **answers))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})


def test_facts_of_several_landlords_or_to_anothers_place_are_refused(world, lead, facts):
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.b.landlord, role="lead", user=world.a.lead)
    mixed = lead.post(BULK, _sent([*facts, world.b.incidents[0]], "cancel", reason=REASON), follow=True)
    assert "plusieurs bailleurs" in mixed.text
    there = lead.post(BULK, _sent(facts, "move", place=f"a{world.b.address.pk}"))
    assert set(there.context["form"].errors) == {"place"}


def test_another_landlords_facts_are_neither_chosen_nor_counted(world, lead, facts):
    page = lead.get(BULK, {"fact": [facts[0].pk, world.b.incidents[0].pk]})
    assert [fact.pk for fact in page.context["facts"]] == [facts[0].pk]


def test_nothing_to_do_is_said(lead, places, facts):
    same = lead.post(BULK, _sent(facts, "retype", fact_type=facts[0].fact_type_id))
    assert (same.status_code, "Rien à faire" in same.text) == (422, True)


def test_boxes_are_for_those_who_lead(world, sign_in, lead, facts):
    box = f'name="fact" value="{facts[0].pk}" form="bulk"'
    pages = [sign_in(who).get(reverse("incidents:list")).text for who in (world.a.agent, world.a.coordinator)]
    assert (lead.get(reverse("incidents:list")).text.count(box), *(page.count(box) for page in pages)) == (
        1,
        0,
        0,
    )


def test_a_fact_whose_former_address_went_to_another_landlord_stays(world, lead, places, facts):
    made = _done(lead, _sent(facts[:1], "move", place=f"a{places[1].pk}"))
    with system_scope("seeding"), connection.cursor() as cursor:
        # As an import moves an address: it goes to a residence of landlord B.
        cursor.execute(
            "UPDATE sites_address SET residence_id = %s, landlord_id = %s WHERE id = %s",
            [world.b.residence.pk, world.b.landlord.pk, places[0].pk],
        )
    page = lead.get(_url("undo_bulk_act", made), follow=True)
    assert "Rien à défaire" in page.text
    assert _stored(facts[:1], "address_id") == [(places[1].pk,)]


def test_a_preview_of_many_residences_asks_no_more_of_the_database_than_one_of_few(world, lead, places):
    def queries(number):
        with system_scope("seeding"):
            chosen = [
                f.IncidentFactory(
                    address=f.AddressFactory(
                        residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
                    ),
                    code="URBAN_VIOLENCE",
                    day=timezone.localdate(),
                )
                for _n in range(number)
            ]
            evaluate([fact.residence_id for fact in chosen])
        # The journal gets an entry for each fact: those are written one by one.
        with CaptureQueriesContext(connection) as seen:
            answer = lead.post(BULK, _sent(chosen, "retype", fact_type=FactType.objects.get(code="NOISE").pk))
        assert len(answer.context["moves"]) == 2 * number
        return sum("INTO accounts_auditentry" not in (query["sql"] or "") for query in seen)

    assert queries(2) == queries(5)
