"""A fact whose place is not certain waits for a person, counts nowhere, and is kept with the way it was placed."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from core.versions import version_of
from incidents.facts.services import Fact, correct_incident, state_of
from incidents.models import FactType, Incident, UnplacedFact
from incidents.unplaced import services
from sites.enums import ImportKind
from sites.match_key import match_key
from sites.models import Address, Commune
from tests import factories as f
from tests.imports import csv_file, import_as_lead, import_as_operator, preview_as_lead
from tests.undoing import contents, undo_as_lead

HEADER = "identifiant;nature;jour;heure;référence résidence;adresse;code postal;longitude;latitude"


@pytest.fixture
def home(world):
    """An address of landlord A at 2.39, 48.84, in the commune of postcode 00100."""
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.commune.pk).update(postcodes=["00100"])
        label = "12 rue des Meuniers"
        address = f.AddressFactory(
            residence=world.a.residence,
            label=label,
            match_key=match_key(label),
            longitude=2.39,
            latitude=48.84,
        )
    evaluate([address.residence_id])
    return address


@pytest.fixture
def send(world, home):
    def run(*rows, how=import_as_lead):
        content = csv_file(HEADER, *rows)
        return how(content, world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS)

    return run


NEAR = "n{};Tags;2026-01-0{};;;;;2.3901;48.84"


def waiting(*fields):
    with system_scope("seeding"):
        return list(UnplacedFact.objects.filter(settled_at=None).order_by("external_id").values_list(*fields))


def the_fact(external_id="n1"):
    return UnplacedFact.objects.get(external_id=external_id)


def recorded(*fields):
    with system_scope("seeding"):
        found = Incident.objects.filter(import_run__isnull=False)
        return list(found.order_by("external_id").values_list(*fields))


def test_a_point_near_an_address_is_no_place_but_a_suggestion(world, home, send):
    before = contents()
    assert send(NEAR.format(1, 1), how=preview_as_lead).verdicts == [("waiting", "near_only")]
    assert waiting() == []
    assert send(NEAR.format(1, 1)).verdicts == [("waiting", "near_only")]
    assert waiting("landlord_id", "way", "candidates", "day") == [
        (world.a.landlord.pk, "nearest", [home.pk], dt.date(2026, 1, 1))
    ]
    assert contents() == before


def test_a_source_that_says_so_is_placed_at_the_nearest_address(world, home):
    row = "i1,2026-01,2.3901,48.84,On or near X,Anti-social behaviour"
    content = csv_file("Crime ID,Month,Longitude,Latitude,Location,Crime type", row)
    result = import_as_operator(content, "police-uk", ImportKind.INCIDENTS, area=[[-5.0, 40.0, 10.0, 60.0]])
    assert result.verdicts == [("imported", "by_distance")]
    assert recorded("address_id", "placed_by", "placed_certainty") == [(home.pk, "nearest", "nearest")]


def test_certain_places_say_how_they_were_found(world, home, send):
    with system_scope("seeding"):
        world.a.residence.reference = "RA"
        world.a.residence.save()
    send("a;Tags;2026-01-01;;RA;;;;", "b;Tags;2026-01-02;;;12 rue des Meuniers;00100;;")
    assert recorded("placed_by", "placed_certainty") == [("reference", "certain"), ("address", "certain")]


def test_a_street_written_a_little_differently_is_suggested(home, send):
    result = send(
        "b;Tags;2026-01-02;;;12 rue des Meunier;00100;;", "c;Tags;2026-01-02;;;14 rue des Meunier;00100;;"
    )
    assert result.verdicts == [("waiting", "alike_only"), ("rejected", "no_place")]
    assert waiting("external_id", "way", "candidates", "written") == [
        ("b", "alike", [home.pk], "12 rue des Meunier")
    ]


def test_a_door_of_two_residences_is_a_choice_between_them(world, home, send):
    with system_scope("seeding"):
        twin = f.AddressFactory(residence=world.a.other, label=home.label, match_key=home.match_key)
    assert send("d;Tags;2026-01-02;;;12 rue des Meuniers;00100;;").verdicts == [("waiting", "several_places")]
    [(candidates,)] = waiting("candidates")
    assert set(candidates) == {home.pk, twin.pk}


def test_a_place_that_speaks_of_somebody_is_not_kept(send):
    send("e;Tags;2026-01-02;;;chez Mme Exemple;;2.3901;48.84")
    assert waiting("written") == [("",)]


def test_what_waits_at_another_landlord_under_the_same_identifier_is_another_fact(world, home, send):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.lead, organisation=world.b.landlord, role=Role.LEAD)
    send(NEAR.format(1, 1))
    with system_scope("seeding"):
        UnplacedFact.objects.update(landlord=world.b.landlord)
    assert send(NEAR.format(1, 1)).verdicts == [("waiting", "near_only")]
    assert set(waiting("landlord_id")) == {(world.a.landlord.pk,), (world.b.landlord.pk,)}


def test_a_row_that_waits_is_not_queued_again_and_another_content_replaces_it(send):
    anonymous = ";Tags;2026-01-05;;;;;2.3901;48.84"
    send(NEAR.format(1, 1), anonymous, anonymous)
    assert send(NEAR.format(1, 1), anonymous, anonymous).verdicts == [("unchanged", "already_waiting")] * 3
    assert send(NEAR.format(1, 2)).verdicts == [("waiting", "near_only")]
    assert waiting("external_id", "day") == [
        ("", dt.date(2026, 1, 5)), ("", dt.date(2026, 1, 5)), ("n1", dt.date(2026, 1, 2)),
    ]  # fmt: skip


def test_choosing_the_suggestion_records_the_fact_with_its_way_and_the_journal_tells(world, home, send):
    result = send(NEAR.format(1, 1))
    with acting_as(world.a.lead) as scope:
        assert services.place(scope, the_fact(), home) == 1
        assert services.place(scope, the_fact(), home) == 0
        entry = AuditEntry.objects.filter(object_type="incidents.incident", action="create").get()
        assert entry.detail == {"residence": home.residence_id, "placed": "nearest"}
    assert recorded("address_id", "import_run_id", "placed_by", "placed_certainty", "reported_by_id") == [
        (home.pk, result.run.pk, "nearest", "confirmed", world.a.lead.pk)
    ]
    assert send(NEAR.format(1, 1)).verdicts == [("unchanged", "already_recorded")]


def test_another_place_is_chosen_by_hand(world, home, send):
    send(NEAR.format(1, 1))
    with acting_as(world.a.lead) as scope:
        services.place(scope, the_fact(), world.a.other_address)
    assert recorded("address_id", "placed_by") == [(world.a.other_address.pk, "hand")]


def test_all_that_are_alike_are_placed_at_once_and_no_other(world, home, send):
    send(NEAR.format(1, 1), NEAR.format(2, 2), NEAR.format(3, 3).replace("2.3901", "2.3902"))
    with acting_as(world.a.lead) as scope:
        assert services.place(scope, the_fact(), home, all_alike=True) == 2
    assert waiting("external_id") == [("n3",)]


def test_a_fact_is_not_placed_at_another_landlords(world, home, send):
    send(NEAR.format(1, 1))
    with acting_as(world.a.lead) as scope:
        assert services.place(scope, the_fact(), world.b.address) == 0
    assert recorded() == []


def test_a_discarded_fact_stays_so_and_its_reason_is_shielded(world, home, send, sign_in):
    send(NEAR.format(1, 1))
    with system_scope("seeding"):
        url = reverse("incidents:discard_fact", args=[the_fact().pk])
    lead = sign_in(world.a.lead)
    assert lead.post(url, {"reason": "Signalé par Mme Exemple"}).status_code == 422
    assert lead.post(url, {"reason": "Hors patrimoine"}).status_code == 302
    assert waiting() == []
    assert send(NEAR.format(1, 1)).verdicts == [("unchanged", "discarded_since")]


@pytest.fixture
def discarded(world, home, send, sign_in):
    """A fact that a lead has just discarded on its page; the client of the lead and the answer."""
    send(NEAR.format(1, 1))
    with system_scope("seeding"):
        fact = the_fact()
    lead, url = sign_in(world.a.lead), reverse("incidents:discard_fact", args=[fact.pk])
    return fact, lead, lead.post(url, {"reason": "Hors patrimoine"}, follow=True)


def _back(fact):
    return reverse("incidents:take_back_fact", args=[fact.pk])


def _entries(world, fact):
    with acting_as(world.a.lead):
        found = AuditEntry.objects.filter(object_type="incidents.unplacedfact", object_id=str(fact.pk))
        return list(found.order_by("pk").values_list("action", "actor_id"))


def test_a_discarding_can_be_taken_back_at_once_with_its_history_and_journal(world, home, discarded):
    fact, lead, answer = discarded
    assert f'action="{_back(fact)}"' in answer.text
    page = lead.post(_back(fact), follow=True)
    assert (page.redirect_chain[-1][0], len(waiting())) == (
        reverse("incidents:place_fact", args=[fact.pk]),
        1,
    )
    told = [(step.who, step.reason) for step in page.context["steps"]]
    assert told == [(world.a.lead.full_name, ""), (world.a.lead.full_name, "Hors patrimoine")]
    assert "Hors patrimoine" in page.text
    assert _entries(world, fact) == [("cancel", world.a.lead.pk), ("update", world.a.lead.pk)]
    assert lead.post(page.redirect_chain[-1][0], {"place": f"a{home.pk}"}).status_code == 302
    assert recorded("address_id") == [(home.pk,)]


def test_discarded_facts_have_a_list_and_a_page_that_keeps_each_discarding(discarded):
    fact, lead, _answer = discarded
    url, page = reverse("incidents:to_place"), reverse("incidents:discarded_fact", args=[fact.pk])
    listed = lead.get(url, {"state": "discarded"}).text
    assert (f'href="{page}"' in listed, "Hors patrimoine" in listed, page in lead.get(url).text) == (
        True,
        True,
        False,
    )
    lead.post(_back(fact))
    assert lead.get(page).headers["Location"] == url
    lead.post(reverse("incidents:discard_fact", args=[fact.pk]), {"reason": "Doublon"})
    assert [step.reason for step in lead.get(page).context["steps"]] == ["Doublon", "", "Hors patrimoine"]


@pytest.mark.parametrize("again", ["recorded", "waiting"])
def test_a_discarded_fact_that_a_later_file_brought_again_stays_discarded(world, home, discarded, again):
    fact, lead, _answer = discarded
    same = {"external_source": fact.external_source, "external_id": fact.external_id}
    with system_scope("seeding"):
        made = f.IncidentFactory if again == "recorded" else f.UnplacedFactFactory
        made(address=home, **same)
    answer = lead.post(_back(fact), follow=True)
    assert "Un fichier plus récent a ramené ce fait" in answer.text
    with system_scope("seeding"):
        assert the_fact_by(fact).discard_reason == "Hors patrimoine"
    assert [action for action, _who in _entries(world, fact)] == ["cancel"]


def the_fact_by(fact):
    return UnplacedFact.objects.get(pk=fact.pk)


def test_what_is_not_discarded_any_more_is_not_taken_back_twice(world, discarded):
    fact, lead, _answer = discarded
    lead.post(_back(fact))
    assert "Ce fait n’est plus écarté" in lead.post(_back(fact), follow=True).text
    assert len(_entries(world, fact)) == 2


def test_a_certain_place_in_a_later_file_closes_what_waits(world, home, send):
    send(NEAR.format(1, 1))
    placed = "n1;Tags;2026-01-01;;;12 rue des Meuniers;00100;;"
    assert send(placed).verdicts == [("imported", "by_address")]
    assert waiting() == []


def test_the_undoing_takes_what_waits_and_what_was_placed_by_hand(world, home, send):
    before = contents()
    result = send(NEAR.format(1, 1), NEAR.format(2, 2))
    with acting_as(world.a.lead) as scope:
        services.place(scope, the_fact(), home)
    counts = undo_as_lead(result.run, world.a.lead)
    assert counts == {"removed": {"incidents_incident": 1, "incidents_unplacedfact": 2}}
    with system_scope("seeding"):
        assert not UnplacedFact.objects.exists()
    assert contents() == before


def rows_that_wait():
    """Return every row of the queue, settled ones included, whole."""
    with system_scope("seeding"):
        return list(UnplacedFact.objects.order_by("pk").values())


def test_the_undoing_gives_back_what_a_later_file_replaced_in_the_queue(send, world):
    send(NEAR.format(1, 1), NEAR.format(2, 2))
    before = rows_that_wait()
    later = send(NEAR.format(1, 5))
    assert waiting("external_id", "day") == [("n1", dt.date(2026, 1, 5)), ("n2", dt.date(2026, 1, 2))]
    assert undo_as_lead(later.run, world.a.lead) == {
        "removed": {"incidents_unplacedfact": 1}, "restored": {"incidents_unplacedfact": 1},
    }  # fmt: skip
    assert rows_that_wait() == before


def test_what_two_files_replaced_in_turn_comes_back_once_both_are_undone(send, world):
    send(NEAR.format(1, 1))
    before = rows_that_wait()
    second, third = send(NEAR.format(1, 2)), send(NEAR.format(1, 3))
    undo_as_lead(second.run, world.a.lead)
    assert waiting("day") == [(dt.date(2026, 1, 3),)]
    undo_as_lead(third.run, world.a.lead)
    assert rows_that_wait() == before


def test_what_was_replaced_in_the_queue_may_be_sent_again(send):
    send(NEAR.format(1, 1))
    send(NEAR.format(1, 2))
    assert send(NEAR.format(1, 1)).verdicts == [("waiting", "near_only")]
    assert waiting("day") == [(dt.date(2026, 1, 1),)]


@pytest.fixture
def twins(world, home):
    """Two residences at 12 rue des Meuniers; the first, RA, is the one of the address ``home``."""
    with system_scope("seeding"):
        f.AddressFactory(residence=world.a.other, label=home.label, match_key=home.match_key)
        world.a.residence.reference = "RA"
        world.a.residence.save()


@pytest.mark.parametrize("name", ["d", ""], ids=["named", "nameless"])
def test_a_certain_place_closes_what_waits_and_its_undoing_opens_it_again(send, twins, world, name):
    row = name + ";Tags;2026-01-02;{};{};12 rue des Meuniers;00100;;"
    send(
        row.format("", ""),
        "e;Tags;2026-01-02;;;12 rue des Meuniers;00100;;",
        ";Tags;2026-01-03;;;12 rue des Meuniers;00100;;",
    )
    before = rows_that_wait()
    later = send(row.format("", "RA"))
    assert later.verdicts == [("imported", "by_reference")]
    left = [one for one in rows_that_wait() if not one["settled_at"]]
    assert left == before[1:]
    assert undo_as_lead(later.run, world.a.lead) == {
        "removed": {"incidents_incident": 1}, "restored": {"incidents_unplacedfact": 1},
    }  # fmt: skip
    assert rows_that_wait() == before


def test_as_many_rows_without_identifier_are_closed_as_are_placed(send, twins):
    row = ";Tags;2026-01-02;;{};12 rue des Meuniers;00100;;"
    send(*[row.format("")] * 3)
    send(*[row.format("RA")] * 2)
    assert len(recorded("pk")) == 2
    assert len(waiting("pk")) == 1


def test_a_fact_placed_elsewhere_closes_none_whose_written_place_was_not_kept(send, twins, world):
    with system_scope("seeding"):
        elsewhere = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, reference="RC")
        f.AddressFactory(residence=elsewhere)
    sent = send(";Tags;2026-01-02;;;12 rue des Meuniers (Mme Exemple);00100;;")
    assert sent.verdicts == [("waiting", "several_places")]
    assert waiting("written") == [("",)]
    assert send(";Tags;2026-01-02;;RC;;;;").verdicts == [("imported", "by_reference")]
    assert len(waiting("pk")) == 1


def test_what_waited_stays_closed_where_its_fact_was_corrected_since(send, twins, world):
    row = "d;Tags;2026-01-02;;{};12 rue des Meuniers;00100;;"
    send(row.format(""))
    later = send(row.format("RA"))
    with acting_as(world.a.lead) as scope:
        fact = Incident.objects.get(import_run=later.run)
        said = Fact(place=fact.place, fact_type=FactType.objects.get(code="NOISE"), day=fact.day)
        correct_incident(scope=scope, incident=fact, fact=said, version=version_of(fact, state_of(fact)))
    assert undo_as_lead(later.run, world.a.lead) == {
        "changed": {"incidents_incident": 1, "incidents_unplacedfact": 1}
    }
    assert waiting() == []


def test_the_pages_list_suggest_and_place(world, home, send, sign_in):
    send(NEAR.format(1, 1), NEAR.format(2, 2))
    lead = sign_in(world.a.lead)
    listed = lead.get(reverse("incidents:to_place")).content.decode()
    assert "12 rue des Meuniers (" in listed
    assert "2 faits attendent" in lead.get(reverse("incidents:list")).content.decode()
    with system_scope("seeding"):
        url = reverse("incidents:place_fact", args=[the_fact().pk])
    page = lead.get(url)
    assert f'value="a{home.pk}"' in page.content.decode()
    assert [spot["label"] for spot in page.context["spots"]["candidates"]] == ["12 rue des Meuniers"]
    assert lead.post(url, {}).status_code == 422
    answer = lead.post(url, {"place": f"a{home.pk}", "all_alike": "on"}, follow=True)
    assert "2 faits placés." in answer.content.decode()
    with system_scope("seeding"):
        fact = Incident.objects.get(external_id="n1")
    detail = lead.get(reverse("incidents:detail", args=[fact.pk])).content.decode()
    assert "incertain, puis confirmé par une personne" in detail


def test_the_report_leads_to_the_facts_that_its_import_left_to_place(world, home, send, sign_in):
    first, second = send(NEAR.format(1, 1)).run, send(NEAR.format(2, 2)).run
    lead, url = sign_in(world.a.lead), reverse("incidents:to_place")
    report = lead.get(reverse("sites:import_detail", args=[second.pk])).content.decode()
    assert f'href="{url}?import_run={second.pk}"' in report

    with system_scope("seeding"):
        links = {reverse("incidents:place_fact", args=[the_fact(name).pk]): name for name in ("n1", "n2")}

    def listed(client, **query):
        page = client.get(url, query).content.decode()
        return [name for link, name in links.items() if f'href="{link}"' in page]

    found = [listed(lead, import_run=first.pk), listed(lead, import_run=second.pk), listed(lead)]
    assert found == [["n1"], ["n2"], ["n1", "n2"]]
    assert listed(lead, import_run=0) == listed(sign_in(world.b.lead), import_run=first.pk) == []


def test_an_import_that_left_nothing_to_place_says_so(world, home, send, sign_in):
    send(NEAR.format(1, 1))
    run = send(NEAR.format(1, 1)).run
    page = sign_in(world.a.lead).get(reverse("incidents:to_place"), {"import_run": run.pk}).content.decode()
    assert ("Aucun fait de cet import n’attend de lieu" in page, "Tous les faits à placer" in page) == (
        True,
        True,
    )


def test_only_its_lead_sees_what_waits_for_a_place(world, home, send):
    send(NEAR.format(1, 1))
    with acting_as(world.a.lead):
        assert UnplacedFact.objects.count() == 1
    for person in (world.a.agent, world.a.coordinator, world.b.lead, world.admin, world.a.partner):
        with acting_as(person):
            assert UnplacedFact.objects.count() == 0


def test_a_point_near_two_landlords_is_nobodys_in_the_operators_file(world, home):
    with system_scope("seeding"):
        Address.objects.filter(pk=world.b.address.pk).update(longitude=2.3902, latitude=48.84)
    result = import_as_operator(csv_file(HEADER, NEAR.format(1, 1)), "generic", ImportKind.INCIDENTS)
    assert [outcome for outcome, _reason in result.verdicts] == ["rejected"]
    assert waiting() == []


@pytest.fixture
def placing(home, send, sign_in, world):
    """Send one fact to place; return the client of its lead and the address of its page."""
    send(NEAR.format(1, 1))
    with system_scope("seeding"):
        return sign_in(world.a.lead), reverse("incidents:place_fact", args=[the_fact().pk])


def test_the_place_of_another_landlord_is_refused_on_the_page(world, placing):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.lead, organisation=world.b.landlord, role=Role.LEAD)
    lead, url = placing
    answer = lead.post(url, {"place": f"a{world.b.address.pk}"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "place": ["Ce lieu n’est pas au bailleur de ce fait : choisissez-en un autre."]
    }
    assert (recorded(), len(waiting("pk"))) == ([], 1)


def test_a_fact_that_is_recorded_already_is_not_said_to_be_placed(world, home, placing):
    with system_scope("seeding"):
        fact = the_fact()
        f.IncidentFactory(address=home, external_source=fact.external_source, external_id="n1")
    lead, url = placing
    answer = lead.post(url, {"place": f"a{home.pk}"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "Rien n’a été placé : ce fait est déjà enregistré, ou vient d’être traité."
    ]
    assert lead.get(reverse("incidents:to_place")).status_code == 200
    assert waiting() == []


def test_a_fact_placed_meanwhile_is_not_said_to_be_discarded(world, home, placing, monkeypatch):
    lead, _url = placing
    discard = services.discard
    with system_scope("seeding"):
        fact = the_fact()

    def after_a_placing(scope, chosen, **reason):
        assert services.place(scope, chosen, home) == 1
        return discard(scope, chosen, **reason)

    monkeypatch.setattr(services, "discard", after_a_placing)
    answer = lead.post(reverse("incidents:discard_fact", args=[fact.pk]), {"reason": "Hors patrimoine"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == ["Rien n’a été écarté : ce fait vient d’être traité."]
    assert list(answer.context["messages"]) == []
    assert recorded("address_id") == [(home.pk,)]


def test_a_map_is_there_for_a_point_alone(home, placing):
    lead, url = placing
    mark = 'id="spots-map"'
    assert mark in lead.get(url).text
    with system_scope("seeding"):
        UnplacedFact.objects.update(longitude=None, latitude=None)
    assert mark in lead.get(url).text
    with system_scope("seeding"):
        Address.objects.filter(pk=home.pk).update(longitude=None, latitude=None)
    assert mark not in lead.get(url).text


def test_two_doors_are_kept_as_they_are_written(home, send):
    send("n1;Tags;2026-01-01;;;12 et 14 rue des Meuniers;00100;;")
    assert waiting("written") == [("12 et 14 rue des Meuniers",)]


@pytest.mark.parametrize("act", ["place_fact", "discard_fact"])
def test_a_page_from_before_a_colleague_settled_a_fact_leads_to_what_became_of_it(act, world, sign_in):
    with system_scope("seeding"):
        now = timezone.now()
        placed = f.UnplacedFactFactory(address=world.a.address, settled_at=now)
        gone = f.UnplacedFactFactory(
            address=world.a.address, settled_at=now, discard_reason="Hors patrimoine"
        )
    lead = sign_in(world.a.lead)
    pages = [reverse("incidents:to_place"), reverse("incidents:discarded_fact", args=[gone.pk])]
    for fact, page in zip((placed, gone), pages, strict=True):
        answer = lead.post(reverse(f"incidents:{act}", args=[fact.pk]), {}, follow=True)
        assert answer.redirect_chain == [(page, 302)]
        assert "déjà traité. Rien n’a été modifié." in answer.text
