"""The pages of campaigns say where each stands, to each what is theirs, in a constant number of queries."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.campaigns import services
from classification.engine.services import default_grid
from classification.models import Campaign, Closing
from core.opaque import written
from tests import factories as f
from tests.campaigning import asked, closed, drafted, now, opened
from tests.deciding import decides, residence_at
from tests.versions import opened as version_at


def _page(campaign) -> str:
    return reverse("classification:campaign", args=[campaign.pk])


def _sent(world, **said):
    today = timezone.localdate()
    return {
        "name": "Diagnostic d’automne", "as_of": today.isoformat(), "deadline": (today + dt.timedelta(30)).isoformat(),
        "grid_version": default_grid().name, "landlords": [written("organisation", world.a.landlord.pk)],
    } | said  # fmt: skip


def test_a_coordinator_prepares_changes_opens_and_closes_one(world, sign_in):
    client = sign_in(world.a.coordinator)
    made = client.post(reverse("classification:campaign_create", args=[world.a.territory.pk]), _sent(world))
    campaign = _only()
    assert made.headers["Location"] == _page(campaign)
    assert (campaign.state, campaign.landlords) == ("draft", [world.a.landlord.pk])
    edit = reverse("classification:campaign_edit", args=[campaign.pk])
    later = timezone.localdate() + dt.timedelta(40)
    version = version_at(client, edit)
    client.post(edit, _sent(world, deadline=later.isoformat()) | version)
    assert now(campaign).deadline == later
    assert client.post(edit, _sent(world, name="Autre") | version).status_code == 409
    client.post(reverse("classification:campaign_open", args=[campaign.pk]))
    assert "Bailleur A" in (page := client.get(_page(campaign)).text)
    assert "ouverte" in page
    # What it is about stays: its form leads back.
    assert client.post(edit, _sent(world, name="Autre")).headers["Location"] == _page(campaign)
    assert now(campaign).name == "Diagnostic d’automne"
    closed(world.a, campaign)
    page = client.get(_page(campaign))
    assert [row.site.name for row in page.context["rows"]] == ["Résidence A", "Résidence A bis"]
    assert "proposé, non validé" in page.text


def test_what_is_sent_twice_is_made_once_and_is_no_conflict(world, sign_in):
    client = sign_in(world.a.coordinator)
    create = reverse("classification:campaign_create", args=[world.a.territory.pk])
    first, again = client.post(create, _sent(world)), client.post(create, _sent(world), follow=True)
    assert again.redirect_chain[-1][0] == first.headers["Location"]
    assert "Rien n’a été fait une seconde fois" in again.text
    campaign = _only()
    edit = reverse("classification:campaign_edit", args=[campaign.pk])
    version = version_at(client, edit)
    assert [client.post(edit, _sent(world, name="Autre") | version).status_code for _n in (1, 2)] == [
        302,
        302,
    ]
    client.post(reverse("classification:campaign_open", args=[campaign.pk]))
    put_off = reverse("classification:campaign_deadline", args=[campaign.pk])
    day = (timezone.localdate() + dt.timedelta(50)).isoformat()
    version = version_at(client, put_off)
    assert [client.post(put_off, {"deadline": day} | version).status_code for _n in (1, 2)] == [302, 302]
    with acting_as(world.dpo):
        told = AuditEntry.objects.filter(object_type="classification.campaign", action="update")
        assert [entry.detail.get("deadline") for entry in told.order_by("pk")].count(day) == 1


def _only() -> Campaign:
    with system_scope("evaluation"):
        return Campaign.objects.get()


def test_a_refused_form_keeps_what_was_typed_and_says_why(world, sign_in):
    client, today = sign_in(world.a.coordinator), timezone.localdate()
    url = reverse("classification:campaign_create", args=[world.a.territory.pk])
    late = (today + dt.timedelta(93)).isoformat()
    for said, error in (
        ({"deadline": late}, "au-delà, une décision ne porte plus"),
        ({"as_of": (today - dt.timedelta(400)).isoformat()}, "à plus d’un an"),
        ({"landlords": []}, "au moins un bailleur"),
        ({"landlords": [written("organisation", world.b.landlord.pk)]}, "n’en fait pas partie"),
        ({"name": "Voir M. Durand au 06 12 34 56 78"}, "Nom"),
    ):
        answer = client.post(url, _sent(world, **said))
        assert (answer.status_code, error in answer.text) == (422, True), said
    with system_scope("evaluation"):
        assert not Campaign.objects.exists()


def test_a_lead_sees_the_own_landlord_s_rows_alone(world, sign_in):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    campaign = closed(world.a, opened(world.a, [world.a.landlord.pk, world.b.landlord.pk])).campaign
    mine, theirs = "Résidence A", "Résidence B"
    page = sign_in(world.a.lead).get(_page(campaign)).text
    assert (mine in page, theirs in page, "Bailleur B" in page) == (True, False, False)
    page = sign_in(world.a.coordinator).get(_page(campaign)).text
    assert (mine in page, theirs in page) == (True, True)
    for name in ("campaign_edit", "campaign_cancel", "campaign_correct"):
        assert (
            sign_in(world.a.lead).get(reverse(f"classification:{name}", args=[campaign.pk])).status_code
            == 403
        )


def test_what_a_coordinator_reads_is_in_the_journal_of_the_landlord(world, sign_in):
    from tests.sharing import journal

    campaign = closed(world.a).campaign
    sign_in(world.a.coordinator).get(_page(campaign))
    read = [row for row in journal(world.a.coordinator) if row[:2] == ("read", "classification.campaign")]
    assert {organisation for *_said, organisation in read} == {world.a.town.pk, world.a.landlord.pk}


def test_the_first_pages_lead_to_what_is_open(world, sign_in):
    campaign = opened(world.a)
    for person_, page in ((world.a.coordinator, "partners:dashboard"), (world.a.lead, "classification:home")):
        assert _page(campaign) in sign_in(person_).get(reverse(page)).text
    assert _page(campaign) not in sign_in(world.b.lead).get(reverse("classification:home")).text


def test_pages_cost_the_same_whatever_they_hold(world, sign_in):
    campaign = opened(world.a)
    client = sign_in(world.a.coordinator)

    def cost() -> int:
        closed(world.a, campaign, reason="Relu." if now(campaign).state != "open" else "")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_page(campaign)).status_code == 200
        return len(queries)

    # The first visit of a page ticks its step of the guided visit.
    cost()
    first = cost()
    for level in (1, 2, 3):
        decides(world.a.lead, residence_at(world.a.landlord, world.commune, level, name=f"Plus {level}"))
    assert cost() == first


def test_a_list_is_paged_and_tells_what_to_do_where_it_is_empty(world, sign_in):
    client, url = sign_in(world.a.coordinator), reverse("classification:campaigns")
    assert "Préparer une campagne" in client.get(url).text
    assert "Aucune campagne" in sign_in(world.a.lead).get(url).text
    for number in range(26):
        drafted(world.a, name=f"Diagnostic {number}")
    page = client.get(url)
    assert len(page.context["page"].object_list) == 25
    assert "Diagnostic 0" in client.get(url, {"page": 2}).text


def test_a_closing_that_failed_can_be_started_again_or_abandoned(world, sign_in):
    client, campaign = sign_in(world.a.coordinator), opened(world.a)
    closing = asked(world.a, campaign)
    assert "attend son tour" in client.get(_page(campaign)).text
    with acting_as(world.a.coordinator):
        type(closing).objects.filter(pk=closing.pk).update(state="failed", error="Plus rien n’est partagé.")
    page = client.get(_page(campaign)).text
    assert "Plus rien n’est partagé." in page
    assert "Arrêter les niveaux" not in page
    client.post(reverse("classification:closing_retry", args=[closing.pk]))
    assert "attend son tour" in client.get(_page(campaign)).text
    answer = client.post(reverse("classification:closing_abandon", args=[closing.pk]), follow=True)
    assert "ne peut pas être abandonné" in answer.text


def test_two_send_the_same_closing_once(world):
    campaign = opened(world.a)
    with acting_as(world.a.coordinator) as scope:
        assert services.close(scope, campaign).pk == services.close(scope, campaign).pk


def test_a_second_reason_is_not_dropped_in_silence(world, sign_in):
    campaign = closed(world.a).campaign
    url = reverse("classification:campaign_correct", args=[campaign.pk])
    client, said = sign_in(world.a.coordinator), "le vôtre n’est pas enregistré"
    answers = [
        client.post(url, {"reason": why}, follow=True).text for why in ("Relu.", "Relu.", "Saisie tardive.")
    ]
    assert [said in answer for answer in answers] == [False, False, True]
    with acting_as(world.a.coordinator):
        assert list(campaign.closings.values_list("number", "reason")) == [(2, "Relu."), (1, "")]


def test_a_deadline_that_has_passed_or_comes_too_late_is_refused(world, sign_in):
    campaign, today = opened(world.a), timezone.localdate()
    client, url = (
        sign_in(world.a.coordinator),
        reverse("classification:campaign_deadline", args=[campaign.pk]),
    )
    version = version_at(client, url)
    for days, said in ((-1, "Ce jour est passé"), (93, "au-delà, une décision ne porte plus")):
        answer = client.post(url, {"deadline": (today + dt.timedelta(days)).isoformat()} | version)
        assert (answer.status_code, said in answer.text) == (422, True)
    assert client.post(url, {"deadline": today.isoformat()} | version).status_code == 302
    assert now(campaign).deadline == today
    with acting_as(world.dpo):
        told = AuditEntry.objects.filter(object_type="classification.campaign").order_by("pk").last()
    assert told.detail == {"deadline": today.isoformat(), "former": campaign.deadline.isoformat()}


def test_a_closing_that_is_done_is_not_started_again(world, sign_in):
    closing = closed(world.a)
    client = sign_in(world.a.coordinator)
    client.post(reverse("classification:closing_retry", args=[closing.pk]))
    answer = client.post(reverse("classification:closing_abandon", args=[closing.pk]), follow=True)
    assert "ne peut pas être abandonné" in answer.text
    with acting_as(world.a.coordinator) as scope:
        closing = Closing.objects.get(pk=closing.pk)
        assert (closing.state, services.abandon(scope, closing)) == ("done", False)


def test_a_closing_that_was_started_again_is_not_abandoned_by_an_old_page(world):
    closing = asked(world.a, opened(world.a))
    with acting_as(world.a.coordinator) as scope:
        shown = Closing.objects.get(pk=closing.pk)
        services.retry(scope, shown)
        assert not services.abandon(scope, shown)
        assert services.abandon(scope, Closing.objects.get(pk=closing.pk))
