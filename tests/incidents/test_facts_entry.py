"""Recording, correcting, cancelling a fact in the browser."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.models import SiteLevel
from incidents.facts.services import cancel_incident
from incidents.foreseen import AGREED
from incidents.models import FactType, Incident, Narrative
from sites.match_key import match_key
from sites.models import ResidenceAssignment
from tests import factories as f
from tests.agreeing import agreed
from tests.versions import opened


@pytest.fixture
def agent(world, sign_in):
    return sign_in(world.a.agent)


@pytest.fixture
def answers(world):
    """What an agent answers to record petty dealing today at landlord A's first address."""
    return {
        "token": str(uuid.uuid4()),
        "place": f"a{world.a.other_address.pk}",
        "fact_type": str(FactType.objects.get(code="URBAN_VIOLENCE").pk),
        "day": timezone.localdate().isoformat(),
        "source": "staff",
    }


def _recorded():
    with system_scope("seeding"):
        return Incident.objects.filter(external_source="form").select_related("narrative").first()


def _level(**place):
    with system_scope("seeding"):
        return SiteLevel.objects.get(**place).level


def test_three_answers_record_a_fact_and_the_level_is_current(agent, answers, world):
    before = _level(residence=world.a.other, address=world.a.other_address)
    response = agent.post(reverse("incidents:create"), answers)
    fact = _recorded()
    assert response.status_code == 302
    assert response.url == reverse("incidents:saved", args=[fact.pk])
    assert (fact.address_id, fact.residence_id, fact.landlord_id) == (
        world.a.other_address.pk, world.a.other.pk, world.a.landlord.pk,
    )  # fmt: skip
    assert (fact.day, fact.reported_by_id) == (timezone.localdate(), world.a.agent.pk)
    assert (before, _level(residence=world.a.other, address=world.a.other_address)) == (1, 3)
    page = agent.get(response.url).content.decode()
    for said in ("Violences urbaines", str(world.a.other_address), "Niveau 3", "Annuler cette saisie"):
        assert said in page
    assert f"?lieu=a{world.a.other_address.pk}" in page
    assert page.count("passe du niveau 1 au niveau 3") == 2
    answers["token"] = str(uuid.uuid4())
    page = agent.get(agent.post(reverse("incidents:create"), answers).url).content.decode()
    assert ("Niveau 3" in page, "passe du niveau" in page) == (True, False)


def test_an_observation_says_what_becomes_of_the_level(agent, answers, world):
    stated = {
        "place": answers["place"],
        "frequency": 3,
        "since": "2026-01-01",
        "fact_type": answers["fact_type"],
    }
    asked = agent.post(reverse("incidents:create_observation"), stated)
    assert _level(residence=world.a.other, address=None) == 1
    agreed = stated | {AGREED: re.search(rf'name="{AGREED}" value="([^"]*)"', asked.text)[1]}
    page = agent.post(reverse("incidents:create_observation"), agreed, follow=True).content.decode()
    level = _level(residence=world.a.other, address=None)
    assert level > 1
    assert f"La résidence passe du niveau 1 au niveau {level}." in page
    page = agent.post(reverse("incidents:create_observation"), stated, follow=True).content.decode()
    assert "passe du niveau" not in page


def test_everything_optional_is_kept(agent, answers):
    answers |= {
        "place_kind": "cellar", "time": "22:15", "source": "resident", "complaint_filed": "on",
        "complaint_reference": "2026/00123", "damage_cost": "1250,50", "narrative": "Porte de la cave forcée.",
        "span_end": answers["day"], "day": (timezone.localdate() - dt.timedelta(3)).isoformat(),
    }  # fmt: skip
    agent.post(reverse("incidents:create"), answers)
    fact = _recorded()
    assert (fact.place_kind, fact.time, fact.source) == ("cellar", dt.time(22, 15), "resident")
    assert (fact.complaint_filed, fact.complaint_reference, str(fact.damage_cost)) == (
        True,
        "2026/00123",
        "1250.50",
    )
    assert (fact.span_end - fact.day).days == 3
    assert fact.narrative.text == "Porte de la cave forcée."


def test_a_whole_residence_is_a_place(agent, answers, world):
    agent.post(reverse("incidents:create"), answers | {"place": f"r{world.a.residence.pk}"})
    fact = _recorded()
    assert (fact.residence_id, fact.address_id) == (world.a.residence.pk, None)


