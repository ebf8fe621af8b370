"""The pages on which a lead decides about levels, and those that say what was decided."""

import datetime as dt
import io
import json
from csv import DictReader

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import system_scope
from classification.engine.services import evaluate
from classification.models import Decision
from core.dates import long_date
from core.opaque import written
from tests import factories as f
from tests.deciding import decides, decision_now, raise_to_3, residence_at, site_of, takes_back, version_for

WHY = "La rue voisine compte davantage que le hall."
QUEUE = reverse("classification:decisions")
CONFIRM = reverse("classification:confirm_levels")


def plain(response) -> str:
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ").replace("&#x27;", "'")


def decide_page(residence) -> str:
    return reverse("classification:decide_level", args=[residence.pk])


def residence_page(residence) -> str:
    return reverse("classification:residence", args=[residence.pk])


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


@pytest.fixture
def calm(world):
    return residence_at(world.a.landlord, world.commune, 1, name="Calme")


@pytest.fixture
def troubled(world):
    return residence_at(world.a.landlord, world.commune, 3, name="Troublée")


@pytest.fixture
def today():
    return long_date(timezone.localdate())


def _queue(lead, tab="a-valider", **query) -> dict[str, bool]:
    """The residences that a tab lists, each with whether it can be confirmed with others."""
    rows = lead.get(QUEUE, {"etat": tab, **query}).context["rows"]
    return {row.site.residence.name: not row.contested for row in rows}


def _chosen(*residences) -> dict[str, object]:
    keys = {residence: written("residence", residence.pk) for residence in residences}
    return {"residence": [*keys.values()]} | {f"version-{key}": version_for(one) for one, key in keys.items()}


def _typed(residence, retained, reason="", **more):
    return {"retained": retained, "reason": reason, "version": version_for(residence)} | more


def test_the_queue_holds_what_nobody_decided_about_the_highest_level_first(world, lead, calm, troubled):
    decides(world.a.lead, world.a.residence)
    assert list(_queue(lead)) == ["Troublée", "Calme", "Résidence A bis"]
    assert list(_queue(lead, "retenus")) == ["Résidence A"]
    assert _queue(lead, "ecarts") == {}
    decides(world.a.lead, troubled, 4, WHY)
    assert list(_queue(lead, "ecarts")) == ["Troublée"]
    assert lead.get(QUEUE, {"etat": "autre"}).status_code == 404


def test_ticked_levels_are_confirmed_and_the_others_are_not(world, lead, calm, troubled):
    page = plain(lead.post(CONFIRM, _chosen(calm), follow=True))
    assert "1 niveau confirmé." in page
    assert (site_of(calm).retained, site_of(troubled).retained) == (1, None)


def test_one_button_confirms_its_level_alone(world, lead, calm, troubled):
    lead.post(CONFIRM, _chosen(calm, troubled) | {"only": written("residence", troubled.pk)})
    assert (site_of(calm).retained, site_of(troubled).retained) == (None, 3)


def test_nothing_ticked_is_said(lead):
    assert "Cochez au moins une résidence." in plain(lead.post(CONFIRM, follow=True))


def test_a_level_that_moved_meanwhile_is_named_and_not_confirmed(world, lead, calm, troubled):
    sent = _chosen(calm, troubled)
    raise_to_3(calm)
    page = plain(lead.post(CONFIRM, sent, follow=True))
    assert "1 niveau confirmé." in page
    assert "le niveau ou la décision a changé depuis l’affichage : Calme." in page
    assert site_of(calm).retained is None


def test_a_level_confirmed_in_another_tab_or_by_a_second_click_is_not_called_changed(world, lead, calm):
    sent = _chosen(calm)
    lead.post(CONFIRM, sent)
    page = plain(lead.post(CONFIRM, sent, follow=True))
    assert "Déjà confirmé, rien n'a été changé : Calme.".replace("'", "’") in page
    assert "Non confirmé" not in page
    with system_scope("evaluation"):
        assert Decision.objects.filter(residence=calm).count() == 1


def test_a_level_of_which_another_was_retained_meanwhile_is_named(world, lead, calm):
    sent = _chosen(calm)
    decides(world.a.lead, calm, 3, WHY)
    assert "a changé depuis l’affichage : Calme." in plain(lead.post(CONFIRM, sent, follow=True))
    assert site_of(calm).retained == 3


