"""A coordinator proposes what was simulated, the leads who are asked answer on their pages, everybody reads which grid counts."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import system_scope
from classification.models import AdoptionState, GridAdoption, GridVersion
from core.opaque import written
from sites.models import SharingAgreement
from tests import factories as f
from tests.classification.grids.test_pages import words
from tests.governing import WHY, adopted, answered, grid, now, proposed


@pytest.fixture(autouse=True)
def _one_landlord(world):
    with system_scope("seeding"):
        theirs = SharingAgreement.objects.filter(territory=world.a.territory).exclude(
            landlord=world.a.landlord
        )
        theirs.update(ends_on=timezone.localdate())


def _create(world) -> str:
    return reverse("classification:adoption_create", args=[world.a.territory.pk])


def _sent(**said):
    today = timezone.localdate().isoformat()
    return {
        "name": "Brumeval",
        "note": "Plus sévère.",
        "source_1_2": "Atelier de mars",
        "starts_on": today,
        "reason": WHY,
    } | said


def test_what_was_simulated_is_saved_and_proposed(world, sign_in):
    coordinator = sign_in(world.a.coordinator)
    page = coordinator.get("/methode/simulateur/", {"c12": "2"}).content.decode()
    assert f"{_create(world)}?c12=2" in page
    page = coordinator.get(_create(world), {"c12": "2"}).content.decode()
    assert 'name="c12" value="2"' in page
    sent = coordinator.post(_create(world), _sent(c12="2"))
    with system_scope("seeding"):
        adoption = GridAdoption.objects.select_related("grid_version").get()
    assert sent.url == reverse("classification:adoption", args=[adoption.pk])
    version = adoption.grid_version
    assert (version.name, version.cells["1.2"], version.territory_id, version.sources) == (
        "Brumeval", [2, "local"], world.a.territory.pk, {"1.2": "Atelier de mars"},
    )  # fmt: skip
    said = words(sign_in(world.a.lead).get(reverse("classification:grid_version", args=[version.pk])))
    assert "Plus sévère." in said
    assert "Gravité faible, faits réguliers Atelier de mars" in said


def test_a_stored_version_is_proposed_as_it_is(world, sign_in):
    version = grid(name="Déjà là")
    coordinator = sign_in(world.a.coordinator)
    asked = {"grille": written("grid", version.pk)}
    assert 'name="name"' not in coordinator.get(_create(world), asked).content.decode()
    coordinator.post(_create(world), {"starts_on": timezone.localdate().isoformat(), "reason": WHY} | asked)
    with system_scope("seeding"):
        assert GridAdoption.objects.get().grid_version == version
        assert GridVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"source_1_2": ""}, "Ce champ est obligatoire."),
        ({"reason": "."}, "Dites le motif en quelques mots"),
        ({"reason": "Signalé au 06 12 34 56 78"}, "06 12 34 56 78"),
        ({"starts_on": "2020-01-01"}, "Ce jour est passé."),
        ({"starts_on": "2999-01-01"}, "à plus d’un an"),
    ],
    ids=["no source", "no reason", "a number of somebody", "a day that passed", "a day far away"],
)
def test_what_is_not_said_or_names_somebody_is_refused(world, sign_in, said, why):
    page = sign_in(world.a.coordinator).post(_create(world), _sent(c12="2", **said))
    assert page.status_code == 422
    assert why in words(page)
    with system_scope("seeding"):
        assert not GridAdoption.objects.exists()


def test_a_grid_that_falls_goes_back_to_the_simulator(world, sign_in):
    coordinator = sign_in(world.a.coordinator)
    page = coordinator.post(_create(world), _sent(c33="1"), follow=True)
    # What is written for people stands in no address.
    assert set(parse_qs(urlsplit(page.redirect_chain[-1][0]).query)) == {"c33"}
    assert "Cette grille ne peut pas être simulée." in words(page)
    with system_scope("seeding"):
        assert GridVersion.objects.count() == 1


def test_a_lead_is_told_on_the_first_page_and_answers(world, sign_in):
    adoption = proposed(world.a, in_days=2)
    lead = sign_in(world.a.lead)
    assert adoption.grid_version.name in words(lead.get("/accueil/"))
    page = reverse("classification:adoption_answer", args=[adoption.pk])
    said = {"landlord": written("organisation", world.a.landlord.pk)}
    assert lead.post(page, said | {"answer": "refuse"}).status_code == 422
    lead.post(page, said | {"answer": "accept"})
    assert now(adoption).state == AdoptionState.ADOPTED
    assert adoption.grid_version.name not in words(lead.get("/accueil/"))
    assert "Entre-temps" in words(lead.get(page, follow=True))


def test_a_grid_that_is_proposed_twice_is_one_proposal(world, sign_in):
    coordinator = sign_in(world.a.coordinator)
    first, again = (coordinator.post(_create(world), _sent(c12="2"), follow=True) for _n in (1, 2))
    assert first.redirect_chain == again.redirect_chain
    assert "Rien n’a été fait une seconde fois" in again.text
    other = coordinator.post(_create(world), _sent(c12="2", name="Une autre"))
    assert (other.status_code, "est déjà proposée" in words(other)) == (422, True)
    with system_scope("seeding"):
        assert GridAdoption.objects.count() == 1


@pytest.mark.parametrize(
    ("answer", "reason", "state"),
    [
        ("accept", "", "tous les bailleurs ont accepté"),
        ("refuse", "Trop sévère.", "Votre refus est enregistré"),
    ],
)
def test_an_answer_that_is_sent_twice_is_recorded_and_said_so(world, sign_in, answer, reason, state):
    adoption, lead = proposed(world.a, in_days=2), sign_in(world.a.lead)
    page = reverse("classification:adoption_answer", args=[adoption.pk])
    sent = {"landlord": written("organisation", world.a.landlord.pk), "answer": answer, "reason": reason}
    for _n in (1, 2):
        assert state in words(lead.post(page, sent, follow=True))
    other = {"accept": "refuse", "refuse": "accept"}[answer]
    assert "Entre-temps" in words(lead.post(page, sent | {"answer": other}, follow=True))


def test_who_accepted_is_not_told_of_a_refusal_nor_of_an_answer_of_another_landlord(world, sign_in):
    adoption = proposed(world.a, in_days=2)
    with system_scope("seeding"):
        other = f.SharingAgreementFactory(territory=world.a.territory).landlord
        f.MembershipFactory(user=world.a.lead, organisation=other, role=Role.LEAD)
    lead, page = sign_in(world.a.lead), reverse("classification:adoption_answer", args=[adoption.pk])
    sent = {"landlord": written("organisation", world.a.landlord.pk), "answer": "accept", "reason": ""}
    assert "D’autres bailleurs n’ont pas encore répondu" in words(lead.post(page, sent, follow=True))
    refused = sent | {
        "landlord": written("organisation", other.pk),
        "answer": "refuse",
        "reason": "Trop sévère.",
    }
    assert "Votre refus est enregistré" in words(lead.post(page, refused, follow=True))
    again = words(lead.post(page, sent, follow=True))
    assert ("Votre réponse est enregistrée." in again, "Votre refus" in again) == (True, False)
    # For this landlord, nothing was accepted.
    elsewhere = words(lead.post(page, refused | {"answer": "accept", "reason": ""}, follow=True))
    assert ("Entre-temps" in elsewhere, "enregistrée" in elsewhere) == (True, False)


def test_who_accepts_and_writes_why_not_is_asked_which(world, sign_in):
    adoption, lead = proposed(world.a, in_days=2), sign_in(world.a.lead)
    page = reverse("classification:adoption_answer", args=[adoption.pk])
    sent = {
        "landlord": written("organisation", world.a.landlord.pk),
        "answer": "accept",
        "reason": "Trop sévère.",
    }
    said = lead.post(page, sent)
    assert (said.status_code, "Un motif ne va qu’avec un refus" in said.text) == (422, True)
    assert now(adoption).state == AdoptionState.PROPOSED


def test_what_is_proposed_comes_first_and_its_coordinators_alone_withdraw_it(world, sign_in):
    adopted(world.a, grid(name="Ancienne"), in_days=3)
    waiting = proposed(world.a, in_days=2)
    lead, coordinator = sign_in(world.a.lead), sign_in(world.a.coordinator)
    shown = [one.adoption.state for one in lead.get("/methode/grilles/").context["governed"]]
    assert shown == [AdoptionState.PROPOSED, AdoptionState.ADOPTED]
    page = reverse("classification:adoption", args=[waiting.pk])
    withdraw = reverse("classification:adoption_withdraw", args=[waiting.pk])
    assert [withdraw in client.get(page).text for client in (lead, coordinator)] == [False, True]


def test_who_said_what_is_read_by_the_territory_alone(world, sign_in):
    adoption = proposed(world.a)
    answered(world.a.lead, world.a.landlord, adoption)
    for user in (world.a.lead, world.a.coordinator, world.a.partner, world.b.lead):
        said = words(sign_in(user).get("/methode/grilles/"))
        assert f"{world.a.territory.name} {adoption.grid_version.name} en vigueur" in said
        assert (world.a.lead.full_name in said) == (user in {world.a.lead, world.a.coordinator})


def test_the_page_of_versions_asks_as_much_for_many_adoptions(world, sign_in):
    client = sign_in(world.a.coordinator)

    def asks() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/methode/grilles/")
        return len(found)

    with system_scope("seeding"):
        GridAdoption.objects.create(territory=world.a.territory, grid_version=grid(name="Une"))
    few = asks()
    with system_scope("seeding"):
        for n in range(5):
            GridAdoption.objects.create(
                territory=world.a.territory,
                grid_version=grid(name=f"Autre {n}"),
                settled_at=timezone.now(),
                starts_on=timezone.localdate() - dt.timedelta(n),
            )
    assert asks() == few


def test_a_campaign_proposes_the_version_in_force_on_its_day(world, sign_in):
    adoption = proposed(world.a, grid(name="Hivernale"), in_days=4)
    answered(world.a.lead, world.a.landlord, adoption)
    coordinator = sign_in(world.a.coordinator)
    day = timezone.localdate()
    found = []
    for as_of in (day, day + dt.timedelta(4)):
        sent = {
            "name": "Diagnostic", "as_of": as_of.isoformat(), "deadline": as_of.isoformat(), "grid_version": "",
            "landlords": [written("organisation", world.a.landlord.pk)],
        }  # fmt: skip
        page = reverse("classification:campaign_create", args=[world.a.territory.pk])
        found.append(words(coordinator.post(page, sent, follow=True)))
    assert adoption.grid_version.name not in found[0]
    assert adoption.grid_version.name in found[1]