def test_sending_twice_makes_one_fact(agent, answers):
    first = agent.post(reverse("incidents:create"), answers)
    second = agent.post(reverse("incidents:create"), answers)
    with system_scope("seeding"):
        assert Incident.objects.filter(external_source="form").count() == 1
    assert first.url == second.url


def test_the_write_is_in_the_journal(agent, answers, world):
    agent.post(reverse("incidents:create"), answers)
    fact = _recorded()
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.get(object_type="incidents.incident", object_id=str(fact.pk))
    assert (entry.action, entry.actor_id, entry.organisation_id) == (
        "create", world.a.agent.pk, world.a.landlord.pk,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"place": ""}, "Choisissez une adresse ou une résidence."),
        ({"place": "a999999999"}, "Ce lieu n’existe pas"),
        ({"place": "a99999999999999999999999"}, "Ce lieu n’existe pas"),
        ({"place": "z1"}, "Ce lieu n’existe pas"),
        ({"fact_type": ""}, "Choisissez la nature du fait."),
        ({"day": "2999-01-01"}, "Cette date est dans le futur."),
        ({"day": "0026-01-01"}, "Vérifiez l’année."),
        ({"span_end": "2020-01-01"}, "La fin de la période doit suivre son début."),
        ({"complaint_reference": "2026/1"}, "Un numéro de plainte suppose une plainte déposée."),
        ({"complaint_filed": "on", "complaint_reference": "Mme Durand"}, "Un numéro : chiffres"),
        (
            {"complaint_filed": "on", "complaint_reference": "M. Durand Karim 06 12 34 56 78"},
            "Un numéro : chiffres",
        ),
        ({"complaint_filed": "on", "complaint_reference": "06 12 34 56 78"}, "À reformuler sans désigner"),
        ({"damage_cost": "-5"}, "supérieure ou égale à 0"),
        (
            {"narrative": "Vu avec Mme Durand"},
            "«\N{NO-BREAK SPACE}Mme Durand\N{NO-BREAK SPACE}» (un nom de personne)",
        ),
    ],
)
def test_an_error_says_what_and_keeps_what_was_typed(agent, answers, world, wrong, message):
    typed = answers | {"narrative": "Texte déjà tapé", "damage_cost": "31,40", "place_kind": "roof"} | wrong
    response = agent.post(reverse("incidents:create"), typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert _recorded() is None
    assert typed["narrative"] in page
    assert f'value="{typed["damage_cost"]}"' in page
    assert '<option value="roof" selected>' in page
    assert f'value="{typed["token"]}"' in page
    if typed["place"] == answers["place"]:
        assert f'value="{typed["place"]}" class="form-selectgroup-input" checked' in page


def test_a_text_too_long_is_not_searched_for_persons(agent, answers, monkeypatch):
    read = []
    monkeypatch.setattr("incidents.shield.validators.inspect", lambda text: read.append(text) or [])
    response = agent.post(reverse("incidents:create"), answers | {"narrative": "a" * 501})
    assert response.status_code == 422
    assert "au plus 500 caractères" in response.content.decode()
    assert read == []


def test_anothers_place_is_no_place(agent, answers, world):
    for place in (f"a{world.b.address.pk}", f"r{world.b.residence.pk}"):
        response = agent.post(reverse("incidents:create"), answers | {"place": place})
        page = response.content.decode()
        assert response.status_code == 422
        assert str(world.b.address) not in page
        assert str(world.b.residence) not in page
    assert _recorded() is None


def test_agent_assigned_to_a_residence_records_only_there(agent, answers, world):
    with system_scope("seeding"):
        ResidenceAssignment.objects.create(membership=world.a.agent_membership, residence=world.a.residence)
    assert agent.post(reverse("incidents:create"), answers).status_code == 422
    mine = answers | {"place": f"a{world.a.address.pk}"}
    assert agent.post(reverse("incidents:create"), mine).status_code == 302


def test_a_coordinators_second_role_does_not_open_shared_places(world, sign_in, answers):
    """Somebody who coordinates and is an agent elsewhere records at the own landlord only."""
    with system_scope("seeding"):
        f.MembershipFactory(user=world.b.agent, organisation=world.a.town, role="coordinator")
    client = sign_in(world.b.agent)
    assert client.post(reverse("incidents:create"), answers).status_code == 422
    mine = answers | {"place": f"a{world.b.address.pk}"}
    assert client.post(reverse("incidents:create"), mine).status_code == 302


def test_last_used_place_comes_first(agent, answers, world):
    agent.post(reverse("incidents:create"), answers)
    agent.post(
        reverse("incidents:create"), answers | {"token": str(uuid.uuid4()), "place": f"a{world.a.address.pk}"}
    )
    page = agent.get(reverse("incidents:create")).content.decode()
    first, second = (
        page.index(f'name="place" value="a{a.pk}"') for a in (world.a.address, world.a.other_address)
    )
    assert first < second


def _usual(client):
    page = client.get(reverse("incidents:create"))
    return [kind.code for kind in page.context["usual"]]


def _record_many(world, code, number, *, residence, by=None, days_ago=1):
    day = timezone.localdate() - dt.timedelta(days_ago)
    with system_scope("seeding"):
        kind = FactType.objects.get(code=code)
        f.IncidentFactory.create_batch(
            number, residence=residence, address=None, fact_type=kind, day=day, reported_by=by
        )


def test_the_types_entered_oneself_come_first_then_those_of_colleagues_of_late(agent, world):
    other = world.a.other_address.residence
    _record_many(world, "FIRE", 2, residence=other, by=world.a.agent, days_ago=400)
    _record_many(world, "BURGLARY_THEFT", 40, residence=other)
    _record_many(world, "RODEO", 50, residence=other, days_ago=100)
    _record_many(world, "RODEO", 50, residence=world.b.residence)
    assert _usual(agent)[:2] == ["FIRE", "BURGLARY_THEFT"]
    assert "RODEO" not in _usual(agent)


def test_who_minds_some_residences_is_offered_the_types_recorded_there(agent, world):
    with system_scope("seeding"):
        elsewhere = f.ResidenceFactory(landlord=world.a.landlord, commune=world.a.residence.commune)
        ResidenceAssignment.objects.create(membership=world.a.agent_membership, residence=world.a.residence)
    _record_many(world, "RODEO", 9, residence=elsewhere)
    _record_many(world, "BURGLARY_THEFT", 5, residence=world.a.residence)
    usual = _usual(agent)
    assert "BURGLARY_THEFT" in usual
    assert "RODEO" not in usual


def _offered(client):
    return re.findall(
        r'name="place" value="(\w+)"[^>]*?( checked)?(?: required)?>',
        client.get(reverse("incidents:create")).content.decode(),
    )


def test_who_is_new_and_minds_few_places_is_offered_them_and_none_is_chosen(agent, world):
    offered = _offered(agent)
    own = {f"a{world.a.address.pk}", f"a{world.a.other_address.pk}"}
    assert {key for key, _checked in offered} == own
    assert [checked for _key, checked in offered] == ["", ""]


def test_who_minds_many_places_is_offered_none_before_a_search(agent, world):
    with system_scope("seeding"):
        f.AddressFactory.create_batch(11, residence=world.a.residence)
    assert _offered(agent) == []


def test_a_file_sent_in_makes_no_place_usual(agent, answers, world):
    agent.post(reverse("incidents:create"), answers)
    with system_scope("seeding"):
        f.IncidentFactory(
            residence=world.a.residence, address=world.a.address, reported_by=world.a.agent,
            external_source="journal.csv", external_id="1",
        )  # fmt: skip
    page = agent.get(reverse("incidents:create")).content.decode()
    assert re.findall(r'name="place" value="(\w+)"', page)[0] == answers["place"]


def test_the_banner_leads_to_each_wrong_answer(agent, answers):
    wrong = answers | {"fact_type": "", "day": "2999-01-01", "narrative": "Vu avec Mme Durand"}
    page = agent.post(reverse("incidents:create"), wrong).content.decode()
    banner = re.search(r"<ul[^>]*data-faults>(.*?)</ul>", page, re.DOTALL)[1]
    targets = re.findall(r'href="#(\w+)"', banner)
    assert targets == ["what", "id_day", "id_narrative"]
    assert all(f'id="{target}"' in page for target in targets)
    assert re.search(r'<details[^>]*id="more" open', page)


def test_the_banner_leads_to_a_choice_among_several(agent):
    page = agent.post(reverse("incidents:create_observation"), {"since": "x"}).content.decode()
    banner = re.search(r"<ul[^>]*data-faults>(.*?)</ul>", page, re.DOTALL)[1]
    targets = re.findall(r'href="#(\w*)"', banner)
    assert targets == ["place", "id_fact_type", "div_id_frequency", "id_since"]
    assert [target for target in targets if f'id="{target}"' not in page] == []


def test_types_used_most_come_first(agent, world):
    """Nine facts of petty dealing, one of noise: they lead, in that order."""
    page = agent.get(reverse("incidents:create")).content.decode()
    labels = ["Petits trafics", "Tapages, dont nocturnes", "Toutes les natures", "Menaces de mort"]
    positions = [page.index(label) for label in labels]
    assert positions == sorted(positions)


@pytest.mark.parametrize("text", ["rue a", "1 RUE", "Résidence A", "residence a bis"])
def test_search_finds_ones_own_places_and_nobody_elses(agent, world, text):
    page = agent.get(reverse("incidents:places"), {"q": text}).content.decode()
    assert 'name="place"' in page
    for name in ("rue B", "Résidence B"):
        assert name not in page
    assert "Rien ne correspond" in agent.get(reverse("incidents:places"), {"q": "rue b zz"}).content.decode()


def test_search_reads_abbreviations_and_puts_the_door_asked_for_first(agent, world):
    with system_scope("seeding"):
        made = [
            f.AddressFactory(residence=world.a.residence, label=f"{n} boulevard du Maréchal-Ney")
            for n in (13, 3, 30)
        ]
    page = agent.get(reverse("incidents:places"), {"q": "3 bd ney"}).content.decode()
    found = re.findall(r'value="a(\d+)"', page)
    assert found == [str(made[n].pk) for n in (1, 0, 2)]
    page = agent.get(reverse("incidents:places"), {"q": "bd ney"}).content.decode()
    assert re.findall(r'value="a(\d+)"', page) == found


@pytest.fixture
def buildings(world):
    with system_scope("seeding"):
        return {
            unit: f.AddressFactory(residence=world.a.residence, label=f"12 rue des Essais, {unit}")
            for unit in ("Bât A", "Bât B", "Bât B10", "Tour Horizon", "Bât C esc 2")
        }


def chosen(page):
    return re.findall(r'name="place" value="(\w+)"', page)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("12 rue des Essais bat b", ["Bât B", "Bât B10"]),
        ("bâtiment a 12 r essais", ["Bât A"]),
        ("12 rue essais escalier 2", ["Bât C esc 2"]),
        ("tour horizon", ["Tour Horizon"]),
        ("12 essais", ["Bât A", "Bât B", "Bât B10", "Bât C esc 2", "Tour Horizon"]),
    ],
)
def test_a_building_is_found_by_its_number_and_the_residence_stands_before_several(
    agent, world, buildings, text, units
):
    page = agent.get(reverse("incidents:places"), {"q": text}).content.decode()
    whole = [f"r{world.a.residence.pk}"] if len(units) > 1 else []
    assert chosen(page) == whole + [f"a{buildings[unit].pk}" for unit in units]