def test_what_is_contested_is_not_offered_with_the_rest(world, lead, calm, troubled):
    with system_scope("seeding"):
        f.DisruptionFactory(address=troubled.addresses.get(), extent="limited", seen_at=None)
    assert _queue(lead)["Troublée"] is False
    page = plain(lead.post(CONFIRM, _chosen(calm, troubled), follow=True))
    assert "À décider un par un, avec un motif ou après lecture : Troublée." in page


def test_another_level_is_retained_with_a_reason(world, lead, troubled, today):
    page = lead.get(decide_page(troubled))
    assert page.context["form"]["retained"].value() == 3
    answer = lead.post(decide_page(troubled), _typed(troubled, 4, WHY))
    assert (answer.status_code, answer.headers["Location"]) == (302, residence_page(troubled))
    shown = plain(lead.get(residence_page(troubled)))
    assert "Troublée : niveau 4 retenu, le niveau proposé est 3." in shown
    assert f"Proposé 3, retenu 4 par le bailleur le {today}." in shown
    assert WHY in shown


def test_another_level_without_a_reason_is_refused_with_what_was_typed(lead, troubled):
    answer = lead.post(decide_page(troubled), _typed(troubled, 4))
    assert answer.status_code == 422
    assert "Dites pourquoi vous retenez un autre niveau que celui proposé." in plain(answer)
    assert answer.context["form"]["retained"].value() == "4"


def test_a_reason_names_nobody(lead, troubled):
    answer = lead.post(decide_page(troubled), _typed(troubled, 4, "Monsieur Martin y revient."))
    assert (answer.status_code, site_of(troubled).retained) == (422, None)


def test_a_level_that_moved_meanwhile_is_shown_with_what_was_typed(lead, calm):
    sent = _typed(calm, 1, WHY)
    raise_to_3(calm)
    answer = lead.post(decide_page(calm), sent)
    page = plain(answer)
    assert answer.status_code == 409
    assert "le niveau proposé ou la décision a changé" in page
    assert (answer.context["form"]["reason"].value(), answer.context["form"]["retained"].value()) == (
        WHY,
        "1",
    )
    assert site_of(calm).retained is None
    again = sent | {"version": answer.context["form"]["version"].value()}
    assert lead.post(decide_page(calm), again).status_code == 302
    assert site_of(calm).retained == 1


def test_the_same_form_sent_twice_decides_once(lead, troubled):
    sent = _typed(troubled, 4, WHY)
    assert [lead.post(decide_page(troubled), sent).status_code for _ in range(2)] == [302, 302]
    with system_scope("evaluation"):
        assert Decision.objects.filter(residence=troubled).count() == 1


def test_a_decision_is_taken_back_with_a_reason(world, lead, troubled):
    decision = decides(world.a.lead, troubled, 4, WHY)
    url = reverse("classification:withdraw_decision", args=[decision.pk])
    assert lead.post(url, {"end_reason": ""}).status_code == 422
    page = plain(lead.post(url, {"end_reason": "Mauvaise résidence."}, follow=True))
    assert "Décision retirée : Troublée est de nouveau au niveau proposé, 3." in page
    assert ("Proposé, non validé." in page, "Mauvaise résidence." in page) == (True, True)
    again = plain(lead.post(url, {"end_reason": "Encore."}, follow=True))
    assert "Cette décision ne valait déjà plus" in again
    assert decision_now(decision).end_reason == "Mauvaise résidence."


def test_a_lapsed_decision_is_told_with_its_cause(world, lead, calm, today):
    decides(world.a.lead, calm, 2, WHY)
    raise_to_3(calm)
    said = f"caduque depuis le {today} : le niveau proposé est passé de 1 à 3"
    for url in (residence_page(calm), QUEUE, reverse("classification:home")):
        assert said in plain(lead.get(url)), url