def test_search_keeps_the_place_already_chosen(agent, world):
    page = agent.get(
        reverse("incidents:places"), {"q": "2 rue", "place": f"a{world.a.address.pk}"}
    ).content.decode()
    assert f'value="a{world.a.address.pk}" class="form-selectgroup-input" checked' in page
    assert f'value="a{world.a.other_address.pk}"' in page


def test_correcting_keeps_what_it_was(agent, answers, world):
    fact = world.a.incidents[0]
    url = reverse("incidents:edit", args=[fact.pk])
    assert "Récit secret A" in agent.get(url).content.decode()
    noise = FactType.objects.get(code="NOISE")
    typed = answers | {"fact_type": str(noise.pk), "place": f"a{world.a.address.pk}", "place_kind": "roof"}
    typed |= opened(agent, url)
    assert agreed(agent, url, typed).status_code == 302
    page = agent.get(reverse("incidents:detail", args=[fact.pk])).content.decode()
    for said in ("Petits trafics → Tapages, dont nocturnes", "– → Toiture", f"par {world.a.agent.full_name}"):
        assert said in page
    with system_scope("seeding"):
        fact.refresh_from_db()
        old = fact.events.get()
        assert (fact.fact_type, old.fact_type.code) == (noise, "PETTY_DEALING")
        assert (fact.changed_by, old.changed_by) == (world.a.agent, None)
        assert not Narrative.objects.filter(incident=fact).exists()


def test_each_form_brings_an_identifier_of_its_own(agent):
    forms = [agent.get(reverse("incidents:create")).content.decode() for _ in range(2)]
    tokens = {re.search(r'name="token" value="([^"]+)"', form)[1] for form in forms}
    assert len(tokens) == 2


def test_a_correction_that_changes_nothing_leaves_no_trace(agent, answers):
    optional = {"place_kind": "roof", "time": "22:15", "damage_cost": "12,50", "narrative": "Porte forcée."}
    agent.post(reverse("incidents:create"), answers | optional)
    fact = _recorded()
    url = reverse("incidents:edit", args=[fact.pk])
    optional |= opened(agent, url)
    page = agent.post(url, answers | optional, follow=True).content.decode()
    assert ("Rien n’a été modifié." in page, "Corrigé" in page) == (True, False)
    with system_scope("seeding"):
        assert not fact.events.exists()
    page = agent.post(url, answers | optional | {"narrative": "Porte abîmée."}, follow=True).content.decode()
    assert ("Précisions reformulées" in page, "Fait corrigé." in page) == (True, True)


def test_moving_a_fact_reevaluates_both_residences(agent, answers, world):
    agent.post(reverse("incidents:create"), answers)
    fact = _recorded()
    url = reverse("incidents:edit", args=[fact.pk])
    agreed(agent, url, answers | {"place": f"a{world.a.address.pk}"} | opened(agent, url))
    assert _level(residence=world.a.other, address=None) == 1