def test_the_first_page_counts_what_awaits_a_decision(world, lead, calm, troubled):
    assert lead.get(reverse("classification:home")).context["found"].undecided == 4
    decides(world.a.lead, calm)
    found = lead.get(reverse("classification:home")).context["found"]
    assert (found.undecided, found.lapsed.total) == (3, 0)
    raise_to_3(calm)
    found = lead.get(reverse("classification:home")).context["found"]
    assert ([one.residence.name for one in found.lapsed.rows], found.undecided) == (["Calme"], 4)
    decides(world.a.lead, calm)
    assert lead.get(reverse("classification:home")).context["found"].lapsed.total == 0


def test_each_reader_is_told_whether_a_level_was_decided(world, sign_in, troubled, today):
    decides(world.a.lead, troubled, 4, WHY)
    for user, own in ((world.a.lead, True), (world.a.coordinator, False)):
        client = sign_in(user)
        page = plain(client.get(residence_page(troubled)))
        assert f"Proposé 3, retenu 4 par le bailleur le {today}." in page
        assert (world.a.lead.full_name in page) is own
        rows = plain(client.get("/residences/?page=1"))
        assert (f"proposé 3, retenu 4 par le bailleur le {today}" in rows, "proposé, non validé" in rows) == (
            True, True,
        )  # fmt: skip


def test_nobody_but_a_lead_is_offered_to_decide(world, sign_in, troubled):
    for user in (world.a.agent, world.a.coordinator):
        page = sign_in(user).get(residence_page(world.a.residence)).text
        assert ("Confirmer le niveau" in page, "Retenir un autre niveau" in page) == (False, False)
    page = plain(sign_in(world.a.lead).get(residence_page(world.a.residence)))
    assert "Confirmer le niveau 3" in page


def test_the_list_is_filtered_and_sorted_by_the_level_that_is_shown(world, lead, calm, troubled):
    decides(world.a.lead, calm, 4, WHY)
    decides(world.a.lead, troubled)

    def listed(**query):
        table = lead.get("/residences/", query | {"page": 1}).context["table"]
        return [row.record.residence.name for row in table.paginated_rows]

    assert listed()[0] == "Calme"
    assert listed(tri="level")[-1] == "Calme"
    assert listed(level=4) == ["Calme"]
    assert listed(decided="other") == ["Calme"]
    assert sorted(listed(decided="yes")) == ["Calme", "Troublée"]
    assert sorted(listed(decided="no")) == ["Résidence A", "Résidence A bis"]
    assert (
        sorted(listed(tri="decided_on")[:2]) == sorted(listed(tri="-decided_on")[:2]) == ["Calme", "Troublée"]
    )


def test_files_and_the_map_say_it_too(world, lead, calm, today):
    decides(world.a.lead, calm, 4, WHY)
    said = f"proposé 1, retenu 4 par le bailleur le {today}"
    content = b"".join(lead.get("/residences/export.csv").streaming_content).decode("utf-8-sig")
    [row] = [row for row in DictReader(io.StringIO(content), delimiter=";") if row["Résidence"] == "Calme"]
    assert (row["Niveau"], row["Niveau proposé"], row["Validation"].replace("\xa0", " ")) == ("4", "1", said)
    data = json.loads(lead.get("/carte/donnees/", {"bbox": "-5,42,9,51", "zoom": "6"}).content)
    [point] = [point for point in data["points"] if point[4] == "Calme"]
    assert (point[3], point[-1].replace("\xa0", " ")) == (4, said)
    data = json.loads(
        lead.get("/carte/donnees/", {"bbox": "-5,42,9,51", "zoom": "6", "unit": "address"}).content
    )
    [point] = [point for point in data["points"] if point[4] == "Calme"]
    assert (point[3], point[-1]) == (1, "")


def test_the_queue_asks_as_much_of_the_database_for_many_as_for_one(world, lead):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert lead.get(QUEUE).status_code == 200
        return len(captured)

    residence_at(world.a.landlord, world.commune, 3)
    one = queries()
    for level in (1, 2, 3, 4):
        residence_at(world.a.landlord, world.commune, level)
    decides(world.a.lead, raised := residence_at(world.a.landlord, world.commune, 1))
    raise_to_3(raised)
    assert queries() == one


def test_a_queue_of_many_is_paged(world, lead):
    with system_scope("seeding"):
        made = [f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune) for _ in range(30)]
    evaluate([one.pk for one in made])
    first, second = _queue(lead), _queue(lead, page=2)
    assert (len(first), len(second), set(first) & set(second)) == (25, 7, set())