def test_cancelling_lowers_the_level_and_says_why(agent, answers, world):
    agent.post(reverse("incidents:create"), answers)
    fact = _recorded()
    url = reverse("incidents:cancel", args=[fact.pk])
    assert agent.post(url, {"reason": ""}).status_code == 422
    assert agent.post(url, {"reason": "Signalé par Mme Durand"}).status_code == 422
    assert agreed(agent, url, {"reason": "Doublon"} | opened(agent, url)).status_code == 302
    assert _level(residence=world.a.other, address=world.a.other_address) == 1
    page = agent.get(reverse("incidents:detail", args=[fact.pk])).content.decode()
    assert "Doublon" in page
    again = agent.post(url, {"reason": "Encore"}, follow=True).text
    assert "Ce fait était déjà annulé : son premier motif est gardé." in again
    assert ("Doublon" in again, "Encore" in again) == (True, False)
    assert agent.get(url).status_code == 404
    assert agent.get(reverse("incidents:edit", args=[fact.pk])).status_code == 404


def test_an_agent_does_not_take_back_what_a_lead_cancelled(agent, answers, world, sign_in):
    agent.post(reverse("incidents:create"), answers)
    fact = _recorded()
    page, restore = (reverse(f"incidents:{name}", args=[fact.pk]) for name in ("detail", "restore"))
    with acting_as(world.a.lead) as scope:
        cancel_incident(scope=scope, incident=fact, reason="Doublon")
    assert (restore in agent.get(page).text, agent.post(restore).status_code) == (False, 403)
    assert _recorded().cancelled_at is not None
    lead = sign_in(world.a.lead)
    assert (restore in lead.get(page).text, agreed(lead, restore).status_code) == (True, 302)
    with acting_as(world.a.agent) as scope:
        cancel_incident(scope=scope, incident=fact, reason="Doublon")
    assert (restore in agent.get(page).text, agreed(agent, restore).status_code) == (True, 302)


def test_correcting_what_was_cancelled_meanwhile_is_refused_and_keeps_what_was_typed(agent, answers, world):
    with system_scope("seeding"):
        Incident.objects.filter(pk=world.a.other_incident.pk).update(
            cancelled_at=timezone.now(), cancel_reason="Doublon"
        )
    url = reverse("incidents:edit", args=[world.a.other_incident.pk])
    answer = agent.post(url, answers | {"narrative": "Vitre du hall"})
    assert answer.status_code == 422
    assert "Ce fait a été annulé entre-temps" in answer.text
    assert "Vitre du hall" in answer.text
    with system_scope("seeding"):
        kept = Incident.objects.get(pk=world.a.other_incident.pk)
    assert (kept.cancel_reason, kept.fact_type_id) == ("Doublon", world.a.other_incident.fact_type_id)