def test_the_lead_of_two_landlords_chooses_one(world, sign_in, troubled):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.lead, organisation=world.b.landlord, role=Role.LEAD)
    client = sign_in(world.a.lead)
    both, one = _queue(client), _queue(client, bailleur=written("organisation", world.b.landlord.pk))
    assert "Troublée" in both
    assert set(one) == {"Résidence B", "Résidence B bis"}
    assert _queue(client, bailleur="inventé") == {}


def test_a_decision_of_another_landlord_is_not_there(world, sign_in, troubled):
    decision = decides(world.a.lead, troubled, 4, WHY)
    other = sign_in(world.b.lead)
    for url in (decide_page(troubled), reverse("classification:withdraw_decision", args=[decision.pk])):
        assert (other.get(url).status_code, other.post(url, _typed(troubled, 2, WHY)).status_code) == (
            404,
            404,
        )
    assert other.post(CONFIRM, _chosen(world.a.residence)).status_code == 302
    assert site_of(world.a.residence).retained is None


def test_former_decisions_stay_in_the_history(world, lead, troubled):
    first = decides(world.a.lead, troubled, 4, WHY)
    decides(world.a.lead, troubled, 2, "Relu sur place.")
    takes_back(world.a.lead, Decision(pk=decision_of(troubled), residence=troubled))
    page = lead.get(residence_page(troubled))
    assert [(one.ending, one.retained) for one in page.context["former"]] == [
        ("withdrawn", 2),
        ("replaced", 4),
    ]
    assert first.reason in plain(page)


def decision_of(residence) -> int:
    with system_scope("evaluation"):
        return Decision.objects.get(residence=residence, ended_on=None).pk


def test_nobody_outside_reads_what_a_lead_took_back(world, lead, sign_in, troubled):
    """The words of a decision that was replaced or withdrawn are its landlord's; those of one that lapsed were published."""
    decides(world.a.lead, troubled, 4, "Premier motif.")
    decides(world.a.lead, troubled, 2, "Deuxième motif.")
    takes_back(world.a.lead, Decision(pk=decision_of(troubled), residence=troubled), "Mal rédigé.")
    words = ("Premier motif.", "Deuxième motif.", "Mal rédigé.", world.a.lead.full_name)
    own = plain(lead.get(residence_page(troubled)))
    others = plain(sign_in(world.a.coordinator).get(residence_page(troubled)))
    assert [word in own for word in words] == [True] * 4
    assert [word in others for word in words] == [False] * 4


def test_a_coordinator_reads_why_a_level_was_retained_that_lapsed_since(world, sign_in, calm):
    decides(world.a.lead, calm, 2, WHY)
    coordinator = sign_in(world.a.coordinator)
    assert WHY in plain(coordinator.get(residence_page(calm)))
    raise_to_3(calm)
    page = plain(coordinator.get(residence_page(calm)))
    assert (WHY in page, world.a.lead.full_name in page) == (True, False)


def test_no_choice_of_columns_hides_whether_a_level_was_decided(world, sign_in, troubled):
    coordinator = sign_in(world.a.coordinator)
    page = plain(coordinator.get("/residences/", {"page": 1, "col": "commune"}))
    assert page.count("proposé, non validé") == 3
    content = b"".join(
        coordinator.get("/residences/export.csv", {"col": "commune"}).streaming_content
    ).decode("utf-8-sig")
    assert {row["Validation"] for row in DictReader(io.StringIO(content), delimiter=";")} == {
        "proposé, non validé"
    }


def test_a_silent_site_is_confirmed_with_a_reason_alone(world, lead):
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
        address = f.AddressFactory(residence=residence)
        for back in range(8):
            day = timezone.localdate() - dt.timedelta(100 + 5 * back)
            f.IncidentFactory(address=address, code="LITTERING", day=day)
    evaluate([residence.pk])
    answer = lead.post(decide_page(residence), _typed(residence, 1))
    assert answer.status_code == 422
    assert "La saisie s’est interrompue : dites sur quoi repose le niveau retenu." in plain(answer)
    assert lead.post(decide_page(residence), _typed(residence, 1, WHY)).status_code == 302
    assert (site_of(residence).retained, site_of(residence).mark) == (1, 0)