def test_undoing_what_one_has_just_recorded(agent, answers, world):
    agent.post(reverse("incidents:create"), answers)
    response = agent.post(reverse("incidents:undo", args=[_recorded().pk]), follow=True)
    assert "Saisie annulée" in response.content.decode()
    assert _level(residence=world.a.other, address=world.a.other_address) == 1


def test_what_was_undone_is_not_called_recorded_any_more(agent, answers):
    agent.post(reverse("incidents:create"), answers)
    saved, undo = (reverse(f"incidents:{name}", args=[_recorded().pk]) for name in ("saved", "undo"))
    agent.post(undo)
    answer = agent.get(saved)
    page = answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert page.count("<h1") == 1
    assert "Saisie annulée aussitôt. Ce fait ne compte plus." in page
    assert ("Fait enregistré" in page, "passe du niveau 1" in page, undo in page) == (False, False, False)
    # The message alone, of the residence and of the address.
    assert page.count("passe du niveau 3 au niveau 1") == 2
    assert agent.post(undo).url == saved


def test_history_names_nobody_the_reader_may_not_see(agent, answers, world, sign_in):
    """An agent does not see colleagues' accounts: the history tells what, not who."""
    fact = world.a.incidents[1]
    lead = sign_in(world.a.lead)
    url = reverse("incidents:edit", args=[fact.pk])
    lead.post(url, answers | {"place": f"a{world.a.address.pk}"} | opened(lead, url))
    page = agent.get(reverse("incidents:detail", args=[fact.pk])).content.decode()
    assert "Corrigé" in page
    assert world.a.lead.full_name not in page


def test_going_back_and_changing_what_was_sent_is_neither_lost_nor_guessed(agent, answers, world):
    agent.post(reverse("incidents:create"), answers)
    first = _recorded()
    changed = answers | {"place_kind": "roof"}
    response = agent.post(reverse("incidents:create"), changed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Ce fait est déjà enregistré" in page
    assert reverse("incidents:detail", args=[first.pk]) in page
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    assert token != answers["token"]
    agent.post(reverse("incidents:create"), changed | {"token": token})
    with system_scope("seeding"):
        kinds = Incident.objects.filter(external_source="form").values_list("place_kind", flat=True)
        assert sorted(kinds) == ["", "roof"]


@pytest.fixture
def hidden(world, answers):
    """A fact with the token of the form at a residence where the agent does not work."""
    with system_scope("seeding"):
        membership = world.a.agent.memberships.get()
        ResidenceAssignment.objects.create(membership=membership, residence=world.a.residence)
        return f.IncidentFactory(
            address=world.a.other_address, external_source="form", external_id=answers["token"]
        )


def test_the_token_of_a_fact_one_cannot_see_gives_the_form_again_with_another(agent, answers, world, hidden):
    typed = answers | {"place": f"a{world.a.address.pk}", "place_kind": "roof"}
    response = agent.post(reverse("incidents:create"), typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Ce formulaire a déjà servi" in page
    assert f'data-renewed="{answers["token"]}"' in page
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    assert token != answers["token"]
    assert agent.post(reverse("incidents:create"), typed | {"token": token}).status_code == 302
    with system_scope("seeding"):
        rows = Incident.objects.filter(external_source="form").order_by("pk")
        assert [row.place_kind for row in rows] == [hidden.place_kind, "roof"]


def test_a_fact_does_not_move_to_a_landlord_who_has_one_of_its_identifier(world, sign_in, answers):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.lead, organisation=world.b.landlord, role="lead")
        twins = [
            f.IncidentFactory(address=side.address, external_source="api", external_id="1")
            for side in (world.a, world.b)
        ]
    client, url = sign_in(world.a.lead), reverse("incidents:edit", args=[twins[0].pk])
    typed = answers | {"place": f"a{world.b.address.pk}"} | opened(client, url)
    response = client.post(url, typed)
    assert (response.status_code, "fait de même identifiant" in response.content.decode()) == (422, True)
    with system_scope("seeding"):
        assert Incident.objects.get(pk=twins[0].pk).landlord_id == world.a.landlord.pk


def test_sending_again_what_was_undone_asks_first(agent, answers):
    agent.post(reverse("incidents:create"), answers)
    agent.post(reverse("incidents:undo", args=[_recorded().pk]))
    assert agent.post(reverse("incidents:create"), answers).status_code == 422


def test_undo_is_for_ones_own_and_for_some_minutes(agent, answers, world, sign_in):
    agent.post(reverse("incidents:create"), answers)
    fact = _recorded()
    url, with_reason = (reverse(f"incidents:{name}", args=[fact.pk]) for name in ("undo", "cancel"))
    lead = sign_in(world.a.lead)
    assert lead.post(url).url == with_reason
    assert "Annuler cette saisie" not in lead.get(reverse("incidents:saved", args=[fact.pk])).content.decode()
    with system_scope("seeding"):
        Incident.objects.filter(pk=fact.pk).update(created_at=timezone.now() - dt.timedelta(minutes=16))
    assert agent.post(url).url == with_reason
    assert _recorded().cancelled_at is None


def test_one_click_takes_back_nothing_that_somebody_else_has_changed(agent, answers, world):
    agent.post(reverse("incidents:create"), answers)
    fact = _recorded()
    with system_scope("seeding"):
        Incident.objects.filter(pk=fact.pk).update(changed_at=timezone.now(), changed_by=world.a.lead)
    answer = agent.post(reverse("incidents:undo", args=[fact.pk]))
    assert (answer.url, _recorded().cancelled_at) == (reverse("incidents:cancel", args=[fact.pk]), None)


def test_the_last_place_is_ticked_and_a_first_form_ticks_none(agent, answers, world):
    assert 'form-selectgroup-input" checked' not in agent.get(reverse("incidents:create")).content.decode()
    agent.post(reverse("incidents:create"), answers)
    for name in ("create", "create_observation", "create_disruption"):
        page = agent.get(reverse(f"incidents:{name}")).content.decode()
        assert f'value="{answers["place"]}" class="form-selectgroup-input" checked' in page


def test_ones_own_types_come_before_the_colleagues(agent, answers):
    agent.post(reverse("incidents:create"), answers)
    page = agent.get(reverse("incidents:create")).content.decode()
    positions = [
        page.index(label) for label in ("Violences urbaines", "Petits trafics", "Toutes les natures")
    ]
    assert positions == sorted(positions)


def test_nearby_are_ones_own_doors_the_closest_first(agent, world):
    with system_scope("seeding"):
        doors = [
            f.AddressFactory(residence=world.a.residence, longitude=2.3 + east, latitude=48.9)
            for east in (0.01, 0.001, 0.05)
        ]
        f.AddressFactory(residence=world.b.residence, longitude=2.3, latitude=48.9)
    page = agent.post(
        reverse("incidents:places_near"), {"longitude": "2.3", "latitude": "48.9"}
    ).content.decode()
    assert re.findall(r'value="a(\d+)"', page) == [str(doors[1].pk), str(doors[0].pk)]
    assert re.findall(r"à (\d+) m", page) == ["70", "730"]
    page = agent.post(
        reverse("incidents:places_near"), {"longitude": "2.3", "latitude": "48.91"}
    ).content.decode()
    assert re.findall(r"à ([\d,]+) (k?m)", page)[0] == ("1,1", "km")


def test_nearby_a_residence_stands_before_its_buildings_at_one_number(agent, world):
    with system_scope("seeding"):
        a, b = (
            f.AddressFactory(
                residence=world.a.residence,
                label=f"12 rue des Essais, {unit}",
                match_key=match_key(f"12 rue des Essais, {unit}"),
                longitude=2.3 + east,
                latitude=48.9,
            )
            for unit, east in (("Bât A", 0.002), ("Bât B", 0.001))
        )
    page = agent.post(reverse("incidents:places_near"), {"longitude": "2.3", "latitude": "48.9"})
    assert chosen(page.content.decode()) == [f"r{world.a.residence.pk}", f"a{b.pk}", f"a{a.pk}"]


@pytest.mark.parametrize("point", [{"longitude": "170", "latitude": "-40"}, {"longitude": "zz"}, {}])
def test_nothing_nearby_says_what_to_do(agent, point):
    page = agent.post(reverse("incidents:places_near"), point).content.decode()
    assert "Aucune de vos adresses" in page
    assert "value=" not in page


def test_an_empty_search_gives_the_last_places_back(agent, answers, world):
    agent.post(reverse("incidents:create"), answers)
    page = agent.get(reverse("incidents:places"), {"q": ""}).content.decode()
    assert f'value="{answers["place"]}"' in page
